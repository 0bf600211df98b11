//! `say --dry-run`: how the words are understood, and nothing else.

use serde_json::{Value, json};
use weixin_video_core::intent::{Action, Route};
use weixin_video_core::printable::printable;
use weixin_video_studio::{Context, Reading, answer, interpret};

use super::todo;
use super::upload;
use crate::output::Shown;

/// The steps with what decided them, and what the editor of this machine would make of the words for it, on a timeline of
/// one clip of two minutes and with the files that the words hand over.
pub(super) fn shown(text: &str, route: &Route) -> Shown {
    let steps: Vec<&str> = route.steps.iter().map(|step| step.name()).collect();
    let understood = understood(text, route);
    let data = json!({
        "intent": steps.first(),
        "steps": steps,
        "files": route.files,
        "urls": route.urls,
        "operations": understood.operations,
        "question": understood.question,
        "because": route.because,
    });
    Shown::new(in_words(route, &understood), data)
}

struct Understood {
    operations: Vec<Value>,
    question: Value,
}

fn understood(text: &str, route: &Route) -> Understood {
    let todo = todo::all(text, route, true);
    let chats: Vec<&str> =
        todo.iter().filter(|todo| todo.action == Action::Chat).map(|todo| todo.words.as_str()).collect();
    let names = route.files.iter().chain(&route.urls).map(|what| upload::file_name(what).to_owned());
    let context = Context { assets: names.collect(), ..Context::default() };
    if chats.is_empty() {
        // The agent is not asked, so it asks nothing.
        let operations = operations(&interpret(text, &context));
        return Understood { operations, question: Value::Null };
    }
    let mut all = Vec::new();
    for words in chats {
        let reading = interpret(words, &context);
        if let Some(question) = question(&reading, words, &context) {
            return Understood { operations: Vec::new(), question };
        }
        all.extend(operations(&reading));
    }
    Understood { operations: all, question: Value::Null }
}

fn operations(reading: &Reading) -> Vec<Value> {
    match reading {
        Reading::Edits(_) => reading.to_json().as_array().cloned().unwrap_or_default(),
        Reading::Ask(_) | Reading::Unsupported(_) => Vec::new(),
    }
}

fn question(reading: &Reading, words: &str, context: &Context) -> Option<Value> {
    let answer = answer(reading, words, context)?;
    let mut question = json!({"text": answer.text, "choices": answer.choices});
    match reading {
        Reading::Ask(about) => question["about"] = json!(about),
        Reading::Unsupported(what) => question["unsupported"] = json!(what),
        Reading::Edits(_) => {}
    }
    Some(question)
}

/// No name, operation or answer takes more characters than this for people; `--json` has all of it.
const SHOWN: usize = 300;

fn in_words(route: &Route, understood: &Understood) -> String {
    let steps = route.steps.iter().zip(&route.because);
    let mut lines: Vec<String> =
        steps.enumerate().map(|(at, (step, why))| format!("{}. {}: {why}", at + 1, step.name())).collect();
    let media = route.files.iter().map(|file| ("file", file)).chain(route.urls.iter().map(|url| ("URL", url)));
    lines.extend(media.map(|(what, which)| format!("{what}: {}", printable(which, SHOWN))));
    lines.extend(understood.operations.iter().map(|op| format!("edit: {}", printable(&op.to_string(), SHOWN))));
    if let Some(question) = understood.question["text"].as_str() {
        lines.push(format!("would ask: {}", printable(question, SHOWN)));
        let choices = understood.question["choices"].as_array().into_iter().flatten().filter_map(Value::as_str);
        lines.extend(choices.map(|choice| format!("  such as: {}", printable(choice, SHOWN))));
    }
    lines.push("Nothing was sent, and nothing was done.".to_owned());
    lines.join("\n")
}
