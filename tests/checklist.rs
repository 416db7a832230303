//! What a demanding terminal user expects of the console, line by line, and the test that holds each line: a function
//! that is named after it, `fn l1_…`, anywhere in `tests/` or `src/`. Lines with a star are must-haves; those that no
//! test holds are listed with the reason.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Whether a first release must have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    Must,
    Wish,
}
use Need::{Must, Wish};

const LINES: [(&str, Need, &str); 87] = [
    ("l1", Must, "a first frame at once, without any network"),
    ("l2", Must, "starts without sign-in, configuration, subscription, network, and says what is missing"),
    ("l3", Must, "version and help ask nobody"),
    ("l4", Must, "no full screen where there is no terminal; a hint to the verbs"),
    ("l5", Wish, "starts at a place that is named"),
    ("l6", Must, "a large made-up fleet without an account, marked as such"),
    ("l7", Must, "a mistake in the configuration names file, line, key; the rest is used"),
    ("n1", Must, "every key of movement in every list and pane"),
    ("n2", Must, "Esc closes the innermost and never quits; q asks only while work runs"),
    ("n3", Must, "where I am, and back and forth"),
    ("n4", Must, "the keys of this screen, from the table that decides them"),
    ("n5", Must, "hints go by rank, help last"),
    ("n6", Must, "commands with completion, history, did-you-mean"),
    ("n7", Wish, "between panes by Tab and numbers; one of them large"),
    ("n8", Wish, "the mouse is off, or switched by a key"),
    ("n9", Wish, "an address of the view that another terminal opens"),
    ("s1", Must, "the choice follows the resource, not its row"),
    ("s2", Must, "order and filter are seen, and survive leaving"),
    ("s3", Must, "five thousand instances and twenty thousand backups stay fluent"),
    ("s4", Wish, "columns are chosen, and go by rank"),
    ("s5", Wish, "marks, ranges, their count; only reading in bulk"),
    ("s6", Must, "loading, empty, filtered to nothing, failed: four looks"),
    ("s7", Must, "one subscription that failed hides no other and is counted"),
    ("f1", Must, "a filter while typing, with exceptions and columns, always seen"),
    ("f2", Wish, "fuzzy only when asked for"),
    ("f3", Must, "the next match, and how many, in every text"),
    ("f4", Wish, "to any instance by its name from anywhere"),
    ("d1", Wish, "list and detail side by side where there is room"),
    ("d2", Must, "times as durations and as moments"),
    ("d3", Must, "copies the id, a command, the portal's address"),
    ("d4", Wish, "the raw answer with its request and time"),
    ("d5", Must, "no secret drawn, copied, logged, reported"),
    ("d6", Wish, "each finding with value, source, time; unknown is its own answer"),
    ("a1", Must, "time to write is asked for, seen, and ends by itself"),
    ("a2", Must, "read-only is held where requests leave"),
    ("a3", Must, "nothing writes on one key, nor on the neighbour of a safe one"),
    ("a4", Must, "the last question says all and wants the whole name"),
    ("a5", Must, "repeat, paste, clicks and type-ahead confirm nothing"),
    ("a6", Must, "blockers cannot be passed; warnings one by one, with a reason"),
    ("a7", Must, "the plan and the exact request before anything is sent"),
    ("a8", Must, "a write is sent once; a lost answer is UNKNOWN and looked up"),
    ("a9", Must, "production is marked; source and target are never swapped"),
    ("a10", Wish, "a drill is labelled as one"),
    ("o1", Must, "an operation survives the console"),
    ("o2", Wish, "leaving says that operations go on"),
    ("o3", Must, "no invented percentage; the own history"),
    ("o4", Must, "Retry-After is followed, one budget for all"),
    ("o5", Must, "each pane says its age and whether it lives"),
    ("o6", Must, "no answer of an earlier question or target is shown"),
    ("o7", Wish, "the display can stand while the data go on"),
    ("o8", Must, "the end rings, unless somebody looks"),
    ("o9", Wish, "progress in the terminal's own bar, when asked for"),
    ("e1", Must, "a problem stays until it was read"),
    ("e2", Must, "a lost sign-in is a banner with the exact command; the data stay"),
    ("e3", Must, "what is missing and where, in the server's words"),
    ("e4", Must, "a lost network ends and clears nothing"),
    ("e5", Wish, "the life of the token is seen"),
    ("e6", Wish, "request and correlation ids on every failure"),
    ("v1", Must, "the sixteen colours of the terminal on its own background"),
    ("v2", Must, "nothing depends on colour"),
    ("v3", Must, "themes for every eye; glyph, word and colour"),
    ("v4", Must, "ASCII is enough"),
    ("v5", Must, "80x24 is enough, every size is borne"),
    ("v6", Wish, "fewer colours where the terminal has fewer"),
    ("v7", Must, "the real cursor on the chosen row or in the text; nothing moves without need"),
    ("v8", Wish, "plain lines instead of the screen"),
    ("v9", Wish, "wide, combining and right-to-left names keep the columns"),
    ("t1", Must, "the terminal is whole whatever ends the program"),
    ("t2", Must, "suspended and continued"),
    ("t3", Must, "copying works over SSH, tmux and screen, and failure is told"),
    ("t4", Must, "keys count when they are pressed"),
    ("t5", Must, "quiet over a slow line"),
    ("t6", Must, "the terminal is asked nothing"),
    ("t7", Wish, "pasted text goes into text fields only"),
    ("t8", Wish, "the title of the window"),
    ("t9", Must, "starts, moves and quits in every kind of terminal"),
    ("c1", Must, "every path is told and can be set"),
    ("c2", Must, "a sample of the configuration, and a check of it"),
    ("c3", Wish, "keys can be changed; conflicts are told"),
    ("c4", Wish, "views that are kept; settings of a subscription"),
    ("p1", Must, "one static binary, with checksums"),
    ("p2", Wish, "completions and the manual from the binary"),
    ("p3", Must, "calls nobody but the configured hosts"),
    ("p4", Must, "works behind a proxy and a company's authority"),
    ("h1", Must, "keys, permissions, a tour, errors: written down and made by a recipe"),
    ("h2", Wish, "every screen of the documents is a frame of a test"),
    ("h3", Wish, "a card at the first run"),
];

