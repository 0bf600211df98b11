//! The whole job: session → upload → chat → look → export → download, as one machine.

use std::collections::VecDeque;
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

use crate::api::{Credits, Message, OpenSession, ReadCredits, ReadState, Session, Source, State as Latest, Upload};
use crate::call::SinkId;
use crate::chat::{Answer, Chat};
use crate::config::Config;
use crate::download::{Download, Downloaded};
use crate::draft::{Draft, diff};
use crate::error::{Charged, Error, Row, What};
use crate::event::{Checkpoint, Event, Stage};
use crate::export::{Export, Rendered};
use crate::ids::{RenderId, Seed, SessionId};
use crate::language;
use crate::machine::{Input, Machine, Op, Step};
use crate::one_call::OneCall;
use crate::planted;
use crate::printable::printable;
use crate::time::Now;

/// What is wanted: this clip, these words, that file.
#[derive(Debug)]
pub struct Order {
    /// The clip.
    pub source: Source,
    /// What to do with it, in the user's words.
    pub message: Message,
    /// Where the video goes.
    pub sink: SinkId,
    /// BCP 47, of the user's words.
    pub language: String,
}

/// A clip goes in, words say what is wanted, and a video comes out.
///
/// ```text
/// Opening → Uploading → Chatting → Reading → Exporting → Downloading → Counting
///    ↑         ⇅ unclear: Checking  │                        Placing ┘ (resumed after the last byte)
///    └── the session is gone, once ─┘ (before the message left)
/// ```
/// Run it inside [`Authorized`](crate::authorize::Authorized), which brings the token.
#[derive(Debug)]
pub struct Job {
    config: Arc<Config>,
    seed: Seed,
    sink: SinkId,
    /// The clip, where it is at hand: a session that is gone before the message left is begun anew with it.
    source: Option<Source>,
    reopened: bool,
    uploads: u32,
    charged: Charged,
    /// The account, as the session's answer named it.
    account: Option<String>,
    /// What the agent asked instead of editing; may be empty.
    asked: String,
    /// Whether only the timeline says what the agent did.
    tells_changes: bool,
    /// The version of the file whose download was cut off.
    etag: Option<String>,
    delivered: Delivered,
    stage: At,
    events: VecDeque<Event>,
}

/// What the job brought.
#[derive(Clone, Debug, Default)]
pub struct Delivered {
    /// The session; its timeline can be edited further.
    pub session: Option<SessionId>,
    /// The render that was fetched.
    pub render: Option<RenderId>,
    /// The video's length in bytes.
    pub bytes: u64,
    /// The timeline in one line.
    pub summary: String,
    /// What the agent said, made printable; what changed on the timeline where it said nothing.
    pub said: Vec<String>,
    /// What is left, when the server tells.
    pub credits: Option<Credits>,
}

mod resume;

#[derive(Debug)]
enum At {
    Opening {
        call: OneCall<OpenSession>,
        message: Message,
    },
    Uploading {
        call: OneCall<Upload>,
        message: Message,
    },
    /// Whether an upload arrived that nobody heard of.
    Checking {
        call: OneCall<ReadState>,
        message: Message,
        lost: Option<Error>,
    },
    Chatting(Box<Chat>),
    Reading {
        call: OneCall<ReadState>,
        before: Option<Draft>,
    },
    Exporting(Box<Export>),
    /// Whether the complete file got its name.
    Placing {
        render: RenderId,
        bytes: u64,
        publishing: bool,
    },
    Downloading(Box<Download>),
    Counting(OneCall<ReadCredits>),
    Over(Option<Error>),
}

/// An error is one line, and no longer than this.
const MAX_SAID_CHARS: usize = 500;
/// An upload that got lost is sent once more.
const UPLOADS: u32 = 2;

impl Job {
    /// The job from its start; ids and jitter are made from `seed`.
    #[must_use]
    pub fn new(config: Arc<Config>, order: Order, seed: Seed) -> Self {
        let Order { source, message, sink, language } = order;
        let call = OneCall::new(config.clone(), OpenSession::new(language), seed);
        let job = Self::begin(config, Some(source), sink, seed, At::Opening { call, message });
        Self { events: VecDeque::from([Event::Began(Stage::Connecting)]), ..job }
    }

    fn begin(config: Arc<Config>, source: Option<Source>, sink: SinkId, seed: Seed, stage: At) -> Self {
        Self {
            config,
            seed,
            sink,
            source,
            reopened: false,
            uploads: 0,
            charged: Charged::No,
            account: None,
            asked: String::new(),
            tells_changes: false,
            etag: None,
            delivered: Delivered::default(),
            stage,
            events: VecDeque::new(),
        }
    }

    fn opened(&mut self, session: Session, message: Message) -> Result<At, Error> {
        self.delivered.session = Some(session.id.clone());
        self.account = session.user_id;
        let words = message.text().to_owned();
        self.events.push_back(Event::Checkpoint(Checkpoint::Opened { session: session.id, words }));
        self.upload(message)
    }

