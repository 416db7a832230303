use super::*;

fn parse(text: &str) -> Configuration {
    Configuration::parse(Path::new("config.toml"), text)
}

/// The configuration of CLI.md, key by key.
const FULL: &str = r#"
[defaults]
cloud = "lab"
auth = "environment"
read_only = false
rpo = "24h"

[[locations]]
account = "stcorebackup"
container = "apim"
listing = "key"

[instances."apim-core-prod"]
standby = "apim-core-dr"
rpo = "12h"
production = true
access = "user:c-1"

[subscriptions."AAAA"]
read_only = true

[polling]
min = "10s"
max = "600s"
absent = "60s"
instance = "15s"

[clouds.lab]
resource_manager = "https://management.lab.example"
scope = "https://management.lab.example/.default"
authority = "https://login.lab.example/"
storage_scope = "https://storage.azure.com/.default"
"#;

#[test]
fn every_key_of_the_contract_is_understood() {
    let read = parse(FULL);
    assert_eq!(read.problems, []);
    assert!(!read.guard_lost && !read.broken);
    assert_eq!((read.cloud.as_deref(), read.auth), (Some("lab"), Some(AuthMode::Environment)));
    assert_eq!(read.rpo, Some(SignedDuration::from_hours(24)));
    assert_eq!(read.locations[0].location, Location::new("stcorebackup", "apim"));
    assert_eq!(read.locations[0].listing, Listing::Key);
    let core = &read.instances["apim-core-prod"];
    assert_eq!(core.standby.as_deref(), Some("apim-core-dr"));
    assert_eq!(core.access, Some(Access::User { client_id: "c-1".into() }));
    assert!(core.production);
    assert!(read.read_only_subscriptions.contains(&SubscriptionId::new("aaaa")));
    assert_eq!(read.polling.max, Some(Duration::from_secs(600)));
    assert_eq!(read.clouds["lab"].resource_manager, "https://management.lab.example");
}

#[test]
fn an_empty_file_says_nothing() {
    assert_eq!(parse(""), Configuration::default());
}

/// Text, line, what the problem names.
const WRONG: &[(&str, usize, &[&str])] = &[
    ("[defaults]\nrpoo = \"1h\"", 2, &["'rpoo'", "defaults", "cloud, auth, read_only, rpo"]),
    ("[defaults]\nrpo = \"soon\"", 2, &["defaults.rpo", "soon", "24h"]),
    ("[defaults]\nrpo = \"-1h\"", 2, &["above zero"]),
    ("[defaults]\nrpo = 24", 2, &["defaults.rpo = 24", "24h"]),
    ("[defaults]\nauth = \"browser\"", 2, &["browser", "environment, workload, managed"]),
    ("\n[default]\ncloud = \"lab\"", 2, &["'default'", "defaults, locations"]),
    ("[[locations]]\naccount = \"stcore\"", 1, &["locations", "container"]),
    ("[[locations]]\naccount = \"ST\"\ncontainer = \"apim\"", 1, &["ACCOUNT/CONTAINER"]),
    (
        "[[locations]]\naccount = \"stcore\"\ncontainer = \"apim\"\nlisting = \"sas\"",
        4,
        &["auto, entra, key"],
    ),
    ("[instances.a]\naccess = \"keys\"", 2, &["instances.a.access", "user:CLIENT_ID"]),
    ("[clouds.lab]\nscope = \"x\"", 1, &["clouds.lab", "resource_manager"]),
    ("locations = \"x\"", 1, &["[[locations]]"]),
    ("polling = 3", 1, &["[polling]"]),
    (
        "[views.prod]\nfilter = \"x\"\nsorted = \"rpo\"",
        3,
        &["'sorted'", "views.prod", "list, filter, sort, columns"],
    ),
    ("[views.prod]\ncolumns = \"name\"", 2, &["views.prod.columns", "a list of texts"]),
    ("[views.prod]\ncolumns = [\"name\", 3]", 2, &["views.prod.columns = 3", "a list of texts"]),
    ("[parity]\nignored = [\"zones\"]", 2, &["'ignored'", "parity", "ignore"]),
    ("[parity]\nignore = \"zones\"", 2, &["parity.ignore", "a list of texts"]),
    ("[parity]\nignore = [\"zones\", \" \"]", 2, &["parity.ignore", "a list of texts"]),
    ("[views.prod]\nfilter = 3", 2, &["views.prod.filter = 3", "a text in quotes"]),
];

#[test]
fn what_cannot_be_used_is_named_with_its_line_and_what_could_stand_there() {
    for (text, line, words) in WRONG {
        let read = parse(text);
        let all: Vec<String> = read.problems.iter().map(ToString::to_string).collect();
        assert_eq!(read.problems.len(), 1, "{text}: {all:?}");
        assert_eq!(read.problems[0].scope.as_deref(), Some(format!("config.toml:{line}").as_str()), "{text}");
        for word in *words {
            assert!(all[0].contains(word), "{text}\nwants {word}\n{}", all[0]);
        }
        assert!(!read.broken, "{text}");
    }
}

