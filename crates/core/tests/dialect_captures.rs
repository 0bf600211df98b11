//! What real answers of an agent server come to, whatever the chunking: `captures/EXPECTED.json`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use weixin_video_core::dialect::{ErrorKind, Summary, Turn};
use weixin_video_core::sse::{Decoder, Ending};

/// A field that is not there has nothing in it; a field that nobody reads here is a failure.
#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
struct Expected {
    events: usize,
    text: Vec<String>,
    thoughts: Vec<String>,
    tool_calls: Vec<String>,
    tool_results: Vec<String>,
    errors: Vec<Failure>,
    state_keys: Vec<String>,
    long_running: usize,
    notes: Vec<String>,
    silent_edit: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Failure {
    kind: String,
    code: Option<String>,
    message: String,
    fatal: Option<bool>,
}

/// Where nobody says whether an error was fatal, either will do.
impl PartialEq for Failure {
    fn eq(&self, other: &Self) -> bool {
        let fatal = self.fatal.is_none() || other.fatal.is_none() || self.fatal == other.fatal;
        (&self.kind, &self.code, &self.message) == (&other.kind, &other.code, &other.message) && fatal
    }
}

impl From<Summary> for Expected {
    fn from(summary: Summary) -> Self {
        let failure = |error: weixin_video_core::dialect::AgentError| Failure {
            kind: match error.kind {
                ErrorKind::Event => "event".into(),
                ErrorKind::Line => "line".into(),
                ErrorKind::Unparsable => "unparsable".into(),
            },
            code: error.code,
            message: error.message,
            fatal: Some(error.fatal),
        };
        Self {
            events: summary.events,
            text: summary.texts,
            thoughts: summary.thoughts,
            tool_calls: summary.tool_calls,
            tool_results: summary.tool_results.into_iter().map(|result| result.name).collect(),
            errors: summary.errors.into_iter().map(failure).collect(),
            state_keys: summary.state_keys,
            long_running: summary.long_running,
            notes: summary.notes.iter().map(ToString::to_string).collect(),
            silent_edit: summary.silent_edit,
        }
    }
}

fn captures() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/captures"))
}

fn summary(stream: &[u8], chunk: usize) -> Summary {
    let mut decoder = Decoder::new();
    let mut turn = Turn::new();
    for mut rest in stream.chunks(chunk) {
        while let Some(event) = decoder.next(&mut rest).expect("no limit is reached") {
            turn.take(&event.event_type(), event.data());
        }
    }
    assert_eq!(decoder.finish(), Ending::Complete);
    turn.finish()
}

#[test]
fn captures_come_to_what_is_expected() {
    let expected = fs::read(captures().join("EXPECTED.json")).expect("the captures are in the repository");
    let expected: BTreeMap<String, Expected> = serde_json::from_slice(&expected).expect("it has known fields only");
    assert_eq!(expected.len(), 22);
    for (name, expected) in expected {
        let stream = fs::read(captures().join(&name)).expect("the captures are in the repository");
        for chunk in [1, 2, 7, 64, 1000, usize::MAX] {
            assert_eq!(Expected::from(summary(&stream, chunk)), expected, "{name} in chunks of {chunk}");
        }
    }
}

#[test]
fn every_stream_is_expected_to_mean_something() {
    let expected = fs::read_to_string(captures().join("EXPECTED.json")).expect("the captures are in the repository");
    for folder in ["", "v0.5.0"] {
        for entry in fs::read_dir(captures().join(folder)).expect("the folder is there") {
            let name = entry.expect("it can be read").file_name().into_string().expect("names are ASCII");
            if name.ends_with(".sse") {
                let name = if folder.is_empty() { name } else { format!("{folder}/{name}") };
                assert!(expected.contains(&format!("\"{name}\"")), "{name}");
            }
        }
    }
}
