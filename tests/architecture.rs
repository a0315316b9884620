//! The shape of the source: which layer may know which, and where pointers may be followed.

#![allow(clippy::unwrap_used)] // A source that cannot be read is a failure.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder);
    let mut found = Vec::new();
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "src/{folder} has no sources");
    found
}

/// Lines that are code, with their numbers: neither comment nor empty.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(at, line)| (at + 1, line.split("//").next().unwrap_or_default()))
        .filter(|(_, line)| !line.trim().is_empty())
}

#[test]
fn a_layer_knows_only_those_below_it() {
    let rules = [
        ("protocol", ["crate::net", "crate::ffi", "mio", "socket2", "libc"].as_slice()),
        ("net", ["crate::ffi"].as_slice()),
    ];
    for (folder, forbidden) in rules {
        for (path, text) in sources(folder) {
            for (number, line) in code(&text) {
                for name in forbidden {
                    let found = line.contains(name) && line.trim_start().starts_with("use ");
                    let called = line.contains(&format!("{name}::"));
                    assert!(!found && !called, "{}:{number}: {line}", path.display());
                }
            }
        }
    }
}

#[test]
fn the_vocabulary_knows_nothing_of_what_is_built_on_it() {
    let vocabulary = [
        "close.rs",
        "close_code.rs",
        "close_code_facts.rs",
        "error.rs",
        "opcode.rs",
        "version.rs",
        "version_info.rs",
        "time.rs",
        "mask.rs",
        "utf8.rs",
    ];
    let built_on_it = ["connection", "handshake", "message", "frame", "http", "event", "settings"];
    for (path, text) in sources("protocol") {
        let name = path.file_name().unwrap().to_str().unwrap();
        if !vocabulary.contains(&name) || path.parent().unwrap().ends_with("handshake") {
            continue;
        }
        for (number, line) in code(&text) {
            for upper in built_on_it {
                let import = format!("super::{upper}");
                assert!(!line.contains(&import), "{}:{number}: {line}", path.display());
            }
        }
    }
}

#[test]
fn a_clock_and_randomness_are_asked_in_one_place_each() {
    for (folder, allowed) in [("protocol", [].as_slice()), ("net", &["clock.rs", "random.rs"])] {
        for (path, text) in sources(folder) {
            let name = path.file_name().unwrap().to_str().unwrap();
            if allowed.contains(&name) || name == "resolve.rs" {
                continue; // The threads that look names up wait with a limit of their own.
            }
            let body = text.split("#[cfg(test)]").next().unwrap();
            for (number, line) in code(body) {
                for asked in ["Instant::now", "SystemTime", "getrandom::"] {
                    assert!(!line.contains(asked), "{}:{number}: {line}", path.display());
                }
            }
        }
    }
}

#[test]
fn pointers_are_followed_in_the_c_abi_alone() {
    for folder in ["protocol", "net"] {
        for (path, text) in sources(folder) {
            for (number, line) in code(&text) {
                let found = line.contains("unsafe") && !line.contains("forbid(unsafe_code)");
                assert!(!found, "{}:{number}: {line}", path.display());
            }
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder).join("mod.rs");
        let text = fs::read_to_string(root).unwrap();
        assert!(text.contains("#![forbid(unsafe_code)]"), "src/{folder} forbids no unsafe code");
    }
}

#[test]
fn every_file_says_first_what_it_is_for() {
    for (path, text) in sources(".") {
        assert!(text.starts_with("//!"), "{} begins without saying what it is for", path.display());
    }
}
