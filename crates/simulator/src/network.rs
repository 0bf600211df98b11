//! The network between a client and the model server: what leaves, what arrives, what comes back, and when.

use std::collections::VecDeque;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use weixin_video_core::call::{Body, Call, Head, Receive, Reply};
use weixin_video_core::error::{self, Phase};
use weixin_video_core::machine::Input;

use crate::fate::Fate;
use crate::fault::Fault;
use crate::server::{Answer, Asked, End, Meaning, Route, Server};
use crate::tables;

/// A stream that a client has open.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) route: Route,
    /// The head, until it is read, and when it comes.
    pub(crate) head: Option<(Duration, Head)>,
    /// A call of which it turns out later that it never left, and when.
    pub(crate) unsent: Option<(Duration, Call)>,
    pub(crate) pieces: VecDeque<(Duration, Vec<u8>)>,
    pub(crate) ends_at: Duration,
    pub(crate) end: End,
    pub(crate) run: Option<usize>,
    pub(crate) is_over: bool,
    /// It ends in the midst of an event.
    pub(crate) is_torn: bool,
    /// What it says to a client that reads it.
    pub(crate) tells: Option<Telling>,
}

/// What an answer tells, and about what.
#[derive(Clone, Debug)]
pub(crate) struct Telling {
    pub(crate) route: Route,
    /// The session or the render.
    pub(crate) id: String,
    pub(crate) meaning: Meaning,
    /// `Retry-After` in s, where it is a plain number.
    pub(crate) retry_after: Option<u64>,
}

impl Telling {
    fn of(answer: &Answer, asked: &Asked<'_>) -> Self {
        let id = if asked.render.is_empty() { asked.session } else { &asked.render };
        let (meaning, retry_after) = (answer.meaning.clone(), answer.retry_after());
        Self { route: asked.route, id: id.to_owned(), meaning, retry_after }
    }
}

impl Open {
    /// What the head alone tells.
    pub(crate) fn take_told_by_head(&mut self) -> Option<Telling> {
        self.tells.take_if(|tells| matches!(tells.meaning, Meaning::File | Meaning::Elsewhere))
    }
}

/// The answer to a call as the client gets it.
pub(crate) struct Received {
    pub(crate) at: Duration,
    pub(crate) input: Input,
    pub(crate) open: Option<Open>,
    /// What a client learns from it, if it comes whole.
    pub(crate) tells: Option<Telling>,
}

/// One call on its way.
pub(crate) struct Trip<'a> {
    pub(crate) fate: &'a mut Fate,
    pub(crate) server: &'a mut Server,
    /// When it begins.
    pub(crate) at: Duration,
    /// The deadline.
    pub(crate) until: Duration,
}

