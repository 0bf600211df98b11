//! Section "Errors": each row under each status, in each envelope, at each endpoint where it can come.

mod account;
mod work;

use weixin_video_core::call::Reply;
use weixin_video_core::error::{Error, Row, What};

use crate::script::Script;
use crate::wire::*;

/// The words a server says; they must be told.
const WORDS: &str = "because of the moon";

/// A row as servers put it.
struct Case {
    row: Row,
    code: Option<i64>,
    status: Option<u16>,
}

impl Case {
    /// The row in every envelope: the HTTP status with any body, HTTP 200 with the code, both, and a wrong status with the
    /// right code. The flag says whether the words come with it.
    fn answers(&self) -> Vec<(u16, String, bool)> {
        let mut answers = Vec::new();
        if let Some(status) = self.status {
            for body in ["", " \n", "<!doctype html><h1>no</h1>", "null", "[]", "no", "{}"] {
                answers.push((status, body.to_owned(), false));
            }
            for body in bodies() {
                answers.push((status, format!("{{{body}}}"), true));
                answers.push((status, format!(r#"{{"success":false,{body}}}"#), true));
            }
        }
        if let Some(code) = self.code {
            for status in [200, 400].into_iter().chain(self.status) {
                for code in [format!("{code}"), format!("\"{code}\""), format!("\" {code} \"")] {
                    answers.push((status, format!(r#"{{"code":{code}}}"#), false));
                    answers.push((status, format!(r#"{{"code":{code},"data":null}}"#), false));
                    for body in bodies() {
                        answers.push((status, format!(r#"{{"code":{code},{body},"data":{{}}}}"#), true));
                    }
                }
            }
        }
        answers
    }

    /// At each of these endpoints, in every envelope, it is this row, and the user is told so.
    #[track_caller]
    fn at(&self, endpoints: &[&str], advice: &str) {
        for (status, body, says_why) in self.answers() {
            for endpoint in endpoints {
                let error = refused(endpoint, status, &body);
                self.check(&error, endpoint, (status, &body), says_why, advice);
            }
        }
    }

    #[track_caller]
    fn check(&self, error: &Error, endpoint: &str, (status, body): (u16, &str), says_why: bool, advice: &str) {
        let place = format!("{endpoint}, HTTP {status}, {body}: {error}");
        let What::Refused(refusal) = error.what() else { panic!("not a refusal: {place}") };
        assert_eq!(refusal.row, self.row, "{place}");
        assert_eq!((refusal.endpoint, refusal.status), (endpoint, status), "{place}");
        assert_eq!(refusal.message.contains(WORDS), says_why, "{place}");
        assert!(error.advice().contains(advice), "{place}: {}", error.advice());
        let told = format!("{error} {error:?} {}", error.advice());
        assert!(!told.contains('<') && !told.contains("SECRET"), "{place}: {told}");
    }
}

/// The members of an object that say why.
fn bodies() -> Vec<String> {
    let mut bodies = Vec::new();
    for key in ["message", "msg", "error", "error_message", "detail", "reason"] {
        bodies.push(format!(r#""{key}":"{WORDS}""#));
    }
    bodies.push(format!(r#""detail":{{"message":"{WORDS}","input":"SECRET"}}"#));
    bodies
        .push(format!(r#""detail":[{{"type":"x","loc":["header","x"],"msg":"{WORDS}","input":{{"text":"SECRET"}}}}]"#));
    bodies
}

/// All endpoints that answer with the token's owner known.
const WITH_A_TOKEN: [&str; 10] = [
    "session",
    "claim link",
    "upload",
    "credits",
    "state",
    "export",
    "export status",
    "cancel export",
    "chat",
    "download",
];

/// What comes of such an answer there: a plain exchange is asked, the chat and the download are walked.
#[track_caller]
fn refused(endpoint: &str, status: u16, body: &str) -> Error {
    if let Some((_, ask)) = PLAIN.iter().find(|(name, _)| *name == endpoint) {
        return ask(&Reply::new(status, body)).expect_err(body);
    }
    let json: &[(&str, &str)] = &[("content-type", "application/json")];
    match endpoint {
        "chat" => read(sent().begins(status, json), body).charged(1).done().expect_err(body),
        "download" => {
            let script = fallback().sends("GET /api/render/proxy/render_1/download");
            read(script.begins(status, json), body).done().expect_err(body)
        }
        other => panic!("no endpoint {other}"),
    }
}

/// A body, piece by piece.
fn read<M: weixin_video_core::machine::Machine>(script: Script<M>, body: &str) -> Script<M> {
    let (first, rest) = body.split_at(body.len() / 2);
    let parts = [first, rest].into_iter().filter(|part| !part.is_empty());
    parts.fold(script, |script, part| script.hears(part)).ends()
}
