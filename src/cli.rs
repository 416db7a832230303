//! What was typed. Nothing here decides anything: [`crate::settings`] turns it into what is meant.
//!
//! Help texts, completions and the man page all come from these definitions, so they cannot disagree. The scenario
//! names are asked of the sandbox, which makes this file, with `main.rs`, the only one that knows it.

mod words;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::azure::identity::AuthMode;
use crate::domain::approval::Acceptance;
use crate::domain::plan::Access;
use crate::domain::storage::{BackupAddress, Location};
use words::{acceptance, auth, disasters, loopback, scenarios, speed};

/// The disaster-recovery console for Azure API Management
///
/// Without a verb it opens the full-screen console: every instance, every backup with what is left of its thirty
/// days, and a restore that is checked before it is sent and watched to its end.
#[derive(Parser, Clone, Debug)]
#[command(name = "lifeboat", version, max_term_width = 100, after_long_help = EXAMPLES)]
pub struct Cli {
    /// Options that every verb knows.
    #[command(flatten)]
    pub global: Global,
    /// The verb; none opens the console.
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

const EXAMPLES: &str = "\
Examples:
  lifeboat --sandbox                     rehearse against a pretend Azure; needs no account
  lifeboat                               the console, signed in as the Azure CLI is
  lifeboat instances --with-backups      the fleet as a table
  lifeboat check --backup stcore/apim/core.apimbackup --target apim-dr --access system
                                         can this backup be restored there? nothing is changed

Exit codes:
  0 done · 1 error · 2 usage or configuration · 3 blocked by preflight
  4 failed or refused in Azure · 5 outcome unknown · 6 not signed in or not allowed
  128 + N: a signal ended the console (129 its terminal is gone, 130, 131, 143)";

/// Options that may stand before or after the verb.
#[derive(Args, Clone, Debug, Default)]
pub struct Global {
    /// Read this configuration instead of the platform's own
    #[arg(long, global = true, value_name = "FILE", help_heading = "Global options")]
    pub config: Option<PathBuf>,
    /// Which Azure: public, usgov, china, or a [clouds.NAME] of the configuration
    #[arg(long, global = true, value_name = "NAME", help_heading = "Global options")]
    pub cloud: Option<String>,
    /// Sign in to this tenant
    #[arg(long, global = true, value_name = "ID", help_heading = "Global options")]
    pub tenant: Option<String>,
    /// Look at this subscription only (repeatable; default: all that you can see)
    #[arg(long, global = true, value_name = "ID", help_heading = "Global options")]
    pub subscription: Vec<String>,
    /// Where tokens come from
    #[arg(long, global = true, value_name = "SOURCE", value_parser = auth(), help_heading = "Global options")]
    pub auth: Option<AuthMode>,
    /// Let no request that changes anything leave the process
    #[arg(long, global = true, help_heading = "Global options")]
    pub read_only: bool,
    /// Start a pretend Azure on the loopback and use it; with an address, use the one that runs there
    ///
    /// The one that is started ends with the program, and every operation in it. To rehearse what outlives the program,
    /// run `lifeboat sandbox` in another terminal and give its address here.
    #[arg(long, global = true, value_name = "URL", num_args = 0..=1, require_equals = true, value_parser = loopback,
        conflicts_with_all = ["cloud", "auth", "tenant"], help_heading = "Rehearsal")]
    pub sandbox: Option<Option<String>>,
    /// What goes wrong in the pretend Azure; `lifeboat sandbox --help` lists the names
    #[arg(long, global = true, value_name = "NAME", value_parser = scenarios(), hide_possible_values = true,
        help_heading = "Rehearsal")]
    pub scenario: Option<String>,
    /// Make the pretend Azure's operations, and the polling of them, N times faster
    #[arg(long, global = true, value_name = "N", value_parser = speed, help_heading = "Rehearsal")]
    pub speed: Option<f64>,
    /// Add generated instances to the pretend Azure until there are N
    #[arg(long, global = true, value_name = "N", help_heading = "Rehearsal")]
    pub instances: Option<usize>,
    /// Add generated backups to the pretend Azure until there are N
    #[arg(long, global = true, value_name = "N", help_heading = "Rehearsal")]
    pub backups: Option<usize>,
    /// How a verb writes its answer to standard output
    #[arg(long, global = true, value_name = "FORMAT", help_heading = "Global options")]
    pub output: Option<Output>,
    /// Colours: auto follows NO_COLOR and the terminal
    #[arg(long, global = true, value_name = "WHEN", help_heading = "Appearance")]
    pub color: Option<Color>,
    /// Draw with ASCII characters only
    #[arg(long, global = true, help_heading = "Appearance")]
    pub ascii: bool,
    /// The colours of the console; `lifeboat themes` lists the names
    #[arg(long, global = true, value_name = "NAME", help_heading = "Appearance")]
    pub theme: Option<String>,
    /// Let nothing move by itself: the screen changes with a key, an answer, or the minute
    #[arg(long, global = true, help_heading = "Appearance")]
    pub reduced_motion: bool,
    /// Start the console with a command, as it is typed behind `:` there (repeatable); `:where` gives them
    #[arg(long, value_name = "COMMAND", help_heading = "Console")]
    pub open: Vec<String>,
    /// Start the console with a [views.NAME] of the configuration
    #[arg(long, value_name = "NAME", help_heading = "Console")]
    pub view: Option<String>,
    /// How much goes to the log file in the state directory; the log never goes to the screen
    #[arg(long, global = true, value_name = "LEVEL", help_heading = "Global options")]
    pub log_level: Option<LogLevel>,
}

