//! The whole job: session → upload → chat → look → export → download, as one machine.

use std::collections::VecDeque;
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

use crate::api::{Credits, Message, OpenSession, ReadCredits, ReadState, Session, Source, State as Latest, Upload};
use crate::call::SinkId;
use crate::chat::{Answer, Chat};
use crate::config::Config;
use crate::download::{Download, Downloaded};
use crate::draft::Draft;
use crate::error::{Charged, Error, What};
use crate::event::{Checkpoint, Event, Stage};
use crate::export::{Export, Rendered};
use crate::ids::{RenderId, Seed, SessionId};
use crate::machine::{Input, Machine, Step};
use crate::one_call::OneCall;
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
/// Run it inside [`Authorized`](crate::authorize::Authorized), which brings the token.
#[derive(Debug)]
pub struct Job {
    config: Arc<Config>,
    seed: Seed,
    sink: SinkId,
    charged: Charged,
    /// What the agent asked instead of editing; may be empty.
    asked: String,
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

#[derive(Debug)]
enum At {
    Opening { call: OneCall<OpenSession>, source: Source, message: Message },
    Uploading { call: OneCall<Upload>, message: Message },
    Chatting(Box<Chat>),
    Reading { call: OneCall<ReadState>, before: Option<Draft> },
    Exporting(Box<Export>),
    Downloading(Box<Download>),
    Counting(OneCall<ReadCredits>),
    Over(Option<Error>),
}

impl Job {
    /// The job from its start; ids and jitter are made from `seed`.
    #[must_use]
    pub fn new(config: Arc<Config>, order: Order, seed: Seed) -> Self {
        let Order { source, message, sink, language } = order;
        let call = OneCall::new(config.clone(), OpenSession::new(language), seed);
        let stage = At::Opening { call, source, message };
        let events = VecDeque::from([Event::Began(Stage::Connecting)]);
        Self {
            config,
            seed,
            sink,
            charged: Charged::No,
            asked: String::new(),
            delivered: Delivered::default(),
            stage,
            events,
        }
    }

    /// The rest of a job that was cut off. No charged message is sent.
    #[must_use]
    pub fn resume(config: Arc<Config>, checkpoint: Checkpoint, sink: SinkId, seed: Seed) -> Self {
        let delivered = Delivered { session: Some(checkpoint.session().clone()), ..Delivered::default() };
        let (charged, stage) = match checkpoint {
            Checkpoint::Charging { session, before, .. } => {
                let before = before.and_then(|text| Draft::parse(&text));
                (Charged::Unknown, At::Chatting(Box::new(Chat::recover(config.clone(), session, before, seed))))
            }
            Checkpoint::Edited { session } => {
                let call = OneCall::new(config.clone(), ReadState::new(session), seed);
                (Charged::Yes, At::Reading { call, before: None })
            }
            Checkpoint::Exporting { session, render, .. }
            | Checkpoint::Downloading { session, render, .. }
            | Checkpoint::Publishing { session, render, .. } => {
                (Charged::Yes, At::Exporting(Box::new(Export::resume(config.clone(), session, render, seed))))
            }
            Checkpoint::Opened { .. } | Checkpoint::Uploaded { .. } => {
                (Charged::No, At::Over(Some(What::NothingToResume.into())))
            }
        };
        Self { config, seed, sink, charged, asked: String::new(), delivered, stage, events: VecDeque::new() }
    }

    fn opened(&mut self, session: Session, source: Source, message: Message) -> Result<At, Error> {
        self.delivered.session = Some(session.id.clone());
        self.events.push_back(Event::Began(Stage::Uploading));
        let upload = Upload::new(&self.config, session.id, source, self.seed)?;
        Ok(At::Uploading { call: OneCall::new(self.config.clone(), upload, self.seed), message })
    }

    fn uploaded(&self, message: Message) -> At {
        At::Chatting(Box::new(Chat::new(self.config.clone(), self.session_id(), message, self.seed)))
    }

    fn answered(&mut self, answer: Answer, before: Option<Draft>) -> At {
        self.charged = Charged::Yes;
        self.asked = answer.questions.join(" ");
        self.delivered.said = answer.said;
        if let Some(changes) = answer.changes.filter(|changes| !changes.is_empty()) {
            self.events.push_back(Event::Said(changes.to_string()));
            self.delivered.said.push(changes.to_string());
        }
        self.events.push_back(Event::Checkpoint(Checkpoint::Edited { session: self.session_id() }));
        self.reading(before)
    }

