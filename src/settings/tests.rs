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
    assert_eq!(seconds, [10, 600, 60, 10]);
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

#[test]
fn the_sample_says_the_defaults_and_can_be_used_whole() {
    // Prose is no TOML; what is commented out is a key with its value, or a section.
    let lines = SAMPLE.lines().map(|line| match line.strip_prefix("# ") {
        Some(rest) if rest.contains(" = ") || rest.starts_with('[') => rest,
        _ => line,
    });
    let text: Vec<&str> = lines.filter(|line| !line.starts_with("# ")).collect();
    let parsed = Configuration::parse(Path::new("sample.toml"), &text.join("\n"));
    assert!(parsed.problems.is_empty(), "{:#?}", parsed.problems);
    assert_eq!(bounds(parsed.polling, 1.0), Bounds::default());
    assert_eq!(parsed.rpo, Some(SignedDuration::from_hours(24)));
    assert_eq!((parsed.theme.as_deref(), parsed.read_only), (Some(themes::USUAL), Some(false)));
    assert_eq!(parsed.reduced_motion, Some(false));
    assert!(Configuration::parse(Path::new("sample.toml"), SAMPLE).problems.is_empty());
}

#[test]
fn the_theme_is_that_of_the_flag_then_of_the_file() {
    let (_folder, typed) = with_file("[defaults]\ntheme = \"light\"");
    let name =
        |typed: &Global| load(typed, &[], None).appearance.theme.map(|it| it.name).map_err(|it| it.summary);
    assert_eq!(name(&Global::default()), Ok("terminal".to_owned()));
    assert_eq!(name(&typed), Ok("light".to_owned()));
    assert_eq!(name(&Global { theme: Some("dark".into()), ..typed.clone() }), Ok("dark".to_owned()));
    assert_eq!(
        name(&Global { theme: Some("pink".into()), ..typed }),
        Err("There is no theme 'pink'".to_owned())
    );
}

#[test]
fn a_terminal_says_how_many_colours_it_has() {
    let table: [(&[(&str, &str)], ColourDepth); 6] = [
        (&[], ColourDepth::Sixteen),
        (&[("TERM", "xterm")], ColourDepth::Sixteen),
        (&[("TERM", "linux")], ColourDepth::Sixteen),
        (&[("TERM", "tmux-256color")], ColourDepth::Indexed),
        (&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")], ColourDepth::True),
        (&[("TERM", "xterm-direct")], ColourDepth::True),
    ];
    for (variables, depth) in table {
        assert_eq!(load(&Global::default(), variables, None).appearance.depth, depth, "{variables:?}");
    }
}
