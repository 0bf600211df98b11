//! What every failure has in common, looked at in text and in JSON.

use serde_json::Value;

use crate::desk::{Desk, Ran, keys};

/// A failure as it was told, the same in both ways of telling.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) message: String,
    pub(crate) next_step: String,
    pub(crate) retryable: bool,
    /// `None` where it can't be known.
    pub(crate) charged: Option<bool>,
    /// The whole `error`.
    pub(crate) error: Value,
}

impl Refusal {
    /// The message or the next step says this.
    pub(crate) fn says(&self, words: &[&str]) -> &Self {
        let text = format!("{}\n{}", self.message, self.next_step);
        for word in words {
            assert!(text.contains(word), "{word:?} is not in {text:?}");
        }
        self
    }

    /// Nothing was charged, and the same command won't work a little later either.
    pub(crate) fn is_final(&self) -> &Self {
        assert_eq!((self.retryable, self.charged), (false, Some(false)), "{self:#?}");
        self
    }
}

/// Runs a command that has to fail, in text and with `--json`, and looks at all that failures have in common: the exit
/// code, one `error:` line and one `next:` line, nothing on stdout but the one JSON object, no file made, changed or lost.
pub(crate) fn refused(desk: &Desk, args: &[&str], exit: i32, code: &str) -> Refusal {
    refused_each(desk, args, exit, code, || {})
}

/// The same, with something to set up before each of the two runs.
pub(crate) fn refused_each(desk: &Desk, args: &[&str], exit: i32, code: &str, set_up: impl Fn()) -> Refusal {
    let before = desk.files();
    set_up();
    let text = desk.run(args);
    // What the first run left unfinished is no part of the second.
    desk.forget_all();
    set_up();
    let json = desk.run(&[args, &["--json"]].concat());
    assert_eq!((text.code, json.code), (exit, exit), "{args:?}: {text:#?} {json:#?}");
    assert_eq!(desk.files(), before, "{args:?} left the folder as it was");
    assert!(desk.leftovers().is_empty(), "{args:?} left {:?}", desk.leftovers());
    let refusal = in_json(&json, code);
    let (message, next_step) = in_text(&text);
    let words = [message, next_step].map(without_ids);
    assert_eq!(words, [&refusal.message, &refusal.next_step].map(|text| without_ids(text)), "the same words");
    refusal
}

/// Two runs have two sessions, two jobs and two claim links.
fn without_ids(text: &str) -> String {
    let words = text.split(' ').map(|word| match word.split_once("?ct=") {
        Some((link, _)) => link,
        None if is_job_id(word) => "JOB",
        None => word,
    });
    words.collect::<Vec<_>>().join(" ").chars().filter(|char| !char.is_ascii_digit()).collect()
}

fn is_job_id(word: &str) -> bool {
    word.len() == 13 && word.match_indices('-').map(|(at, _)| at).eq([4, 9])
}

/// The words of a failure told in text: its `error:` line and its `next:` line, which are the last two.
pub(crate) fn in_text(ran: &Ran) -> (&str, &str) {
    assert_eq!(ran.stdout, "", "stdout carries data only: {ran:#?}");
    let lines: Vec<&str> = ran.stderr.lines().collect();
    let errors = lines.iter().filter(|line| line.trim_start().starts_with("error")).count();
    assert_eq!(errors, 1, "one line says what is wrong: {ran:#?}");
    let [.., error, next] = lines.as_slice() else { panic!("two lines at least: {ran:#?}") };
    let message = error.strip_prefix("error: ").unwrap_or_else(|| panic!("the error comes last: {ran:#?}"));
    let next = next.strip_prefix("  next: ").unwrap_or_else(|| panic!("then what to do: {ran:#?}"));
    (message, next)
}

/// A failure told in JSON, with every field of it.
pub(crate) fn in_json(ran: &Ran, code: &str) -> Refusal {
    let object = ran.json();
    assert_eq!((keys(&object), &object["ok"]), (vec!["error", "ok"], &Value::Bool(false)), "{object}");
    let error = object["error"].clone();
    for field in ["code", "message", "next_step", "retryable", "charged"] {
        assert!(error.get(field).is_some(), "{field} is missing: {error}");
    }
    assert_eq!(error["code"], code, "{error}");
    let text = |field: &str| error[field].as_str().unwrap().to_owned();
    let (message, next_step) = (text("message"), text("next_step"));
    for words in [&message, &next_step] {
        assert!(!words.is_empty() && words.lines().count() == 1, "one line: {error}");
    }
    let charged = Some(&error["charged"]).filter(|charged| !charged.is_null()).map(|known| known.as_bool().unwrap());
    Refusal { message, next_step, retryable: error["retryable"].as_bool().unwrap(), charged, error }
}