impl Trip<'_> {
    /// Sends it, by way of whatever goes wrong.
    pub(crate) fn make(mut self, call: Call, asked: &Asked<'_>) -> Received {
        let fault = self.fate.strikes(tables::faults(asked.route));
        let is_stream = call.receive() == Receive::Stream;
        match fault {
            Some(Fault::NotSent) => return self.never_leaves(call, is_stream, asked.route),
            Some(Fault::LostBefore) => return self.fails(Phase::Sending, 20),
            Some(Fault::SilentBefore) => return self.silence(is_stream, asked.route),
            Some(Fault::SourceMissing) => return self.fails(Phase::SourceMissing, 1),
            Some(Fault::SourceUnreadable) => return self.fails(Phase::Source, 1),
            _ => {}
        }
        let upload = if matches!(call.request().body(), Body::File { .. }) { 4_000 } else { 0 };
        let arrives = self.at + Duration::from_millis(20 + upload);
        let answer = match fault.filter(|fault| tables::is_refusal(*fault)) {
            Some(refusal) => Answer::refusal(self.fate, refusal),
            None => self.server.answer(self.fate, arrives, asked),
        };
        let answer = self.spoilt(fault, answer);
        self.comes_back(fault, answer, arrives, is_stream, asked)
    }

    fn never_leaves(&mut self, call: Call, is_stream: bool, route: Route) -> Received {
        let late = is_stream && self.fate.odds(3_000);
        if late {
            let mut received = self.silence(true, route);
            if let Some(open) = &mut received.open {
                open.unsent = Some((self.until + Duration::from_secs(3), call));
            }
            return received;
        }
        self.gets(Input::NotSent { call, why: "no route to host".into() }, self.at + Duration::from_millis(10))
    }

    fn silence(&self, is_stream: bool, route: Route) -> Received {
        let open = is_stream.then(|| Open {
            route,
            head: None,
            unsent: None,
            pieces: VecDeque::new(),
            ends_at: Duration::MAX,
            end: End::Silent,
            run: None,
            is_over: false,
            is_torn: false,
            tells: None,
        });
        Received { open, ..self.gets(Input::Elapsed, self.until) }
    }

    fn fails(&self, phase: Phase, after_ms: u64) -> Received {
        self.gets(Input::Failed(broken(phase)), self.at + Duration::from_millis(after_ms))
    }

    fn gets(&self, input: Input, at: Duration) -> Received {
        Received { at: at.min(self.until), input, open: None, tells: None }
    }

    /// An answer that says less, or something else, than the server meant.
    fn spoilt(&mut self, fault: Option<Fault>, mut answer: Answer) -> Answer {
        let run = answer.flow.run;
        let mut instead = match fault {
            Some(Fault::TruncatedJson) if !matches!(answer.meaning, Meaning::Stream | Meaning::File) => {
                let length = u32::try_from(answer.body().len()).unwrap_or(0);
                let keep = self.fate.below(length.saturating_sub(2).max(1)) as usize;
                answer.body().truncate(keep);
                // A status other than 200 speaks for itself.
                let meaning = if answer.status == 200 { Meaning::Nothing } else { answer.meaning };
                return Answer { meaning, ..answer };
            }
            Some(Fault::EmptyBody) => Answer::new(200, "", Meaning::Nothing),
            Some(Fault::PageFor200) => Answer::new(200, "<!DOCTYPE html><title>login</title>", Meaning::Nothing)
                .header("content-type", "text/html"),
            Some(Fault::TroubleAfter) => {
                let mut answer = Answer::refusal(self.fate, Fault::Trouble);
                answer.meaning = Meaning::Nothing;
                answer
            }
            Some(Fault::NotAnObject) => {
                let body = self.fate.of(&["[]", "null", "\"ok\"", "17", "[{\"code\":0}]", "{} {}"]);
                Answer::new(200, body, Meaning::Nothing).json()
            }
            Some(Fault::DeepJson) => {
                let body = format!(r#"{{"code":0,"data":{}1{}}}"#, "[".repeat(1_000), "]".repeat(1_000));
                Answer::new(200, body, Meaning::Nothing).json()
            }
            Some(Fault::Redirected) => {
                Answer::new(302, "", Meaning::Nothing).header("location", "https://cdn2.example/f/999/0")
            }
            _ => return answer,
        };
        instead.flow.run = run;
        instead
    }

    fn comes_back(
        mut self,
        fault: Option<Fault>,
        answer: Answer,
        arrives: Duration,
        is_stream: bool,
        asked: &Asked<'_>,
    ) -> Received {
        let back = arrives + Duration::from_millis(30);
        match fault {
            Some(Fault::LostAfter) => return self.loses(answer, back, Input::Failed(broken(Phase::Receiving))),
            Some(Fault::BodyCut | Fault::HugeBody) if !is_stream => {
                return self.loses(answer, back, Input::Failed(broken(Phase::Receiving)));
            }
            Some(Fault::SilentAfter) if !is_stream => return self.loses(answer, self.until, Input::Elapsed),
            _ => {}
        }
        let slow = self.until.saturating_sub(Duration::from_millis(5)).max(back);
        let at = match fault {
            Some(Fault::SlowReply) => slow,
            Some(Fault::HeadLate) => self.until + Duration::from_secs(self.fate.of(&[1, 45, 250, 700])),
            Some(Fault::SilentAfter) => Duration::MAX,
            _ => back,
        };
        let tells = Some(Telling::of(&answer, asked));
        let head = head(&answer);
        if is_stream {
            return self.streams(answer, head, at, tells);
        }
        let body = answer.flow.pieces.into_iter().flat_map(|(_, bytes)| bytes).collect();
        let input = Input::Reply(Reply { head, body });
        let tells = tells.filter(|_| at < self.until);
        Received { tells, ..self.gets(input, at) }
    }

    fn streams(&self, answer: Answer, head: Head, at: Duration, tells: Option<Telling>) -> Received {
        let route = tells.as_ref().map_or(Route::Nowhere, |tells| tells.route);
        let flow = answer.flow;
        let mut open = Open {
            route,
            head: None,
            unsent: None,
            ends_at: flow.ends_at,
            end: flow.end,
            run: flow.run,
            pieces: flow.pieces.into_iter().filter(|(_, bytes)| !bytes.is_empty()).collect(),
            is_over: false,
            is_torn: flow.is_torn,
            tells,
        };
        if at < self.until {
            return Received { open: Some(open), ..self.gets(Input::Head(head), at) };
        }
        open.head = Some((at, head));
        Received { open: Some(open), ..self.gets(Input::Elapsed, self.until) }
    }

    /// The server did it; the client does not hear of it.
    fn loses(&mut self, answer: Answer, at: Duration, input: Input) -> Received {
        if let Some(run) = answer.flow.run {
            self.server.hang_up(run, at);
        }
        self.gets(input, at)
    }
}

/// A fault of the transport.
pub(crate) fn broken(phase: Phase) -> error::Fault {
    error::Fault { phase, source: "broken pipe".into() }
}

fn head(answer: &Answer) -> Head {
    let mut headers = HeaderMap::with_capacity(answer.headers.len());
    for (name, value) in &answer.headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.append(HeaderName::from_static(name), value);
        }
    }
    Head { status: answer.status, headers }
}
