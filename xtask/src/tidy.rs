//! `cargo xtask tidy`: what no compiler checks, on every Rust file of ours and the top folder.

use std::fs;
use std::path::{Path, PathBuf};

use crate::run::{Result, root, short};

/// Lines from which a file is worth splitting, and lines it must not pass.
const LINES: (usize, usize) = (400, 500);

/// Bytes that the clips may take in the repo together: every clone pays for them.
const CLIPS: u64 = 3_000_000;

/// All that lies at the top of the repo besides dotfiles and cargo's target folder.
const TOP: [&str; 12] = [
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "clippy.toml",
    "crates",
    "deny.toml",
    "rustfmt.toml",
    "tests",
    "xtask",
];

/// Marks of unfinished work. Split, so that this file does not hold them.
const MARKS: [&str; 6] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("to", "do!"),
    concat!("unimpl", "emented!"),
    concat!("db", "g!"),
    concat!("#[ig", "nore"),
];

/// Something out of order, and whether it fails the run.
#[derive(Debug, PartialEq)]
struct Finding {
    place: String,
    what: String,
    fatal: bool,
}

/// Prints every finding; fails when one is fatal.
pub(crate) fn tidy() -> Result {
    let mut findings = top(&names(root())?);
    findings.extend(clips()?);
    let files = sources()?;
    for path in &files {
        let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        findings.extend(source(&short(path), &text));
    }
    for finding in &findings {
        let word = if finding.fatal { "error" } else { "warning" };
        println!("{word}: {}: {}", finding.place, finding.what);
    }
    match findings.iter().filter(|finding| finding.fatal).count() {
        0 => {
            println!("tidy: {} files in order", files.len());
            Ok(())
        }
        count => Err(format!("findings: {count}").into()),
    }
}

/// What is wrong with one file.
fn source(path: &Path, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut found = |place: String, what: String, fatal| {
        findings.push(Finding { place, what, fatal });
    };
    let name = path.display().to_string();
    let lines = text.lines().count();
    if lines > LINES.1 {
        found(name.clone(), format!("{lines} lines, at most {}", LINES.1), true);
    } else if lines > LINES.0 {
        found(name.clone(), format!("{lines} lines, aim at {}", LINES.0), false);
    }
    // What a file of unit tests is, its name and the module above it say.
    if !has_module_doc(text) && !path.ends_with("tests.rs") {
        found(name.clone(), "says at its top not what it is (`//!`)".into(), true);
    }
    if is_crate_root(path) && !text.contains("#![forbid(unsafe_code)]") {
        found(name.clone(), "a crate root without #![forbid(unsafe_code)]".into(), true);
    }
    for (at, line) in (1..).zip(text.lines()) {
        for mark in MARKS.iter().filter(|mark| line.contains(*mark)) {
            found(format!("{name}:{at}"), format!("unfinished: {mark}"), true);
        }
    }
    findings
}

/// The first line that is not blank and no attribute is a module doc.
fn has_module_doc(text: &str) -> bool {
    text.lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with("#!["))
        .is_none_or(|line| line.starts_with("//!"))
}

fn is_crate_root(path: &Path) -> bool {
    path.ends_with("src/lib.rs") || path.ends_with("src/main.rs")
}

fn top(names: &[String]) -> Vec<Finding> {
    let strange = |name: &&String| !name.starts_with('.') && name.as_str() != "target" && !TOP.contains(&name.as_str());
    let finding = |name: &String| Finding {
        place: name.clone(),
        what: "does not belong at the top of the repo".into(),
        fatal: true,
    };
    names.iter().filter(strange).map(finding).collect()
}

fn clips() -> Result<Option<Finding>> {
    let mut bytes = 0;
    for entry in fs::read_dir(root().join("tests/clips"))? {
        bytes += entry?.metadata()?.len();
    }
    Ok((bytes > CLIPS).then(|| Finding {
        place: "tests/clips".into(),
        what: format!("{bytes} bytes, at most {CLIPS}"),
        fatal: true,
    }))
}

/// Every Rust file of ours.
fn sources() -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders: Vec<PathBuf> = ["crates", "tests", "xtask"].iter().map(|name| root().join(name)).collect();
    while let Some(folder) = folders.pop() {
        for name in names(&folder)? {
            let path = folder.join(&name);
            if path.is_dir() && name != "target" && !name.starts_with('.') {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn names(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fatal(path: &str, text: &str) -> Vec<String> {
        source(Path::new(path), text)
            .into_iter()
            .filter(|finding| finding.fatal)
            .map(|finding| format!("{}: {}", finding.place, finding.what))
            .collect()
    }

    #[test]
    fn a_long_file_is_found() {
        let lines = |count: usize| format!("//! Doc.\n{}", "\n".repeat(count - 1));
        assert_eq!(source(Path::new("a.rs"), &lines(400)), []);
        let [warning] = &source(Path::new("a.rs"), &lines(401))[..] else {
            panic!("one finding expected");
        };
        assert!(!warning.fatal);
        assert_eq!(fatal("a.rs", &lines(500)), [""; 0]);
        assert_eq!(fatal("a.rs", &lines(501)), ["a.rs: 501 lines, at most 500"]);
    }

    #[test]
    fn every_mark_of_unfinished_work_is_found_with_its_line() {
        for mark in MARKS {
            let text = format!("//! Doc.\nfn f() {{\n    {mark}\n}}\n");
            assert_eq!(fatal("a.rs", &text), [format!("a.rs:3: unfinished: {mark}")]);
        }
    }

    #[test]
    fn a_file_says_what_it_is() {
        assert_eq!(fatal("a.rs", "use a::b;\n").len(), 1);
        assert_eq!(fatal("a.rs", "// Not a doc.\n//! Doc.\n").len(), 1);
        assert_eq!(fatal("a.rs", "#![cfg(unix)]\n\n//! Doc.\n").len(), 0);
        assert_eq!(fatal("a/tests.rs", "use super::*;\n").len(), 0);
    }

    #[test]
    fn a_crate_root_forbids_unsafe_code() {
        assert_eq!(fatal("crates/core/src/lib.rs", "//! Doc.\n").len(), 1);
        let good = "//! Doc.\n#![forbid(unsafe_code)]\n";
        assert_eq!(fatal("crates/core/src/lib.rs", good).len(), 0);
    }

    #[test]
    fn a_stray_file_at_the_top_is_found() {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        assert_eq!(top(&names(&[".ci", "crates", "target", "xtask", "README.md"])), []);
        assert_eq!(top(&names(&["notes.txt", "crates"])).len(), 1);
    }
}