    fn upload(&mut self, message: Message) -> Result<At, Error> {
        let Some(source) = self.source.clone() else {
            return Err(What::NothingToResume.into());
        };
        self.uploads += 1;
        self.events.push_back(Event::Began(Stage::Uploading));
        let upload = Upload::new(&self.config, self.session_id(), source, self.seed)?;
        Ok(At::Uploading { call: OneCall::new(self.config.clone(), upload, self.seed), message })
    }

    fn uploaded(&mut self, result: Result<(), Error>, message: Message) -> Result<At, Error> {
        match result {
            Ok(()) => Ok(self.received(message)),
            Err(error) if error.row() == Some(Row::NoSession) => self.reopen(error, Some(message)),
            // No clip reached the session yet: what stands there now is this one.
            Err(error) if error.leaves_open() => {
                planted!(UploadLossUnseen => return Ok(self.received(message)));
                planted!(UploadSentAgainUnseen => if self.uploads < UPLOADS { return self.upload(message); });
                self.events.push_back(Event::Note(format!("{error}; looking whether the clip arrived")));
                Ok(At::Checking { call: self.look(), message, lost: Some(error) })
            }
            Err(error) => Err(error),
        }
    }

    /// The clip is there.
    fn received(&mut self, message: Message) -> At {
        let (session, words) = (self.session_id(), message.text().to_owned());
        self.events.push_back(Event::Checkpoint(Checkpoint::Uploaded { session, words }));
        self.chatting(message)
    }

    fn checked(&mut self, result: Result<Latest, Error>, message: Message, lost: Option<Error>) -> Result<At, Error> {
        match result {
            Ok(latest) if latest.has_media || latest.draft.is_some() => Ok(self.received(message)),
            Ok(_) if self.uploads < UPLOADS => self.upload(message),
            Ok(_) => Err(lost.unwrap_or_else(|| What::NothingToResume.into())),
            Err(error) if error.row() == Some(Row::NoSession) => self.reopen(error, Some(message)),
            Err(error) => Err(lost.unwrap_or(error)),
        }
    }

    fn chatting(&self, message: Message) -> At {
        At::Chatting(Box::new(Chat::new(self.config.clone(), self.session_id(), message, self.seed)))
    }

    fn chatted(&mut self, result: Result<Answer, Error>, mut chat: Box<Chat>) -> Result<At, Error> {
        match result {
            Ok(answer) => Ok(self.answered(answer, chat.before().cloned())),
            Err(error) if error.row() == Some(Row::NoSession) => self.reopen(error, chat.take_unsent()),
            Err(error) => Err(error),
        }
    }

    /// The session is gone. Before the message left nothing is lost by another one, if the clip is at hand.
    fn reopen(&mut self, error: Error, unsent: Option<Message>) -> Result<At, Error> {
        let (Some(message), Some(_), false) = (unsent, &self.source, self.reopened) else {
            return Err(error);
        };
        (self.reopened, self.uploads) = (true, 0);
        self.delivered.session = None;
        self.events.push_back(Event::Note(
            "the session is gone, and its timeline with it; opening a new one and uploading the clip again".into(),
        ));
        let open = OpenSession::new(language::of(message.text()));
        Ok(At::Opening { call: OneCall::new(self.config.clone(), open, self.seed), message })
    }

    fn answered(&mut self, answer: Answer, before: Option<Draft>) -> At {
        self.charged = Charged::Yes;
        self.asked = answer.questions.join(" ");
        self.delivered.said = answer.said;
        self.tells_changes = answer.changes.is_some();
        self.events.push_back(Event::Checkpoint(Checkpoint::Edited { session: self.session_id() }));
        At::Reading { call: self.look(), before }
    }

    fn look(&self) -> OneCall<ReadState> {
        OneCall::new(self.config.clone(), ReadState::new(self.session_id()), self.seed)
    }

    /// What the agent left on the timeline is what is exported; if it left nothing, its words say why.
    fn read(&mut self, latest: Latest, before: Option<&Draft>) -> Result<At, Error> {
        let Some(draft) = latest.draft.filter(Draft::can_export) else {
            let asked = std::mem::take(&mut self.asked);
            let said = printable(&self.delivered.said.join(" "), MAX_SAID_CHARS);
            return Err(if asked.is_empty() { What::NothingToExport { said } } else { What::Question { asked } }.into());
        };
        let changes = diff(before, &draft);
        if before.is_some() && changes.is_empty() {
            self.events
                .push_back(Event::Note("the editor changed nothing on the timeline; it is exported as it is".into()));
        }
        // By what is exported: an edit may have come to the timeline after the chat looked at it.
        if self.tells_changes && !changes.is_empty() {
            self.events.push_back(Event::Said(changes.to_string()));
            self.delivered.said.push(changes.to_string());
        }
        let draft = before.filter(|_| planted!(OldDraftExported)).cloned().unwrap_or(draft);
        self.delivered.summary = draft.summary();
        let export = Export::new(self.config.clone(), self.session_id(), draft, self.seed);
        Ok(At::Exporting(Box::new(export)))
    }

