//! Holds the tests to the document: a row of PROTOCOL.md without a test of its name is a failure.

use std::collections::BTreeMap;

const PROTOCOL: &str = include_str!("../../PROTOCOL.md");

/// The sections of the document and where their tests stand.
const SECTIONS: &[(&str, &[&str])] = &[
    ("Headers", &[include_str!("headers.rs")]),
    ("Envelopes", &[include_str!("envelopes.rs")]),
    (
        "Endpoints",
        &[
            include_str!("endpoints/account.rs"),
            include_str!("endpoints/download.rs"),
            include_str!("endpoints/export.rs"),
            include_str!("endpoints/export_status.rs"),
            include_str!("endpoints/session.rs"),
            include_str!("endpoints/upload.rs"),
        ],
    ),
    ("Draft", &[include_str!("draft.rs")]),
    (
        "The chat stream",
        &[
            include_str!("the_chat_stream/ending.rs"),
            include_str!("the_chat_stream/hearing.rs"),
            include_str!("the_chat_stream/losing.rs"),
        ],
    ),
    ("Errors", &[include_str!("errors.rs"), include_str!("errors/account.rs"), include_str!("errors/work.rs")]),
];

#[test]
fn every_row_has_a_test_of_its_name() {
    let rows = rows(PROTOCOL);
    let sections: Vec<&str> = SECTIONS.iter().map(|(section, _)| *section).collect();
    assert_eq!(rows.keys().copied().collect::<Vec<_>>(), sorted(&sections), "sections with rows");
    let missing = SECTIONS.iter().flat_map(|(section, sources)| untested(&rows[section], sources));
    assert_eq!(missing.collect::<Vec<_>>(), [""; 0], "rows without a test");
}

/// What would keep the test above from ever failing: a reader that finds no row, or takes any test for any row.
#[test]
fn a_row_without_a_test_is_noticed() {
    let count: usize = rows(PROTOCOL).values().map(Vec::len).sum();
    assert!(count >= 60, "{count} rows were read");
    let document = "## Made up\n\n| row | x |\n|---|---|\n| export | a |\n| `export` status | b |\n| new (since today) | c |\n\n\
        - **odd one**: d\n- no name: e\n";
    let rows = &rows(document)["Made up"];
    assert_eq!(*rows, ["export", "`export` status", "new (since today)", "odd one"]);
    let tests = "    #[test]\n    fn export_status_says_so() {\n#[test]\nfn odd_one() {\nfn export() {}\n#[test]\nfn renewed() {";
    assert_eq!(untested(rows, &[tests]), ["export", "new (since today)"]);
}

/// The rows by their section: the first cells of tables, and the names that begin a line of a list.
fn rows(document: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut rows: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let (mut section, mut table_head) = ("", true);
    for line in document.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            section = title;
        }
        let cell = line.strip_prefix("| ").and_then(|rest| rest.split(" |").next());
        let name = line.strip_prefix("- **").and_then(|rest| rest.split_once("**:").map(|(name, _)| name));
        if !line.starts_with('|') {
            table_head = true;
        }
        match (cell, name) {
            (Some(_), _) if table_head => table_head = false,
            (Some(row), _) | (None, Some(row)) => rows.entry(section).or_default().push(row),
            (None, None) => {}
        }
    }
    rows
}

/// The rows that no test is named after. A test belongs to the row with the longest name that it begins with.
fn untested<'a>(rows: &[&'a str], sources: &[&str]) -> Vec<&'a str> {
    let names: Vec<String> = rows.iter().map(|row| test_name(row)).collect();
    let mut tested = vec![false; rows.len()];
    for test in sources.iter().flat_map(|source| tests(source)) {
        let begins = |name: &&String| {
            test.strip_prefix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
        };
        let longest = names.iter().filter(begins).max_by_key(|name| name.len());
        if let Some(at) = longest.and_then(|longest| names.iter().position(|name| name == longest)) {
            tested[at] = true;
        }
    }
    rows.iter().zip(tested).filter(|(_, tested)| !tested).map(|(row, _)| *row).collect()
}

/// The names of the functions that the test runner runs.
fn tests(source: &str) -> impl Iterator<Item = &str> {
    let after = source.split("#[test]\n").skip(1);
    after.filter_map(|rest| rest.trim_start().strip_prefix("fn ")?.split('(').next())
}

/// `it closes without text (three edits in ten)` is tested by `it_closes_without_text…`.
fn test_name(row: &str) -> String {
    let bare = row.split(" (").next().unwrap_or(row).to_lowercase();
    let words: Vec<&str> = bare.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let name = words.join("_");
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("after_{name}") } else { name }
}

fn sorted<'a>(names: &[&'a str]) -> Vec<&'a str> {
    let mut names = names.to_vec();
    names.sort_unstable();
    names
}