impl Global {
    /// The commands that the console is started with: the view first, because it is the wider one.
    pub fn opened(&self) -> Vec<String> {
        let view = self.view.iter().map(|name| format!("view {name}"));
        view.chain(self.open.iter().cloned()).collect()
    }
}

/// How a verb answers.
#[derive(ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Output {
    /// For people
    #[default]
    Table,
    /// For scripts; the field names are a contract
    Json,
}

/// When to use colours.
#[derive(ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
    /// When the terminal has them and NO_COLOR is not set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// How much is logged.
#[derive(ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogLevel {
    /// Nothing
    Off,
    /// What failed
    Error,
    /// What looks wrong
    Warn,
    /// What was done
    #[default]
    Info,
    /// Every request, without its secrets
    Debug,
    /// Everything
    Trace,
}

/// What to do without the full screen.
#[derive(Subcommand, Clone, Debug)]
pub enum Verb {
    /// List the instances that you can see
    Instances {
        /// Ask storage too, for the newest backup and the number of usable ones
        #[arg(long)]
        with_backups: bool,
    },
    /// List what can be restored, and until when
    Backups(BackupsArguments),
    /// Say whether a restore can work, or could for every instance; nothing is changed
    #[command(after_long_help = CHECK_EXAMPLES)]
    Check(CheckArguments),
    /// Check, send one restore, and watch it to its end
    #[command(after_long_help = RESTORE_EXAMPLE)]
    Restore(RestoreArguments),
    /// Check, send one backup, watch it, and write its manifest beside it
    Backup(BackupArguments),
    /// Say what differs between an instance and its standby, and what a restore closes of it
    #[command(after_long_help = PARITY_EXAMPLE)]
    Parity(ParityArguments),
    /// Show what was started, here or elsewhere; carry it on, hand it over
    #[command(visible_alias = "ops", args_conflicts_with_subcommands = true)]
    Operations(OperationsArguments),
    /// Write what happened, from the journal: measured times, accepted warnings, every event with its ids
    #[command(after_long_help = REPORT_EXAMPLE)]
    Report(ReportArguments),
    /// Show versions, every path used, the cloud, the identity and what is reachable
    Info,
    /// Run the pretend Azure alone, for other tools; prints its base URL
    #[command(after_long_help = disasters())]
    Sandbox(SandboxArguments),
    /// List the themes that the console can be drawn with
    Themes,
    /// List the keys of the console
    Keys,
    /// Look at the configuration, or print a sample of it
    #[command(subcommand)]
    Config(ConfigAct),
    /// Print the completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

const RESTORE_EXAMPLE: &str = "\
Examples:
  lifeboat restore --backup stcore/apim/core.apimbackup --target apim-dr --access system \\
      --confirm apim-dr
  lifeboat restore … --accept tier-equal=\"asked the team, it was Premium\"

A restore overwrites the target's APIs, products, users and policies and cannot be stopped.
Ctrl-C stops the watching only: the restore goes on in Azure, the exit code is 5, and
`lifeboat operations resume --all` watches it again.";

const PARITY_EXAMPLE: &str = "\
Examples:
  lifeboat parity apim-core-prod apim-core-dr
  lifeboat parity stcore/apim/core.apimbackup apim-core-dr
                                         the source as the manifest of that backup tells it

When the source cannot be read, the manifest of its newest backup speaks for it. Secrets are
neither read nor shown; named values are compared by hash. What [parity] ignore of the
configuration sets apart stands under `ignored` in the JSON, each with its `rule`.";

/// `parity`
#[derive(Args, Clone, Debug)]
pub struct ParityArguments {
    /// The instance that is protected: a name, a resource id, or a backup of it as ACCOUNT/CONTAINER/NAME
    pub source: String,
    /// The instance that is kept to be restored into: a name or a resource id
    pub standby: String,
}

/// `backups`
#[derive(Args, Clone, Debug)]
pub struct BackupsArguments {
    /// Only those of this instance: a name or a resource id
    pub instance: Option<String>,
    /// Look here, instead of at the configured and discovered locations (repeatable)
    #[arg(long, value_name = "ACCOUNT/CONTAINER")]
    pub location: Vec<Location>,
}

/// The three words that make a restore.
#[derive(Args, Clone, Debug)]
pub struct RestoreWords {
    /// The backup
    #[arg(long, value_name = "ACCOUNT/CONTAINER/NAME")]
    pub backup: BackupAddress,
    /// The instance whose configuration would be overwritten: a name or a resource id
    #[arg(long, value_name = "INSTANCE")]
    pub target: String,
    /// How the instance reaches the storage account: system, user:CLIENT_ID or key
    #[arg(long, value_name = "ACCESS")]
    pub access: Access,
}

/// `check`
#[derive(Args, Clone, Debug)]
pub struct CheckArguments {
    /// Every instance in scope: could it be restored right now, and what is missing
    #[arg(long, conflicts_with_all = ["backup", "target", "access"])]
    pub all: bool,
    /// The backup; without --target it is told which instances could take it now
    #[arg(long, value_name = "ACCOUNT/CONTAINER/NAME", required_unless_present = "all")]
    pub backup: Option<BackupAddress>,
    /// The instance whose configuration would be overwritten: a name or a resource id
    #[arg(long, value_name = "INSTANCE", requires = "access")]
    pub target: Option<String>,
    /// How the instance reaches the storage account: system, user:CLIENT_ID or key
    #[arg(long, value_name = "ACCESS", requires = "target")]
    pub access: Option<Access>,
    /// Exit with 3 when anything is not ok (with --all: not ready), instead of only when it is blocked
    #[arg(long)]
    pub strict: bool,
}

const CHECK_EXAMPLES: &str = "\
Examples:
  lifeboat check --backup stcore/apim/core.apimbackup --target apim-dr --access system
                                         every check of this restore, with what it rests on
  lifeboat check --backup stcore/apim/core.apimbackup
                                         the fleet as targets of this backup, the likeliest first
  lifeboat check --all --strict --output json
                                         for cron: is every instance ready to be restored?

Grades of --all: ready · degraded (it could be restored, but not as was meant) · unknown ·
not ready · exempt (its tier has no backups, or it is itself a standby). The exit code is 3
when an instance is not ready, with --strict also when one is degraded or unknown; 1 or 6
when nothing could be read. Rights of whoever runs it are told and weigh nothing: cron needs
no right to restore. JSON:
  {asOf, problems, instances: [{id, name, grade, rpoSeconds, rtoSeconds,
    backup: {account, container, name, takenAt, ageSeconds},
    target: {id, name, chosenBy, verdict, reason, serverMessage},
    restoreTakes: {medianSeconds, p90Seconds, runs, alike},
    missing: [{id, grade, summary, remedy}]}]}
backup, target, rtoSeconds and restoreTakes are null when there is none; restoreTakes counts restores that
this journal has seen to the end, and is null when there is none.";

/// What is done once Azure has taken the request.
#[derive(Args, Clone, Copy, Debug)]
pub struct Waiting {
    /// End as soon as Azure has taken it
    #[arg(long)]
    pub no_wait: bool,
}

/// Findings that the person accepts.
#[derive(Args, Clone, Debug)]
pub struct Accepting {
    /// Accept a warning or an unknown of the preflight, with the reason that the journal keeps (repeatable)
    #[arg(long = "accept", value_name = "FINDING=REASON", value_parser = acceptance)]
    pub accepted: Vec<Acceptance>,
}

/// `restore`
#[derive(Args, Clone, Debug)]
pub struct RestoreArguments {
    /// Which restore.
    #[command(flatten)]
    pub words: RestoreWords,
    /// The target's name once more, written out
    #[arg(long, value_name = "TARGET_NAME")]
    pub confirm: String,
    /// What is accepted.
    #[command(flatten)]
    pub accepting: Accepting,
    /// How long to stay.
    #[command(flatten)]
    pub waiting: Waiting,
}

/// `backup`
#[derive(Args, Clone, Debug)]
pub struct BackupArguments {
    /// The instance: a name or a resource id
    pub instance: String,
    /// Where to write it
    #[arg(long, value_name = "ACCOUNT/CONTAINER")]
    pub to: Location,
    /// Its name, in which {instance} and {time} (UTC) stand for themselves
    #[arg(long, value_name = "TEMPLATE", default_value = crate::domain::provenance::TEMPLATE)]
    pub name: String,
    /// How the instance reaches the storage account: system, user:CLIENT_ID or key
    #[arg(long, value_name = "ACCESS")]
    pub access: Access,
    /// What is accepted.
    #[command(flatten)]
    pub accepting: Accepting,
    /// How long to stay.
    #[command(flatten)]
    pub waiting: Waiting,
}

/// `operations`
#[derive(Args, Clone, Debug)]
pub struct OperationsArguments {
    /// What to do with them; none shows them.
    #[command(subcommand)]
    pub act: Option<OperationsAct>,
    /// Only this one; the first digits are enough
    pub id: Option<String>,
    /// Stay, and print what happens until all that is shown has ended
    #[arg(long)]
    pub follow: bool,
}

/// What can be done with operations.
#[derive(Subcommand, Clone, Debug)]
pub enum OperationsAct {
    /// Watch unfinished operations again, to their end; nothing is sent a second time
    Resume(Resumed),
    /// Watch the backup or restore that somebody else has begun on an instance; nothing is sent
    Attach {
        /// The instance: its name or its resource id
        instance: String,
    },
    /// Add a note to the journal of an operation: what you saw, decided or did by hand. The report has it
    Note {
        /// The operation; the first digits are enough
        id: String,
        /// The note: one line, at most 500 characters
        text: String,
    },
    /// Take over the journal of an operation that another console started
    Import {
        /// A file that `operations export` wrote
        file: PathBuf,
    },
    /// Print the journal of an operation, to be handed on
    Export {
        /// The operation; the first digits are enough
        id: String,
    },
}

const REPORT_EXAMPLE: &str = "\
Examples:
  lifeboat report > report.md                       every operation of this journal
  lifeboat report 1b9d --began 2026-11-23T11:45Z --format html > report.html
  lifeboat report --began 45m                       measured from three quarters of an hour ago
  lifeboat report --redact                          names of instances, accounts, machines and people taken out

The report is made from the journal on this machine alone; nothing is asked of Azure, and what is
not known is missing in it. Targets come from rpo and rto in the configuration. JSON: each event has the
`line` of the journal that tells it and, where a person's word it is, the `person`; `leftOut` of an
operation counts the events that were left out in the console.";

/// `report`
#[derive(Args, Clone, Debug)]
pub struct ReportArguments {
    /// Only these operations; the first digits are enough (default: all)
    #[arg(value_name = "OPERATION_ID")]
    pub ids: Vec<String>,
    /// How it is written
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<ReportFormat>,
    /// When the incident began: RPO and RTO are measured from here. 45m (ago), 11:45 or 2026-11-23T11:45Z, in UTC
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub began: Option<String>,
    /// Take out the names of instances, groups, accounts, blobs, machines and people
    #[arg(long)]
    pub redact: bool,
}

/// How a report is written.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFormat {
    /// Markdown; the default
    Md,
    /// One JSON document; the default with --output json
    Json,
    /// One HTML page that loads nothing
    Html,
}

/// One operation or all.
#[derive(Args, Clone, Debug)]
#[group(required = true, multiple = false)]
pub struct Resumed {
    /// The operation; the first digits are enough
    pub id: Option<String>,
    /// Every unfinished operation of this cloud
    #[arg(long)]
    pub all: bool,
}

/// What can be done with the configuration.
#[derive(Subcommand, Clone, Copy, Debug)]
pub enum ConfigAct {
    /// Say what of the configuration cannot be used, and where; nothing else is done
    Check,
    /// Print a commented sample with every key and its default
    PrintDefault,
    /// Print the JSON schema of the configuration, for editors
    Schema,
}

/// `sandbox`
#[derive(Args, Clone, Debug)]
pub struct SandboxArguments {
    /// The port on the loopback; 0 takes a free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub port: u16,
}

#[cfg(test)]
mod tests;
