//! What the server answers, in every shape that PROTOCOL.md allows.

use std::time::Duration;

use crate::fate::Fate;
use crate::fault::Fault;

/// An answer on its way to the client.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) flow: Flow,
    pub(crate) meaning: Meaning,
}

/// A body as it comes: pieces with the true time of each, and how it ends.
#[derive(Debug, Default)]
pub(crate) struct Flow {
    pub(crate) pieces: Vec<(Duration, Vec<u8>)>,
    pub(crate) ends_at: Duration,
    pub(crate) end: End,
    /// It ends as it should in the midst of an event.
    pub(crate) is_torn: bool,
    /// Which run of the agent it is, for a chat.
    pub(crate) run: Option<usize>,
}

/// How a body ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum End {
    /// As its framing says it should.
    #[default]
    Whole,
    /// The connection breaks.
    Broken,
    /// Nothing comes any more, not even an end.
    Silent,
}

/// What an answer says to a client that hears all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Nothing that can be relied on.
    Nothing,
    /// No, for this reason.
    Refused(Fault),
    /// A token.
    Granted,
    /// A session of this id.
    Opened(String),
    /// The clip is there.
    Uploaded,
    /// What the session holds: the number of the draft.
    State(usize),
    /// The render is on its way.
    Started,
    /// It goes on.
    Going,
    /// It is done, maybe with a URL.
    Completed,
    /// It is over, without a file.
    Failed,
    /// The agent's stream.
    Stream,
    /// A file, or some of it.
    File,
    /// Elsewhere.
    Elsewhere,
    /// The balance, and whatever else is told and forgotten.
    Told,
}

