//! The walls of the house, as data. Every path in `src/` is read; a breach names the file and the path.
//!
//! `ARCHITECTURE.md` draws the same table. Test code (`#[cfg(test)]` modules with their files, and `tests.rs`) is left out:
//! the walls hold for what ships.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot read the tree should stop"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// One room and what it may use.
struct Room {
    name: &'static str,
    /// Other rooms.
    rooms: &'static [&'static str],
    /// Crates, beside std.
    crates: &'static [&'static str],
    /// Modules of std that it may not touch.
    never: &'static [&'static str],
}

const IMPURE: &[&str] = &["fs", "net", "env", "process", "thread", "os"];

const HOUSE: &[Room] = &[
    Room {
        name: "domain",
        rooms: &[],
        crates: &["icu_normalizer", "icu_properties", "jiff", "serde", "thiserror", "uuid"],
        never: IMPURE,
    },
    Room {
        name: "azure",
        rooms: &["domain"],
        crates: &[
            "async_trait",
            "azure_core",
            "azure_identity",
            "base64",
            "futures",
            "hmac",
            "hyper_util",
            "jiff",
            "percent_encoding",
            "quick_xml",
            "reqwest",
            "secrecy",
            "serde",
            "serde_json",
            "sha2",
            "thiserror",
            "tokio",
            "tower",
            "tracing",
            "url",
            "uuid",
        ],
        never: &["env", "fs"],
    },
    Room {
        name: "journal",
        rooms: &["domain"],
        crates: &["crc32fast", "jiff", "serde", "serde_json", "tempfile", "thiserror", "tracing", "uuid"],
        never: &["net", "env"],
    },
    Room {
        name: "console",
        rooms: &["domain"],
        crates: &[
            "jiff",
            "ratatui",
            "serde",
            "smallstr",
            "smallvec",
            "strsim",
            "tui_input",
            "unicode_segmentation",
            "unicode_width",
        ],
        never: IMPURE,
    },
    Room {
        name: "engine",
        rooms: &["domain", "azure", "journal"],
        crates: &[
            "futures",
            "jiff",
            "secrecy",
            "serde",
            "serde_json",
            "thiserror",
            "tokio",
            "tracing",
            "uuid",
        ],
        never: &["net", "env"],
    },
    Room {
        name: "sandbox",
        rooms: &[],
        crates: &[
            "axum",
            "base64",
            "futures",
            "hmac",
            "jiff",
            "percent_encoding",
            "serde",
            "serde_json",
            "sha2",
            "thiserror",
            "tokio",
            "uuid",
        ],
        never: &["env"],
    },
    Room {
        name: "settings",
        rooms: &["domain", "azure", "cli"],
        crates: &["directories", "jiff", "secrecy", "serde", "thiserror", "toml", "url"],
        never: &["net", "process"],
    },
    Room {
        name: "cli",
        rooms: &["domain", "azure", "sandbox"],
        crates: &["clap", "clap_complete", "clap_mangen", "jiff", "thiserror"],
        never: &["fs", "net", "env", "process"],
    },
    Room {
        name: "app",
        rooms: &["domain", "azure", "journal", "console", "engine", "settings", "cli"],
        crates: &[
            "base64",
            "clap",
            "clap_complete",
            "clap_mangen",
            "color_eyre",
            "crossterm",
            "futures",
            "jiff",
            "ratatui",
            "secrecy",
            "serde",
            "serde_json",
            "thiserror",
            "tokio",
            "tracing",
            "tracing_appender",
            "tracing_subscriber",
            "unicode_width",
            "uuid",
        ],
        never: &["net", "env"],
    },
];

/// In the console only the code that draws may know ratatui.
const DRAWING: &[&str] = &["view", "theme", "screens", "widgets"];

