//! Faults of exports and of what is told about them.

use super::kind::Render;
use super::plan::{Plan, Struck};
use super::raw::Deed;
use super::whole::Whole;
use serde_json::{Value, json};

/// Where a finished file's URL is found.
const URL_KEYS: [&str; 5] = ["outputUrl", "output_url", "url", "videoUrl", "download_url"];

/// `None` where the answer is no status, or not the one the kind is about.
pub(super) fn plan(kind: Render, struck: &Struck, whole: Whole) -> Option<Plan> {
    match kind.instead() {
        Some(plan) => return Some(plan),
        None if !whole.status.is_success() => return None,
        None => {}
    }
    let mut body = whole.object()?;
    let status = status_object(&mut body)?;
    change(kind, status, &struck.elsewhere)?;
    let body = if kind == Render::Nested { json!({"code": 0, "data": {"data": body}}) } else { body };
    Some(whole.body(body.to_string()).into())
}

/// The object with the status word: the body, `data`, or `data.data`.
fn status_object(body: &mut Value) -> Option<&mut Value> {
    let path = ["", "/data", "/data/data"]
        .into_iter()
        .find(|path| body.pointer(path).is_some_and(|value| value.get("status").is_some()))?;
    body.pointer_mut(path)
}

impl Render {
    /// What doesn't depend on the answer.
    fn instead(self) -> Option<Plan> {
        let refusal = |status: u16, message: &str| {
            Plan::from(Whole::json(status, &json!({"code": status, "message": message, "data": null})))
        };
        if self == Self::DoneUnheard {
            Some(Plan::unheard(vec![Deed::Fin]))
        } else if self == Self::DuplicateId {
            Some(refusal(409, "duplicate render id"))
        } else if self == Self::Forgotten {
            Some(refusal(404, "no such render"))
        } else {
            None
        }
    }
}

/// Changes a status; `None` if it is not the one to change.
fn change(kind: Render, status: &mut Value, elsewhere: &str) -> Option<()> {
    let word = status["status"].as_str()?.to_owned();
    match kind {
        Render::SaysFailed => fail(status, Some(json!("out of memory"))),
        Render::FailedObject => fail(status, Some(json!({"message": "out of memory", "code": "OOM"}))),
        Render::FailedMute => fail(status, None),
        Render::Stuck => say(status, "processing", json!(99)),
        Render::UnknownWord => say(status, "polishing", json!(50)),
        Render::OtherCase => status["status"] = json!(swapped(&word)),
        Render::NoWord => drop(status.as_object_mut()?.remove("status")),
        Render::NoUrl => {
            say(status, "completed", json!(100));
            take_url(status);
        }
        Render::UrlOutput => {
            let url = take_url(status)?;
            status["output"] = json!({"url": url});
        }
        Render::UrlOutputUrl => move_url(status, "outputUrl")?,
        Render::UrlOutputUrlSnake => move_url(status, "output_url")?,
        Render::UrlPlain => move_url(status, "url")?,
        Render::UrlVideo => move_url(status, "videoUrl")?,
        Render::UrlDownload => move_url(status, "download_url")?,
        Render::UrlPrivate => lead(status, "http://192.168.0.1/admin/out.mp4")?,
        Render::UrlFile => lead(status, "file:///etc/passwd")?,
        Render::UrlUserinfo => lead(status, &format!("{}/out.mp4", elsewhere.replacen("://", "://user:secret@", 1)))?,
        Render::UrlGarbage => lead(status, "out.mp4 (click here)")?,
        Render::Backwards => say(status, "processing", json!(1)),
        Render::Over => say(status, "processing", json!(250)),
        Render::Text => say(status, "processing", json!("87%")),
        Render::OtherId => {
            for key in ["id", "taskId"] {
                if let Some(id) = status.get_mut(key) {
                    *id = json!("render_of_somebody_else");
                }
            }
        }
        Render::Nested | Render::Fails | Render::DuplicateId | Render::DoneUnheard | Render::Forgotten => {}
    }
    Some(())
}

fn say(status: &mut Value, word: &str, progress: Value) {
    status["status"] = json!(word);
    status["progress"] = progress;
    if word != "completed" {
        take_url(status);
    }
}

fn fail(status: &mut Value, error: Option<Value>) {
    say(status, "failed", json!(40));
    if let Some(error) = error {
        status["error"] = error;
    }
}

fn swapped(word: &str) -> String {
    let swap = |(at, c): (usize, char)| if at % 2 == 0 { c.to_ascii_uppercase() } else { c };
    word.char_indices().map(swap).collect()
}

/// The URL of a finished render, out of wherever it stands.
fn take_url(status: &mut Value) -> Option<Value> {
    let fields = status.as_object_mut()?;
    let within = fields.remove("output").and_then(|output| output.get("url").cloned());
    URL_KEYS.iter().fold(within, |found, key| fields.remove(*key).or(found))
}

fn move_url(status: &mut Value, key: &str) -> Option<()> {
    let url = take_url(status)?;
    status[key] = url;
    Some(())
}

/// Gives a finished render another URL.
fn lead(status: &mut Value, url: &str) -> Option<()> {
    take_url(status)?;
    status["outputUrl"] = json!(url);
    Some(())
}