impl Answer {
    /// With a whole body.
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>, meaning: Meaning) -> Self {
        let flow = Flow { pieces: vec![(Duration::ZERO, body.into())], ..Flow::default() };
        Self { status, headers: Vec::new(), flow, meaning }
    }

    /// JSON in one of the envelopes of success.
    pub(crate) fn wrapped(fate: &mut Fate, data: &str, meaning: Meaning) -> Self {
        let body = match fate.below(6) {
            0 => format!(r#"{{"code":0,"message":"ok","data":{data}}}"#),
            1 => format!(r#"{{"success":true,"data":{data}}}"#),
            2 => data.to_owned(),
            3 => format!(r#"{{"code":"0","msg":"","trace":["x",1e3],"data":{data}}}"#),
            4 => format!("{{ \"data\" : {data} ,\n \"code\" : 0 }}\n"),
            _ => format!(r#"{{"code":0,"message":null,"data":{data},"error":null}}"#),
        };
        let status = if fate.odds(300) { 201 } else { 200 };
        Self::new(status, body, meaning).json()
    }

    /// A refusal in one of its envelopes. `fault` is one of the refusals.
    pub(crate) fn refusal(fate: &mut Fate, fault: Fault) -> Self {
        let (code, status) = row(fate, fault);
        let words = words(fate, fault);
        let shape = if status == 200 { fate.of(&[0, 4, 5]) } else { fate.below(8) };
        let (status, body) = match (shape, code) {
            (0, Some(code)) => (200, format!(r#"{{"code":{code},"message":"{words}"}}"#)),
            (1, Some(code)) => (status, format!(r#"{{"code":{code},"message":"{words}","data":null}}"#)),
            (4, Some(code)) => (200, format!(r#"{{"code":"{code}","msg":"{words}"}}"#)),
            (5, Some(code)) => (200, format!(r#"{{"success":false,"code":{code},"error":{{"message":"{words}"}}}}"#)),
            (2, _) if fault != Fault::NoClientId => (status, String::new()),
            (6, _) if fault != Fault::NoClientId => (status, format!("<!doctype html><p>{words}</p>")),
            (7, _) => (status, format!(r#"{{"detail":[{{"msg":"{words}","input":{{"x":1}}}}]}}"#)),
            _ => (status, format!(r#"{{"detail":"{words}"}}"#)),
        };
        let is_page = body.starts_with('<');
        let answer = Self::new(status, body, Meaning::Refused(fault));
        let answer = if is_page { answer.header("content-type", "text/html; charset=utf-8") } else { answer.json() };
        answer.patience(fate, fault)
    }

    /// The same, with this header.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same, as JSON.
    pub(crate) fn json(self) -> Self {
        self.header("content-type", "application/json")
    }

    /// The body, where it comes in one piece.
    pub(crate) fn body(&mut self) -> &mut Vec<u8> {
        if self.flow.pieces.is_empty() {
            self.flow.pieces.push((Duration::ZERO, Vec::new()));
        }
        &mut self.flow.pieces[0].1
    }

    /// Seconds of `Retry-After`, where it is a plain number.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        self.headers.iter().find(|(name, _)| *name == "retry-after").and_then(|(_, value)| value.parse().ok())
    }

    fn patience(self, fate: &mut Fate, fault: Fault) -> Self {
        match fault {
            Fault::RateLimited => match fate.below(4) {
                0 => self,
                1 => self.header("retry-after", "0"),
                2 => self.header("retry-after", "7"),
                _ => self.header("retry-after", "119"),
            },
            Fault::RateLimitedLong => {
                let value = fate.of(&["121", "3600", "4294967296", "18446744073709551615"]);
                self.header("retry-after", value)
            }
            Fault::RateLimitedOddly => {
                let value = fate.of(&["-5", "soon", "1.5", "99999999999999999999999", ""]);
                self.header("retry-after", value)
            }
            _ => self,
        }
    }
}

/// The code of the envelope, and the HTTP status where the row has one.
fn row(fate: &mut Fate, fault: Fault) -> (Option<u32>, u16) {
    match fault {
        Fault::BadToken => (Some(1001), 401),
        Fault::NoSession | Fault::SessionGone => (Some(1002), 404),
        Fault::NoCredits => (Some(2001), 200),
        Fault::Unsupported => (Some(4001), 415),
        Fault::TooLarge => (Some(4002), 413),
        Fault::NoClientId => (None, 400),
        Fault::PlanNeeded => (Some(402), 402),
        Fault::ScopeMissing => (Some(403), 403),
        Fault::RateLimited | Fault::RateLimitedLong | Fault::RateLimitedOddly => (Some(429), 429),
        Fault::DuplicateRender => (Some(409), 409),
        Fault::StorageFull => (Some(507), 507),
        Fault::NotFound | Fault::RenderForgotten | Fault::FallbackMissing => (None, 404),
        Fault::Trouble | Fault::TroubleAfter => (Some(500), fate.of(&[500, 502, 503, 504])),
        _ => (Some(7777), 418),
    }
}

fn words(fate: &mut Fate, fault: Fault) -> &'static str {
    if fault == Fault::NoClientId {
        return "Missing X-Client-Id";
    }
    if fate.is_struck(Fault::HostileWords) {
        return HOSTILE;
    }
    fate.of(&["no", "", "not now", "抱歉,稍后再试"])
}

/// Words that would take over a terminal, as they stand in JSON.
pub(crate) const HOSTILE: &str =
    "\\u001b[2J\\u001b]0;owned\\u0007 \\u202egnp.exe\\u2066 a\\r\\nb\\u0000\\u009b31m \\u200b";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_is_json_or_says_what_it_is() {
        for index in 0..2_000 {
            let mut fate = Fate::drawn(1, index);
            let fault = fate.of(&[Fault::BadToken, Fault::NoCredits, Fault::PlanNeeded, Fault::NoClientId]);
            let mut answer = Answer::refusal(&mut fate, fault);
            let is_page = answer.headers.iter().any(|(_, value)| value.starts_with("text/html"));
            let body = answer.body().clone();
            let json = body.is_empty() || serde_json::from_slice::<serde_json::Value>(&body).is_ok();
            assert!(json != is_page || body.is_empty(), "{}", String::from_utf8_lossy(&body));
        }
    }
}
