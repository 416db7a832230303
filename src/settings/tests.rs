use super::*;

fn load(typed: &Global, variables: &[(&str, &str)], rehearsal: Option<Rehearsal>) -> Settings {
    Settings::load(typed, &Environment::of(variables.iter().copied()), rehearsal).unwrap()
}

fn with_file(text: &str) -> (tempfile::TempDir, Global) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("config.toml");
    fs::write(&file, text).unwrap();
    (dir, Global { config: Some(file), ..Global::default() })
}

fn rehearsal(speed: f64) -> Option<Rehearsal> {
    Some(Rehearsal { base_url: "http://127.0.0.1:4000".into(), scenario: "quiet".into(), speed })
}

#[test]
fn flags_win_over_the_file() {
    let lab = "[clouds.lab]\nresource_manager = \"https://management.lab.example/\"\n";
    let (_dir, mut typed) = with_file(&format!("[defaults]\ncloud = \"china\"\nauth = \"cli\"\n{lab}"));
    let settings = load(&typed, &[], None);
    assert_eq!((settings.cloud.name.as_str(), settings.identity.mode), ("china", AuthMode::Cli));
    typed.cloud = Some("lab".into());
    typed.auth = Some(AuthMode::Managed);
    let settings = load(&typed, &[], None);
    assert_eq!(settings.identity.mode, AuthMode::Managed);
    assert_eq!(settings.cloud.resource_manager, "https://management.lab.example");
    assert_eq!(settings.cloud.scope, "https://management.lab.example/.default");
}

#[test]
fn nothing_lifts_what_forbids_writing() {
    let table = ["[defaults]\nread_only = true", "[defaults]\nread_only = \"no\"", "nonsense"];
    for text in table {
        let (_dir, typed) = with_file(text);
        assert_eq!(load(&typed, &[], None).write_mode, WriteMode::ReadOnly, "{text}");
        assert_eq!(load(&typed, &[], rehearsal(1.0)).write_mode, WriteMode::ReadOnly, "{text}");
    }
    let (_dir, mut typed) = with_file("[defaults]\nread_only = false");
    assert_eq!(load(&typed, &[], None).write_mode, WriteMode::Guarded);
    typed.read_only = true;
    assert_eq!(load(&typed, &[], None).write_mode, WriteMode::ReadOnly);
}

#[test]
fn a_file_that_was_asked_for_and_is_not_there_is_told() {
    let typed = Global { config: Some("/nowhere/config.toml".into()), ..Global::default() };
    let settings = load(&typed, &[], None);
    assert!(settings.broken);
    assert!(settings.problems[0].summary.contains("/nowhere/config.toml"));
}

#[test]
fn an_unknown_cloud_is_refused_with_those_that_are_known() {
    let (_dir, mut typed) = with_file("[clouds.lab]\nresource_manager = \"https://lab.example\"");
    typed.cloud = Some("labb".into());
    let problem = Settings::load(&typed, &Environment::of([]), None).unwrap_err();
    assert!(problem.to_string().contains("public, usgov, china, lab"), "{problem}");
    let (_dir, plain) =
        with_file("[defaults]\ncloud = \"lab\"\n[clouds.lab]\nresource_manager = \"http://lab.example\"");
    assert!(Settings::load(&plain, &Environment::of([]), None).is_err());
}

#[test]
fn a_rehearsal_is_a_world_of_its_own() {
    let real = load(&Global::default(), &[("AZURE_CLIENT_SECRET", "canary")], None);
    let settings = load(&Global::default(), &[("AZURE_CLIENT_SECRET", "canary")], rehearsal(600.0));
    assert_eq!(settings.problems, []);
    assert_eq!(settings.cloud.resource_manager, "http://127.0.0.1:4000");
    assert_eq!(settings.identity.mode, AuthMode::Environment);
    assert!(settings.paths.state.starts_with(&real.paths.state) && settings.paths.state != real.paths.state);
    assert!(settings.instances.contains_key("apim-core-prod"));
    assert_eq!(settings.bounds.max, Duration::from_secs(1));
    assert_eq!(settings.bounds.min, Duration::from_millis(100));
    assert!(!format!("{real:?}").contains("canary"));
}

#[test]
fn bounds_are_those_of_the_contract_and_keep_their_order() {
    let plain = bounds(Polling::default(), 1.0);
    let seconds = [plain.min, plain.max, plain.absent, plain.instance].map(|it| it.as_secs());
    assert_eq!(seconds, [10, 600, 60, 15]);
    let odd = Polling {
        min: Some(Duration::from_secs(9)),
        max: Some(Duration::from_secs(3)),
        ..Polling::default()
    };
    assert_eq!(bounds(odd, 1.0).max, Duration::from_secs(9));
    let quick = Polling { min: Some(Duration::from_millis(20)), ..Polling::default() };
    assert_eq!(bounds(quick, 600.0).min, Duration::from_millis(20));
}

#[test]
fn colours_follow_the_flag_then_no_color() {
    let colour = |color, variables: &[(&str, &str)]| {
        load(&Global { color, ..Global::default() }, variables, None).appearance.colour
    };
    assert_eq!(colour(None, &[]), Colour::On);
    assert_eq!(colour(None, &[("NO_COLOR", "1")]), Colour::Off);
    assert_eq!(colour(None, &[("NO_COLOR", "")]), Colour::On);
    assert_eq!(colour(Some(Color::Always), &[("NO_COLOR", "1")]), Colour::On);
    assert_eq!(colour(Some(Color::Never), &[]), Colour::Off);
}
