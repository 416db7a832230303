//! Misbehaviour as data: what goes wrong in a rehearsal is a JSON file, not code.
//!
//! A scenario has two parts. `conduct` sets how the pretend Azure itself behaves (how long tokens live, which region
//! is down). `faults` lists what happens to single requests on their way, matched by method, path, occurrence and
//! time. An unknown key is an error, so that a misspelt fault cannot pass for a fault that did not bite.

use serde::Deserialize;

use super::conduct::Conduct;
use super::mischief::Fault;

/// A shipped scenario: its name, which is that of its file, and the text of the file.
macro_rules! shipped {
    ($name:literal) => {
        ($name, include_str!(concat!("../../assets/sandbox/", $name, ".json")))
    };
}

/// The scenarios shipped, by what they rehearse. `quiet` comes first: it is the default.
const SHIPPED: &[(&str, &[(&str, &str)])] = &[
    (
        "At any time",
        &[
            shipped!("quiet"),
            shipped!("garbled"),
            shipped!("hostile"),
            shipped!("ragged"),
            shipped!("region-down"),
            shipped!("silent"),
            shipped!("slow"),
            shipped!("throttled"),
        ],
    ),
    (
        "The request is not taken",
        &[
            shipped!("api-pinned"),
            shipped!("blob-deleted"),
            shipped!("busy"),
            shipped!("not-allowed"),
            shipped!("role-missing"),
            shipped!("storage-closed"),
            shipped!("storage-refused"),
        ],
    ),
    (
        "Whether it was taken is not known",
        &[
            shipped!("lost-answer"),
            shipped!("lost-request"),
            shipped!("lost-refusal"),
            shipped!("post-error-taken"),
            shipped!("post-error-untaken"),
            shipped!("post-unanswered"),
            shipped!("proxy-page"),
            shipped!("log-late"),
            shipped!("log-forbidden"),
        ],
    ),
    (
        "The status is hard to read",
        &[
            shipped!("address-foreign"),
            shipped!("address-missing"),
            shipped!("address-wandering"),
            shipped!("poll-babel"),
            shipped!("poll-flaky"),
            shipped!("poll-forbidden"),
            shipped!("poll-gone"),
            shipped!("poll-slow"),
            shipped!("retry-after"),
        ],
    ),
    (
        "Network and sign-in give way",
        &[
            shipped!("captive-portal"),
            shipped!("ends-unseen"),
            shipped!("network-gone"),
            shipped!("signed-out"),
            shipped!("token-expiry"),
            shipped!("token-revoked"),
        ],
    ),
    (
        "It ends badly, or never",
        &[
            shipped!("backup-expired"),
            shipped!("breakdown"),
            shipped!("monitor-failed"),
            shipped!("stuck"),
            shipped!("tier-changed"),
            shipped!("tier-mismatch"),
        ],
    ),
];

/// Scenarios that rehearse the same kind of trouble.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    /// What they have in common.
    pub heading: &'static str,
    /// Name and summary of each; the name is what [`Options::scenario`](super::Options) accepts.
    pub scenarios: Vec<(&'static str, String)>,
}

/// Every scenario with its summary, the default first.
pub fn chapters() -> Vec<Chapter> {
    /// What is read of a file when it is only to be named.
    #[derive(Deserialize)]
    struct Title {
        summary: String,
    }
    let title =
        |text| serde_json::from_str(text).map_or_else(|_| String::new(), |title: Title| title.summary);
    SHIPPED
        .iter()
        .map(|(heading, scenarios)| Chapter {
            heading,
            scenarios: scenarios.iter().map(|(name, text)| (*name, title(text))).collect(),
        })
        .collect()
}

/// The names that [`Options::scenario`](super::Options) accepts, the default first.
pub fn scenario_names() -> Vec<&'static str> {
    shipped().map(|(name, _)| *name).collect()
}

fn shipped() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    SHIPPED.iter().flat_map(|(_, scenarios)| scenarios.iter())
}

/// One rehearsal.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Scenario {
    /// One sentence for people.
    pub(crate) summary: String,
    #[serde(default)]
    pub(crate) conduct: Conduct,
    #[serde(default)]
    pub(crate) faults: Vec<Fault>,
}

impl Scenario {
    /// Reads a shipped scenario; the error says what is wrong in words.
    pub(crate) fn named(name: &str) -> Result<Scenario, String> {
        let Some((_, text)) = shipped().find(|(shipped, _)| *shipped == name) else {
            return Err(format!(
                "there is no scenario \"{name}\"; there are: {}",
                scenario_names().join(", ")
            ));
        };
        serde_json::from_str(text).map_err(|error| format!("the scenario \"{name}\" cannot be read: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_scenario_reads_and_says_what_it_is() {
        for name in scenario_names() {
            let scenario = Scenario::named(name).unwrap();
            assert!(scenario.summary.ends_with('.'), "{name}");
            assert!(scenario.summary.chars().count() <= 130, "{name}: one short sentence");
        }
        assert!(Scenario::named("calm").unwrap_err().contains("quiet"));
    }

    #[test]
    fn every_file_is_shipped_and_the_readme_lists_it() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/sandbox");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut files: Vec<String> =
            files.filter_map(|name| Some(name.to_str()?.strip_suffix(".json")?.to_owned())).collect();
        let mut names = scenario_names();
        files.sort();
        names.sort_unstable();
        assert_eq!(files, names);
        let readme = include_str!("../../README.md");
        for (name, summary) in chapters().into_iter().flat_map(|chapter| chapter.scenarios) {
            let row = format!("| `{name}` | {summary} |");
            assert!(readme.contains(&row), "the README lacks\n{row}");
        }
    }

    #[test]
    fn an_unknown_key_is_an_error() {
        let text = r#"{"summary":"x.","faults":[{"path":"**","do":"silence","nht":[1,1]}]}"#;
        assert!(serde_json::from_str::<Scenario>(text).unwrap_err().to_string().contains("nht"));
    }
}