/// Must-haves that no test of this tree is named after, each with the reason.
const EXCEPTIONS: [(&str, &str); 1] = [(
    "p1",
    "made when a release is built, not by a test of the tree: `.ci/reproducible` compares two builds",
)];

/// The ids that test functions are named after, `fn l1_…` and `fn l1_n2_…`.
fn named_after(text: &str) -> impl Iterator<Item = &str> {
    let ids = |name: &'_ str| {
        let is_id = |part: &&str| {
            let digits = part.get(1..).unwrap_or_default();
            part.starts_with(|c: char| c.is_ascii_lowercase())
                && !digits.is_empty()
                && digits.bytes().all(|byte| byte.is_ascii_digit())
        };
        name.split('_').take_while(is_id).count()
    };
    text.split("fn ").skip(1).flat_map(move |rest| {
        let name = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
        name.split('_').take(ids(name))
    })
}

fn gather(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.extend(named_after(&text).map(str::to_owned));
        }
    }
}

/// The ids that some test of the tree is named after.
fn found() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeSet::new();
    gather(&root.join("src"), &mut found);
    gather(&root.join("tests"), &mut found);
    found
}

#[test]
fn every_must_have_is_held_by_a_test_that_is_named_after_it() {
    let found = found();
    let excepted = |id: &str| EXCEPTIONS.iter().any(|(excepted, _)| *excepted == id);
    let bare: Vec<_> =
        LINES.iter().filter(|(id, need, _)| *need == Must && !found.contains(*id) && !excepted(id)).collect();
    assert!(bare.is_empty(), "no test is named after {bare:#?}");
    let held = LINES.iter().filter(|(id, ..)| found.contains(*id)).count();
    println!("{held} of {} lines are held by name, {} excepted", LINES.len(), EXCEPTIONS.len());
}

