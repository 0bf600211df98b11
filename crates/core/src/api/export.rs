//! Rows "export", "export status" and "cancel export".

use serde::Serialize;
use serde_json::value::RawValue;

use super::{CANCEL, EXPORT, EXPORT_STATUS, Endpoint, api_call, fetch, get};
use crate::call::{Body, Call, Reply};
use crate::config::{Config, REPLY};
use crate::draft::Draft;
use crate::envelope;
use crate::error::Error;
use crate::ids::{RenderId, SessionId};
use crate::json::{Object, error_text};
use crate::planted;
use crate::time::Instant;

/// Asks for a render of a draft. Free; a render id is used once.
#[derive(Clone, Debug)]
pub struct StartExport {
    /// The client's own id.
    pub render: RenderId,
    /// Whose draft it is.
    pub session: SessionId,
    /// What to render; it goes back exactly as it came.
    pub draft: Draft,
}

/// The render is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Started;

/// Asks how a render is doing. Free.
#[derive(Clone, Debug)]
pub struct ReadExport {
    /// Which one.
    pub render: RenderId,
}

/// Asks to stop a render. Free.
#[derive(Clone, Debug)]
pub struct CancelExport {
    /// Which one.
    pub render: RenderId,
}

/// How a render is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportStatus {
    /// Whether it is over.
    pub status: RenderStatus,
    /// In percent, when the server says so.
    pub percent: Option<u8>,
}

/// Whether a render is over. Words nobody knows count as still going.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RenderStatus {
    /// Pending, processing, or a word nobody knows.
    Going,
    /// Done.
    Completed {
        /// Where the file is; a signed URL is a secret. May be missing for a moment.
        url: Option<fetch::Link>,
    },
    /// Over without a file. The id is never used again.
    Failed {
        /// The server's words, made printable.
        why: String,
    },
}

impl Endpoint for StartExport {
    type Answer = Started;

    const NAME: &'static str = EXPORT;
    /// Asking twice is a duplicate id; the machine looks at the status instead.
    const TRIES: u32 = 1;

    fn request(&self, config: &Config, now: Instant) -> Call {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Wanted<'a> {
            id: &'a str,
            session_id: &'a str,
            draft: &'a RawValue,
            output: Output,
        }
        #[derive(Serialize)]
        struct Output {
            format: &'static str,
            quality: &'static str,
        }
        let wanted = Wanted {
            id: self.render.as_str(),
            session_id: self.session.as_str(),
            draft: self.draft.raw(),
            output: Output { format: "mp4", quality: "high" },
        };
        let json = serde_json::to_vec(&wanted).expect("strings and raw JSON always serialize");
        #[cfg(feature = "planted")]
        let json = planted::export_body(json);
        let content = ("application/json", Body::Bytes(json));
        api_call(config, http::Method::POST, "/api/render/proxy/lambda", Some(content), now + REPLY)
    }

    fn reply(&self, reply: &Reply) -> Result<Started, Error> {
        envelope::open(Self::NAME, reply).map(|_| Started)
    }
}

impl Endpoint for ReadExport {
    type Answer = ExportStatus;

    const NAME: &'static str = EXPORT_STATUS;

    fn request(&self, config: &Config, now: Instant) -> Call {
        get(config, &format!("/api/render/proxy/lambda/{}", self.render), now)
    }

    fn reply(&self, reply: &Reply) -> Result<ExportStatus, Error> {
        let outer = envelope::open(Self::NAME, reply)?;
        let object = match outer.object(&["data"]) {
            Some(inner) if outer.raw(&["status"]).is_none() => inner,
            _ => outer,
        };
        let status = object.text(&["status"]).unwrap_or_default().to_ascii_lowercase();
        let status = match status.as_str() {
            "completed" | "complete" | "done" | "success" | "succeeded" => {
                RenderStatus::Completed { url: fetch::url_in(&object) }
            }
            "failed" | "error" | "cancelled" | "canceled" => RenderStatus::Failed { why: why(&object, &status) },
            "pending" | "processing" => RenderStatus::Going,
            _ if planted!(UnknownStatusIsFailure) => RenderStatus::Failed { why: status },
            _ => RenderStatus::Going,
        };
        Ok(ExportStatus { status, percent: percent(&object) })
    }
}