#[test]
fn the_rest_is_used() {
    let read = parse("[defaults]\nrpo = \"soon\"\ncloud = \"lab\"\n[polling]\nmin = \"1s\"\nmini = \"2s\"");
    assert_eq!(read.problems.len(), 2);
    assert_eq!(read.cloud.as_deref(), Some("lab"));
    assert_eq!(read.polling.min, Some(Duration::from_secs(1)));
}

#[test]
fn a_guard_that_cannot_be_read_is_lost_and_told() {
    let table = [
        "[defaults]\nread_only = \"yes\"",
        "[defaults]\nreadonly = true",
        "[defaults]\nread-only = true",
        "[defaults]\ncloud = 3",
        "defaults = true",
        "[subscriptions.a]\nread_only = 1",
        "[subscriptions.a]\nreadOnly = true",
        "[subscription.a]\nread_only = true",
        "[defaults]\nread_only = tru",
    ];
    for text in table {
        let read = parse(text);
        assert!(read.guard_lost, "{text}");
        assert!(!read.problems.is_empty(), "{text}");
    }
    assert!(!parse("[defaults]\nrpo = \"soon\"").guard_lost);
}

#[test]
fn what_is_not_toml_is_broken_and_keeps_its_line() {
    let read = parse("[defaults]\nrpo = \"24h\"\ncloud = \n");
    assert!(read.broken && read.guard_lost);
    assert_eq!(read.problems[0].scope.as_deref(), Some("config.toml:3"));
    assert_eq!(read.rpo, Some(SignedDuration::from_hours(24)));
}

#[test]
fn a_production_mark_that_cannot_be_read_stays_a_mark() {
    assert!(parse("[instances.a]\nproduction = \"yes\"").instances["a"].production);
}

#[test]
fn a10_an_instance_that_is_marked_both_is_production_and_the_file_is_told_so() {
    let read = parse("[instances.a]\ndrill = true");
    assert!(read.instances["a"].drill && read.problems.is_empty());
    assert!(!parse("[instances.a]\ndrill = \"yes\"").instances["a"].drill, "what cannot be read is no drill");
    let both = parse("[instances.a]\nproduction = true\ndrill = true");
    assert!(both.instances["a"].production && !both.instances["a"].drill);
    assert_eq!(both.problems.len(), 1);
    assert!(both.problems[0].summary.contains("counts as production"), "{}", both.problems[0]);
    let apart = parse("[instances.a]\nproduction = true\n[instances.\"/x/service/A\"]\ndrill = true");
    assert_eq!(apart.problems.len(), 1, "{:?}", apart.problems);
    assert!(apart.problems[0].summary.contains("elsewhere as production"), "{}", apart.problems[0]);
    let others = parse("[instances.a]\nproduction = true\n[instances.\"/x/service/b\"]\ndrill = true");
    assert_eq!(others.problems, []);
}

#[test]
fn c4_a_view_keeps_the_line_of_each_word() {
    let read = parse(
        "[views.prod]\nlist = \"fleet\"\nfilter = \"prod !dr\"\nsort = \"rpo down\"\ncolumns = [\n\"state\",\n\"rpo\"]\n[views.b]",
    );
    assert_eq!(read.problems, []);
    let lines = |words: &[super::super::views::Placed]| -> Vec<(String, usize)> {
        words.iter().map(|it| (it.text.clone(), it.line)).collect()
    };
    let view = read.views.iter().find(|it| it.name == "prod").unwrap();
    assert_eq!(view.filter.as_deref(), Some("prod !dr"));
    assert_eq!(view.sort.as_ref().map(|it| it.line), Some(4));
    let columns = lines(view.columns.as_ref().unwrap());
    assert_eq!(columns, [("state".to_owned(), 6), ("rpo".to_owned(), 7)]);
    let upper = parse("[views.prod]\nfilter = \"x\"");
    let both = read.under(upper);
    assert_eq!(both.views.len(), 2);
    let view = both.views.iter().find(|it| it.name == "prod").unwrap();
    assert_eq!((view.filter.as_deref(), view.sort.is_none()), (Some("x"), true), "a view is one thing");
}

#[test]
fn rules_of_a_comparison_keep_their_order_and_those_of_an_upper_layer_come_after() {
    let lower = parse("[parity]\nignore = [\"zones\", \"protocol:*\"]");
    assert_eq!((lower.problems.len(), lower.guard_lost), (0, false));
    let both = lower.under(parse("[parity]\nignore = [\"units\"]"));
    assert_eq!(both.ignore, ["zones", "protocol:*", "units"]);
}

#[test]
fn an_upper_layer_wins_key_by_key() {
    let lower = parse("[defaults]\ncloud = \"a\"\nrpo = \"1h\"\n[instances.x]\nproduction = true");
    let upper = parse("[defaults]\ncloud = \"b\"\n[polling]\nmin = \"1s\"");
    let both = lower.under(upper);
    assert_eq!(both.cloud.as_deref(), Some("b"));
    assert_eq!(both.rpo, Some(SignedDuration::from_hours(1)));
    assert!(both.instances["x"].production);
    assert_eq!(both.polling.min, Some(Duration::from_secs(1)));
}