#[test]
fn the_list_is_whole_and_excepts_nothing_that_is_held() {
    let ids: BTreeSet<&str> = LINES.iter().map(|(id, ..)| *id).collect();
    assert_eq!(ids.len(), LINES.len(), "an id stands twice");
    assert_eq!(LINES.iter().filter(|(_, need, _)| *need == Must).count(), MUSTS);
    for (id, reason) in EXCEPTIONS {
        assert!(ids.contains(id) && !reason.is_empty(), "{id}");
        assert!(!found().contains(id), "{id} is held by a test now: it is no exception any more");
    }
}

/// How many of the lines have a star.
const MUSTS: usize = 60;

/// Not only the names: nobody but Azure is named as a host in the program, so nobody else can be called.
#[test]
fn p3_no_host_but_azures_and_this_machine_is_named_in_the_program() {
    const KNOWN: [&str; 11] = [
        "management.azure.com",
        "management.usgovcloudapi.net",
        "management.core.usgovcloudapi.net",
        "management.chinacloudapi.cn",
        "login.microsoftonline.com",
        "login.microsoftonline.us",
        "login.chinacloudapi.cn",
        "storage.azure.com",
        "portal.azure.com",
        "portal.azure.us",
        "portal.azure.cn",
    ];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root];
    let mut strangers = BTreeSet::new();
    let mut hosts = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.to_string_lossy().into_owned();
            let of_tests = ["/sandbox", "/ordeal", "/simulation"].iter().any(|folder| name.ends_with(folder));
            if path.is_dir() && !of_tests {
                folders.push(path);
                continue;
            }
            if path.is_dir()
                || name.ends_with("tests.rs")
                || name.ends_with("samples.rs")
                || !name.ends_with(".rs")
            {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
                for rest in line.split("https://").skip(1).chain(line.split("http://").skip(1)) {
                    let host =
                        rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '-').next();
                    let host = host.unwrap_or_default();
                    hosts += 1;
                    let ours = !host.starts_with(|c: char| c.is_ascii_lowercase())
                        || KNOWN.contains(&host)
                        || host.starts_with("127.");
                    if !ours {
                        strangers.insert(format!("{host} in {name}"));
                    }
                }
            }
        }
    }
    assert!(hosts > 3, "the hosts of Azure are found");
    assert!(strangers.is_empty(), "{strangers:#?}");
}

/// What an administrator is asked for is what the program says is missing, and the documents say it in the same words.
#[test]
fn h1_the_readme_has_the_keys_the_permissions_and_pictures_that_a_recipe_makes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    for action in [
        "Microsoft.ApiManagement/service/read",
        "Microsoft.ApiManagement/service/backup/action",
        "Microsoft.ApiManagement/service/restore/action",
        "Microsoft.Storage/storageAccounts/listKeys/action",
        "Microsoft.Insights/eventtypes/values/read",
    ] {
        assert!(readme.contains(action), "{action}");
    }
    assert!(readme.contains("## Keys") && readme.contains("`Ctrl-R`"), "the keys");
    let recipe = fs::read_to_string(root.join("tests/pictures.rs")).unwrap();
    let pictures: Vec<&str> =
        readme.split("assets/screenshots/").skip(1).filter_map(|it| it.split(".svg").next()).collect();
    assert!(!pictures.is_empty(), "there are pictures");
    for picture in pictures {
        assert!(
            root.join(format!("assets/screenshots/{picture}.svg")).exists(),
            "{picture}.svg is not there"
        );
        assert!(recipe.contains(&format!("\"{picture}.svg\"")), "no recipe makes {picture}.svg");
    }
}