    fn rendered(&mut self, rendered: Rendered) -> At {
        self.delivered.render = Some(rendered.render.clone());
        let config = self.config.clone();
        At::Downloading(Box::new(Download::resume(config, rendered, self.sink, self.etag.take())))
    }

    fn downloaded(&mut self, bytes: u64) -> At {
        self.delivered.bytes = bytes;
        At::Counting(OneCall::new(self.config.clone(), ReadCredits, self.seed))
    }

    fn session_id(&self) -> SessionId {
        self.delivered.session.clone().expect("every stage after the opening has a session")
    }

    fn fail(&self, error: Error) -> At {
        At::Over(Some(self.in_context(error)))
    }

    /// Puts the stage back and passes a step on.
    fn keep(&mut self, stage: At, step: Step<Delivered>) -> Step<Delivered> {
        self.stage = stage;
        step
    }

    fn go_on(&self, next: Result<At, Error>) -> At {
        next.unwrap_or_else(|error| self.fail(error))
    }
}

impl Machine for Job {
    type Output = Delivered;

    fn poll(&mut self, now: Now) -> Step<Delivered> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Step::Emit(event);
            }
            let next = match std::mem::replace(&mut self.stage, At::Over(None)) {
                At::Opening { mut call, message } => match call.poll(now).or_end() {
                    Continue(result) => result.and_then(|session| self.opened(session, message)),
                    Break(step) => return self.keep(At::Opening { call, message }, step),
                },
                At::Uploading { mut call, message } => match call.poll(now).or_end() {
                    Continue(result) => self.uploaded(result.map(|_| ()), message),
                    Break(step) => return self.keep(At::Uploading { call, message }, step),
                },
                At::Checking { mut call, message, lost } => match call.poll(now).or_end() {
                    Continue(result) => self.checked(result, message, lost),
                    Break(step) => return self.keep(At::Checking { call, message, lost }, step),
                },
                At::Chatting(mut chat) => match chat.poll(now).or_end() {
                    Continue(result) => self.chatted(result, chat),
                    Break(step) => return self.keep(At::Chatting(chat), step),
                },
                At::Reading { mut call, before } => match call.poll(now).or_end() {
                    Continue(result) => result.and_then(|latest| self.read(latest, before.as_ref())),
                    Break(step) => return self.keep(At::Reading { call, before }, step),
                },
                At::Exporting(mut export) => match export.poll(now).or_end() {
                    Continue(result) => result.map(|rendered| self.rendered(rendered)),
                    Break(step) => return self.keep(At::Exporting(export), step),
                },
                At::Placing { render, bytes, publishing } => {
                    let op = if publishing { Op::Publish(self.sink) } else { Op::Measure(self.sink) };
                    return self.keep(At::Placing { render, bytes, publishing }, Step::Do(op));
                }
                At::Downloading(mut download) => match download.poll(now).or_end() {
                    Continue(result) => result.map(|Downloaded { bytes }| self.downloaded(bytes)),
                    Break(step) => return self.keep(At::Downloading(download), step),
                },
                At::Counting(mut call) => {
                    match call.poll(now).or_end() {
                        // The video is there; a balance that can't be read changes nothing about that.
                        Continue(result) => {
                            self.delivered.credits = result.ok();
                            return Step::Done(Ok(std::mem::take(&mut self.delivered)));
                        }
                        Break(step) => return self.keep(At::Counting(call), step),
                    }
                }
                At::Over(Some(error)) => return Step::Done(Err(error)),
                At::Over(None) => unreachable!("polled after Done"),
            };
            self.stage = self.go_on(next);
        }
    }

    /// An error that knows where it happened and what it cost so far.
    fn in_context(&self, error: Error) -> Error {
        let charged = match (self.charged, error.charged()) {
            (Charged::Yes, _) => self.config.cost(Charged::Yes),
            (Charged::Unknown, Charged::No) => self.config.cost(Charged::Unknown),
            (Charged::No | Charged::Unknown, told) => told,
        };
        let error = error.with_charged(charged).of_account(self.account.as_deref());
        let error = match &self.delivered.session {
            Some(session) => error.in_session(session),
            None => error,
        };
        match &self.delivered.render {
            Some(render) => error.of_render(render),
            None => error,
        }
    }

    fn handle(&mut self, now: Now, input: Input) {
        match &mut self.stage {
            At::Opening { call, .. } => call.handle(now, input),
            At::Uploading { call, .. } => call.handle(now, input),
            At::Checking { call, .. } => call.handle(now, input),
            At::Placing { render, bytes, .. } => {
                let (render, bytes) = (render.clone(), *bytes);
                self.stage = self.place(render, bytes, input);
            }
            At::Chatting(chat) => chat.handle(now, input),
            At::Reading { call, .. } => call.handle(now, input),
            At::Exporting(export) => export.handle(now, input),
            At::Downloading(download) => download.handle(now, input),
            At::Counting(call) => call.handle(now, input),
            At::Over(_) => {}
        }
    }
}
