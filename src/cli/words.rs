//! What single words on the command line may be, and the help that lists them.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::azure::cloud;
use crate::azure::identity::AuthMode;
use crate::domain::approval::Acceptance;

pub(super) fn scenarios() -> PossibleValuesParser {
    let scenarios = crate::sandbox::chapters().into_iter().flat_map(|chapter| chapter.scenarios);
    PossibleValuesParser::new(scenarios.map(|(name, summary)| PossibleValue::new(name).help(summary)))
}

/// What can be rehearsed, for the help: every scenario with its summary.
pub(super) fn disasters() -> String {
    let mut text = "Scenarios (--scenario NAME):\n".to_owned();
    for chapter in crate::sandbox::chapters() {
        text.push_str(&format!("\n{}:\n", chapter.heading));
        for (name, summary) in chapter.scenarios {
            text.push_str(&beside(name, &summary));
        }
    }
    text
}

/// A name and, hanging beside it, a sentence: what is laid out after the options clap would wrap to the margin.
fn beside(name: &str, sentence: &str) -> String {
    const NAMES: usize = 22;
    const WIDTH: usize = 79;
    let mut text = format!("  {name:<20}");
    let mut column = NAMES;
    for word in sentence.split(' ') {
        if column + word.chars().count() > WIDTH {
            text.push_str(&format!("\n{:NAMES$}", ""));
            column = NAMES;
        }
        text.push_str(word);
        text.push(' ');
        column += word.chars().count() + 1;
    }
    format!("{}\n", text.trim_end())
}

pub(super) fn auth() -> impl TypedValueParser<Value = AuthMode> {
    let help = |mode| match mode {
        AuthMode::Auto => {
            "environment, workload, managed identity when its endpoint is set, cli, azd: the first"
        }
        AuthMode::Cli => "the Azure CLI (az login)",
        AuthMode::Azd => "the Azure Developer CLI (azd auth login)",
        AuthMode::Environment => "AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET",
        AuthMode::Workload => "the workload identity of a Kubernetes pod",
        AuthMode::Managed => "the managed identity of this machine",
    };
    let words = AuthMode::ALL.map(|mode| PossibleValue::new(mode.as_str()).help(help(mode)));
    PossibleValuesParser::new(words).try_map(|word| word.parse::<AuthMode>())
}

pub(super) fn speed(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(factor) if factor.is_finite() && factor > 0.0 && factor <= 100_000.0 => Ok(factor),
        _ => Err("a factor above 0 and up to 100000 is wanted".to_owned()),
    }
}

/// Only the loopback: what is meant for a pretend Azure has no business on a network.
pub(super) fn loopback(text: &str) -> Result<String, String> {
    let url = cloud::check_address(text).ok().filter(cloud::is_loopback);
    let url = url.ok_or("the address that `lifeboat sandbox` printed is wanted: http://127.0.0.1:PORT")?;
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

pub(super) fn acceptance(text: &str) -> Result<Acceptance, String> {
    match text.split_once('=') {
        Some((finding, reason)) if !finding.trim().is_empty() && !reason.trim().is_empty() => {
            Ok(Acceptance { finding: finding.trim().to_owned(), reason: reason.trim().to_owned() })
        }
        _ => Err("a finding and a reason are wanted: FINDING=REASON".to_owned()),
    }
}