impl Endpoint for CancelExport {
    type Answer = ();

    const NAME: &'static str = CANCEL;

    fn request(&self, config: &Config, now: Instant) -> Call {
        let path = format!("/api/render/proxy/lambda/{}/cancel", self.render);
        api_call(config, http::Method::POST, &path, None, now + REPLY)
    }

    fn reply(&self, reply: &Reply) -> Result<(), Error> {
        envelope::open(Self::NAME, reply).map(|_| ())
    }
}

fn why(object: &Object<'_>, status: &str) -> String {
    match error_text(object) {
        words if words.is_empty() => format!("the server says \"{status}\" and no reason"),
        words => words,
    }
}

/// `progress` is 0 to 100, or 0 to 1 on some servers only when it is a fraction.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=100")]
fn percent(object: &Object<'_>) -> Option<u8> {
    let progress = object.number(&["progress"])?;
    let fraction = progress > 0.0 && progress < 1.0;
    Some((if fraction { progress * 100.0 } else { progress }).clamp(0.0, 100.0) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(body: &str) -> ExportStatus {
        let render = RenderId::new("render_1").expect("an id");
        ReadExport { render }.reply(&Reply::new(200, body)).expect(body)
    }

    #[test]
    fn the_url_is_found_in_every_shape() {
        for body in [
            r#"{"status":"completed","output":{"url":"https://c.example/v","duration":8000,"size":5}}"#,
            r#"{"code":0,"data":{"status":"COMPLETED","outputUrl":"https://c.example/v"}}"#,
            r#"{"data":{"data":{"status":"Completed","output_url":"https://c.example/v"}}}"#,
            r#"{"status":"completed","url":"https://c.example/v"}"#,
            r#"{"status":"completed","videoUrl":"https://c.example/v"}"#,
            r#"{"success":true,"data":{"status":"completed","download_url":"https://c.example/v"}}"#,
        ] {
            let RenderStatus::Completed { url: Some(link) } = status(body).status else { panic!("{body}") };
            assert!(!format!("{link:?}").contains("/v"), "a signed URL is a secret");
        }
    }

    #[test]
    fn an_unknown_word_counts_as_going() {
        for body in [r#"{"status":"queued","progress":3}"#, r#"{"data":{"status":"PROCESSING"}}"#, "{}"] {
            assert_eq!(status(body).status, RenderStatus::Going, "{body}");
        }
        assert_eq!(status(r#"{"status":"processing","progress":41.7}"#).percent, Some(41));
        assert_eq!(status(r#"{"status":"processing","progress":"250"}"#).percent, Some(100));
    }

    #[test]
    fn a_failure_says_why() {
        for body in
            [r#"{"status":"failed","error":"no frames"}"#, r#"{"data":{"status":"FAILED","error":"no frames"}}"#]
        {
            assert_eq!(status(body).status, RenderStatus::Failed { why: "no frames".into() }, "{body}");
        }
    }

    #[test]
    fn the_draft_goes_back_to_the_letter() {
        let text = r#"{"t":[{"tt":0,"sg":[{"d":1000,"x":123456789012345678901234567890}]}],"f":1.50}"#;
        let raw: Box<RawValue> = serde_json::from_str(text).expect("JSON");
        let draft = Draft::from_raw(&raw).expect("a draft");
        let (render, session) = (RenderId::new("r").expect("an id"), SessionId::new("7").expect("an id"));
        let config = Config::new("https://api.example").expect("an origin");
        let call = StartExport { render, session, draft }.request(&config, Instant::ORIGIN);
        let Body::Bytes(body) = call.request().body() else { panic!("a JSON body") };
        let body = String::from_utf8_lossy(body);
        assert_eq!(
            body,
            format!(r#"{{"id":"r","sessionId":"7","draft":{text},"output":{{"format":"mp4","quality":"high"}}}}"#)
        );
    }
}