#[test]
fn every_room_keeps_within_its_walls() {
    let crates = dependencies();
    let mut breaches = Vec::new();
    let mut files = 0;
    for path in sources(Path::new("src")) {
        let Some(room) = room_of(&path) else { continue };
        let text = fs::read_to_string(&path).unwrap();
        files += 1;
        breaches.extend(check(room, &path, &text, &crates));
    }
    assert!(files > 20, "only {files} files were read: is this the right folder?");
    assert!(breaches.is_empty(), "{} breaches:\n{}", breaches.len(), breaches.join("\n"));
}

#[test]
fn each_kind_of_breach_is_found() {
    let crates = dependencies();
    let found = |room: &str, file: &str, text: &str| {
        let room = HOUSE.iter().find(|it| it.name == room).unwrap();
        check(room, Path::new(file), text, &crates).len()
    };
    assert_eq!(found("domain", "src/domain/a.rs", "use crate::azure::Azure;"), 1);
    assert_eq!(found("domain", "src/domain/a.rs", "use crate::{domain::sku, journal::{self, x}};"), 1);
    assert_eq!(found("domain", "src/domain/a.rs", "fn f() { super::super::engine::run() }"), 1);
    assert_eq!(found("sandbox", "src/sandbox/a.rs", "use super::azure::x;"), 0);
    assert_eq!(found("sandbox", "src/sandbox/a/mod.rs", "use super::super::azure::x;"), 1);
    assert_eq!(found("domain", "src/domain/a.rs", "fn f() { std::fs::read(x) }"), 1);
    assert_eq!(found("domain", "src/domain/a.rs", "use std::{fmt, env};"), 1);
    assert_eq!(found("domain", "src/domain/a.rs", "use tokio::time;"), 1);
    assert_eq!(found("console", "src/console/update.rs", "use ratatui::Frame;"), 1);
    assert_eq!(found("console", "src/console/screens/fleet.rs", "use ratatui::Frame;"), 0);
    assert_eq!(found("console", "src/console/model.rs", "m!(crate::engine::run())"), 1);
    assert_eq!(found("sandbox", "src/sandbox/a.rs", "use crate::domain::sku::Tier;"), 1);
    assert_eq!(found("app", "src/app/a.rs", "use crate::sandbox::start;"), 1);
    assert_eq!(
        found("domain", "src/domain/a.rs", "// use crate::azure::Azure;\nconst A: &str = \"std::fs::x\";"),
        0
    );
    assert_eq!(found("domain", "src/domain/a.rs", "#[cfg(test)] mod tests { use tokio::time; }"), 0);
}

fn check(room: &Room, path: &Path, text: &str, crates: &BTreeSet<String>) -> Vec<String> {
    let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut paths = Vec::new();
    walk(tokens, depth(path), &mut paths);
    let names: Vec<&str> = HOUSE.iter().map(|it| it.name).collect();
    let draws = path.iter().any(|part| {
        let part = part.to_string_lossy();
        DRAWING.contains(&part.trim_end_matches(".rs"))
    });
    let breach = |(root, next): (String, String)| {
        let wrong = match root.as_str() {
            "crate" | "lifeboat" => {
                names.contains(&next.as_str()) && next != room.name && !room.rooms.contains(&next.as_str())
            }
            "std" => room.never.contains(&next.as_str()),
            "ratatui" if room.name == "console" => !draws,
            other => crates.contains(other) && !room.crates.contains(&other),
        };
        wrong.then(|| format!("  {}: {root}::{next} has no place in {}", path.display(), room.name))
    };
    paths.into_iter().filter_map(breach).collect()
}

/// How many modules lie between a file and the root of the crate: as many `super` lead there.
fn depth(path: &Path) -> usize {
    let segments = path.strip_prefix("src").unwrap_or(path).iter().count();
    if path.ends_with("mod.rs") { segments - 1 } else { segments }
}