    fn reading(&self, before: Option<Draft>) -> At {
        At::Reading { call: OneCall::new(self.config.clone(), ReadState::new(self.session_id()), self.seed), before }
    }

    /// What the agent left on the timeline is what is exported; if it left nothing, its words say why.
    fn read(&mut self, latest: Latest, before: Option<&Draft>) -> Result<At, Error> {
        let Some(draft) = latest.draft.filter(Draft::can_export) else {
            let (asked, said) = (std::mem::take(&mut self.asked), self.delivered.said.join(" "));
            return Err(if asked.is_empty() { What::NothingToExport { said } } else { What::Question { asked } }.into());
        };
        if before.is_some_and(|before| crate::draft::diff(Some(before), &draft).is_empty()) {
            self.events
                .push_back(Event::Note("the editor changed nothing on the timeline; it is exported as it is".into()));
        }
        self.delivered.summary = draft.summary();
        let export = Export::new(self.config.clone(), self.session_id(), draft, self.seed);
        Ok(At::Exporting(Box::new(export)))
    }

    /// A render that never came to the server, or died while nobody watched, is begun anew from the timeline. Free.
    fn export_anew(&mut self, error: Error) -> Result<At, Error> {
        let gone = self.delivered.summary.is_empty()
            && matches!(error.what(), What::NothingToResume | What::RenderFailed { .. });
        if !gone {
            return Err(error);
        }
        self.events.push_back(Event::Note("the render is not there any more; exporting the timeline again".into()));
        Ok(self.reading(None))
    }

    fn rendered(&mut self, rendered: Rendered) -> At {
        self.delivered.render = Some(rendered.render.clone());
        At::Downloading(Box::new(Download::new(self.config.clone(), rendered, self.sink)))
    }

    fn downloaded(&mut self, downloaded: Downloaded) -> At {
        self.delivered.bytes = downloaded.bytes;
        At::Counting(OneCall::new(self.config.clone(), ReadCredits, self.seed))
    }

    fn session_id(&self) -> SessionId {
        self.delivered.session.clone().expect("every stage after the opening has a session")
    }

    /// An error that knows where it happened and what it cost so far.
    fn fail(&self, error: Error) -> At {
        let error = match self.charged {
            Charged::Yes => error.with_charged(self.config.cost(Charged::Yes)),
            Charged::No | Charged::Unknown => error,
        };
        let error = match &self.delivered.session {
            Some(session) => error.in_session(session),
            None => error,
        };
        At::Over(Some(error))
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
                At::Opening { mut call, source, message } => match call.poll(now).or_end() {
                    Continue(result) => result.and_then(|session| self.opened(session, source, message)),
                    Break(step) => return self.keep(At::Opening { call, source, message }, step),
                },
                At::Uploading { mut call, message } => match call.poll(now).or_end() {
                    Continue(result) => result.map(|_| self.uploaded(message)),
                    Break(step) => return self.keep(At::Uploading { call, message }, step),
                },
                At::Chatting(mut chat) => match chat.poll(now).or_end() {
                    Continue(result) => result.map(|answer| self.answered(answer, chat.before().cloned())),
                    Break(step) => return self.keep(At::Chatting(chat), step),
                },
                At::Reading { mut call, before } => match call.poll(now).or_end() {
                    Continue(result) => result.and_then(|latest| self.read(latest, before.as_ref())),
                    Break(step) => return self.keep(At::Reading { call, before }, step),
                },
                At::Exporting(mut export) => match export.poll(now).or_end() {
                    Continue(result) => {
                        result.map(|rendered| self.rendered(rendered)).or_else(|error| self.export_anew(error))
                    }
                    Break(step) => return self.keep(At::Exporting(export), step),
                },
                At::Downloading(mut download) => match download.poll(now).or_end() {
                    Continue(result) => result.map(|downloaded| self.downloaded(downloaded)),
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

    fn handle(&mut self, now: Now, input: Input) {
        match &mut self.stage {
            At::Opening { call, .. } => call.handle(now, input),
            At::Uploading { call, .. } => call.handle(now, input),
            At::Chatting(chat) => chat.handle(now, input),
            At::Reading { call, .. } => call.handle(now, input),
            At::Exporting(export) => export.handle(now, input),
            At::Downloading(download) => download.handle(now, input),
            At::Counting(call) => call.handle(now, input),
            At::Over(_) => {}
        }
    }
}