/// Collects the first two segments of every path, groups taken apart. A chain of `super` that leads to the root counts
/// as `crate`.
fn walk(tokens: TokenStream, depth: usize, paths: &mut Vec<(String, String)>) {
    let tokens: Vec<TokenTree> = without_tests(tokens.into_iter().collect());
    for (at, token) in tokens.iter().enumerate() {
        if let TokenTree::Group(group) = token {
            walk(group.stream(), depth, paths);
        }
        let TokenTree::Ident(ident) = token else { continue };
        if at >= 2 && is_colons(&tokens, at - 2) {
            continue;
        }
        let mut root = ident.to_string();
        let mut at = at + 1;
        let mut supers = usize::from(root == "super");
        while supers > 0 && is_colons(&tokens, at) && is_ident(&tokens, at + 2, "super") {
            at += 3;
            supers += 1;
        }
        if supers >= depth {
            "crate".clone_into(&mut root);
        }
        if is_colons(&tokens, at) {
            for next in firsts(tokens.get(at + 2)) {
                paths.push((root.clone(), next));
            }
        } else if at >= 2 && is_ident(&tokens, at - 2, "use") {
            paths.push((root, String::new()));
        }
    }
}

/// The names that may follow `a::`: one, or the first of each member of a group.
fn firsts(token: Option<&TokenTree>) -> Vec<String> {
    match token {
        Some(TokenTree::Ident(ident)) => vec![ident.to_string()],
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
            let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
            let members = tokens.split(|t| matches!(t, TokenTree::Punct(p) if p.as_char() == ','));
            members.flat_map(|member| firsts(member.first())).collect()
        }
        _ => Vec::new(),
    }
}

/// Drops every item behind `#[cfg(test)]` up to its body or semicolon.
fn without_tests(tokens: Vec<TokenTree>) -> Vec<TokenTree> {
    let mut kept = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let hash = matches!(&token, TokenTree::Punct(p) if p.as_char() == '#');
        let test =
            matches!(tokens.peek(), Some(TokenTree::Group(g)) if is_for_tests(&g.stream().to_string()));
        if !(hash && test) {
            kept.push(token);
            continue;
        }
        tokens.next();
        let is_end = |t: &TokenTree| match t {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Punct(punct) => punct.as_char() == ';',
            TokenTree::Ident(_) | TokenTree::Literal(_) => false,
        };
        // Takes the item off, its end included.
        let _ = tokens.by_ref().find(is_end);
    }
    kept
}

/// `cfg(test)`, alone or among other conditions.
fn is_for_tests(attribute: &str) -> bool {
    attribute == "cfg (test)" || attribute.starts_with("cfg (all (test")
}

fn is_colons(tokens: &[TokenTree], at: usize) -> bool {
    let colon = |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == ':');
    colon(at) && colon(at + 1)
}

fn is_ident(tokens: &[TokenTree], at: usize, name: &str) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Ident(ident)) if ident == name)
}

fn room_of(path: &Path) -> Option<&'static Room> {
    let name = path.strip_prefix("src").ok()?.iter().next()?.to_string_lossy().into_owned();
    HOUSE.iter().find(|room| !is_test(path) && room.name == name.trim_end_matches(".rs"))
}

/// Whether a file is test code: by its name, or because a module above it is declared behind `#[cfg(test)]`.
fn is_test(path: &Path) -> bool {
    let by_name = path.file_name().is_some_and(|file| file.to_string_lossy().ends_with("tests.rs"));
    let is_declared_so = |module: &Path| {
        let Some((folder, name)) = module.parent().zip(module.file_stem()) else { return false };
        let declared = format!("#[cfg(test)]\nmod {};", name.to_string_lossy());
        [folder.join("mod.rs"), folder.with_extension("rs"), folder.join("lib.rs")]
            .iter()
            .any(|file| fs::read_to_string(file).is_ok_and(|text| text.contains(&declared)))
    };
    by_name || path.ancestors().any(is_declared_so)
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("src is beside Cargo.toml") {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            found.push(path);
        }
    }
    found
}

/// The names of the crates that what ships is built from, as they are written in code.
fn dependencies() -> BTreeSet<String> {
    let manifest: toml::Table = fs::read_to_string("Cargo.toml").unwrap().parse().unwrap();
    manifest["dependencies"].as_table().unwrap().keys().map(|name| name.replace('-', "_")).collect()
}
