//! A message to the paid agent, and finding out what came of it, without ever sending it twice.

use std::collections::VecDeque;
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

use crate::api::{Message, ReadState, State as Latest};
use crate::call::{Call, Head};
use crate::config::{Config, MAX_ERROR_BYTES};
use crate::draft::{Changes, Draft, diff};
use crate::error::{Charged, Error, Fault, Phase};
use crate::event::{Checkpoint, Event, Stage};
use crate::gui::GuiAction;
use crate::ids::{Seed, SessionId};
use crate::machine::{Input, Machine, Op, Step};
use crate::one_call::OneCall;
use crate::planted;
use crate::time::{Instant, Now};

#[cfg(feature = "planted")]
mod again;
mod listening;
mod patience;
mod recovery;
mod turned_away;

use listening::{Heard, Listening};
use patience::Patience;

/// Sends one [`Message`] and reports what the agent did.
///
/// ```text
/// Baseline → Announcing → Sending → Awaiting → Listening → (silent, or failed) Verifying → done
///  (free)    (checkpoint)  (charged)     └ breaks ┴→ Lost ⇄ Asking → done or unconfirmed
/// ```
/// The state before is read first: it shows an expired token before money is at stake, and it is what
/// the state afterwards is compared with when the stream ends without a word or breaks.
#[derive(Debug)]
pub struct Chat {
    config: Arc<Config>,
    seed: Seed,
    session: SessionId,
    before: Option<Draft>,
    /// The message of a baseline that could not be read: it has not left.
    unsent: Option<Message>,
    /// The account, as the state's answer named it.
    account: Option<String>,
    /// What was said, to be told again when it was refused: a later run may say it once more.
    words: String,
    state: State,
    events: VecDeque<Event>,
    #[cfg(feature = "planted")]
    copy: again::Copy,
}

/// What came of a message.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// What the agent said, translated for people without a GUI and made printable.
    pub said: Vec<String>,
    /// What its GUI talk asks the client to do.
    pub actions: Vec<GuiAction>,
    /// Questions to hand to the user, made printable.
    pub questions: Vec<String>,
    /// What changed on the timeline, where it was looked at: after a silent edit or a broken stream.
    pub changes: Option<Changes>,
    /// The draft afterwards, where it was looked at.
    pub draft: Option<Draft>,
}

#[derive(Debug)]
enum State {
    Baseline {
        call: OneCall<ReadState>,
        message: Message,
    },
    Announcing(Message),
    Sending {
        resent: bool,
        patience: Patience,
    },
    Unsent {
        call: Call,
        patience: Patience,
    },
    /// The message is out; the head of the answer is late.
    Awaiting {
        resent: bool,
        patience: Patience,
    },
    /// No stream came: the words of a refusal.
    Words {
        head: Head,
        body: Vec<u8>,
        until: Instant,
    },
    Listening(Box<Listening>),
    /// The stream ended without text, or with an error: the timeline tells.
    Verifying {
        call: OneCall<ReadState>,
        heard: Heard,
    },
    /// The stream broke: the timeline may tell.
    Lost {
        polls: u32,
        until: Instant,
    },
    Asking {
        polls: u32,
        call: OneCall<ReadState>,
    },
    Recovering {
        since_ms: u64,
    },
    Finished(Option<Result<Answer, Error>>),
}

impl Chat {
    /// Sends `message` in `session`.
    #[must_use]
    pub fn new(config: Arc<Config>, session: SessionId, message: Message, seed: Seed) -> Self {
        let call = OneCall::new(config.clone(), ReadState::new(session.clone()), seed);
        let words = message.text().to_owned();
        let state = State::Baseline { call, message };
        let events = VecDeque::from([Event::Began(Stage::Editing)]);
        Self {
            config,
            seed,
            session,
            before: None,
            unsent: None,
            account: None,
            words,
            state,
            events,
            #[cfg(feature = "planted")]
            copy: again::Copy::default(),
        }
    }

    /// Finds out what came of a message whose sender was cut off: `before` is the draft before it, `since_ms` when it left,
    /// in ms since 1970 ([`Checkpoint::Charging`]).
    #[must_use]
    pub fn recover(config: Arc<Config>, session: SessionId, before: Option<Draft>, since_ms: u64, seed: Seed) -> Self {
        let events = VecDeque::from([Event::Began(Stage::Editing)]);
        let state = State::Recovering { since_ms };
        Self {
            config,
            seed,
            session,
            before,
            unsent: None,
            account: None,
            words: String::new(),
            state,
            events,
            #[cfg(feature = "planted")]
            copy: again::Copy::default(),
        }
    }

    /// The draft before the message.
    #[must_use]
    pub fn before(&self) -> Option<&Draft> {
        self.before.as_ref()
    }

    /// The message of a chat that ended before it left, for another session.
    pub(crate) fn take_unsent(&mut self) -> Option<Message> {
        planted!(GoneSessionSendsAgain => return Some(Message::new(self.words.clone())));
        self.unsent.take()
    }

    fn announce(&mut self, now: Now, result: Result<Latest, Error>, message: Message) -> State {
        match result {
            Err(error) => {
                self.unsent = Some(message);
                State::Finished(Some(Err(error.in_session(&self.session))))
            }
            Ok(latest) => {
                self.before = latest.draft;
                self.account = latest.user_id;
                let kept = self.before.as_ref().filter(|_| !planted!(ChargingForgetsBefore));
                let before = kept.map(|draft| draft.raw().get().to_owned());
                let (session, since_ms) = (self.session.clone(), now.wall_ms());
                self.events.push_back(Event::Checkpoint(Checkpoint::Charging { session, before, since_ms }));
                State::Announcing(message)
            }
        }
    }

    fn answered(now: Now, head: Head, patience: Patience) -> State {
        let is_stream = head.content_type() == "text/event-stream";
        if head.is_success() && (is_stream || head.content_type().is_empty()) {
            return State::Listening(Box::new(Listening::new(now, patience, is_stream)));
        }
        State::Words { head, body: Vec::new(), until: now.monotonic + crate::config::REPLY }
    }

    /// The head is late, or nothing came for some time.
    fn still_awaited(&mut self, now: Now, resent: bool, mut patience: Patience) -> State {
        planted!(SendAgainOnElapsed => if let Some(state) = self.again(now) { return state; });
        if patience.is_over(now) {
            return self.lost(now, "the agent did not answer");
        }
        self.events.extend(patience.word(now));
        State::Awaiting { resent, patience }
    }

    fn still_listening(&mut self, now: Now, mut listening: Box<Listening>) -> State {
        if listening.patience().is_over(now) {
            self.events.extend(std::iter::from_fn(|| listening.next_event()));
            return self.lost(now, "the agent has been silent too long");
        }
        listening.say_it_still_works(now);
        State::Listening(listening)
    }

    /// The stream ended as it should.
    fn ended(&mut self, now: Now, listening: Listening) -> State {
        match listening.finish() {
            None => self.lost(now, "the stream broke off"),
            Some((heard, events)) => {
                self.events.extend(events);
                if heard.needs_a_look {
                    return State::Verifying { call: self.look(), heard };
                }
                State::Finished(Some(Ok(heard.answer)))
            }
        }
    }

    fn changes(&self, after: Option<&Draft>) -> Changes {
        after.map_or_else(Changes::default, |after| diff(self.before.as_ref(), after))
    }

    fn look(&self) -> OneCall<ReadState> {
        OneCall::new(self.config.clone(), ReadState::new(self.session.clone()), self.seed)
    }

    fn fail(&self, error: Error, charged: Charged) -> State {
        planted!(UnconfirmedIsFree => if charged == Charged::Unknown { return self.fail(error, Charged::No); });
        planted!(UnconfirmedIsPaid => if charged == Charged::Unknown { return self.fail(error, Charged::Yes); });
        let error = error.with_charged(self.config.cost(charged));
        State::Finished(Some(Err(error.in_session(&self.session).of_account(self.account.as_deref()))))
    }

    /// Puts the state back and passes a step on.
    fn keep(&mut self, state: State, step: Step<Answer>) -> Step<Answer> {
        self.state = state;
        step
    }
}

impl Machine for Chat {
    type Output = Answer;

    fn poll(&mut self, now: Now) -> Step<Answer> {
        loop {
            let is_kept_back = planted!(ChargingToldLate) && matches!(self.state, State::Announcing(_));
            if !is_kept_back && let Some(event) = self.events.pop_front() {
                return Step::Emit(event);
            }
            self.state = match std::mem::replace(&mut self.state, State::Finished(None)) {
                State::Baseline { message, .. } if planted!(NoBaseline) => {
                    self.announce(now, Ok(Latest::default()), message)
                }
                State::Baseline { mut call, message } => match call.poll(now).or_end() {
                    Continue(result) => self.announce(now, result, message),
                    Break(step) => return self.keep(State::Baseline { call, message }, step),
                },
                State::Announcing(message) => {
                    let patience = Patience::new(now);
                    let call = message.into_call(&self.config, &self.session, patience.until());
                    #[cfg(feature = "planted")]
                    self.copy.keep(&call);
                    return self.keep(State::Sending { resent: false, patience }, Step::Do(Op::Send(call)));
                }
                State::Unsent { mut call, patience } => {
                    call.until = patience.until();
                    return self.keep(State::Sending { resent: true, patience }, Step::Do(Op::Send(call)));
                }
                State::Awaiting { resent, patience } => {
                    let until = patience.until();
                    return self.keep(State::Awaiting { resent, patience }, Step::Do(Op::Read { until }));
                }
                State::Words { head, body, until } => {
                    return self.keep(State::Words { head, body, until }, Step::Do(Op::Read { until }));
                }
                State::Listening(mut listening) => {
                    if let Some(event) = listening.next_event() {
                        self.state = State::Listening(listening);
                        return Step::Emit(event);
                    }
                    let until = listening.patience().until();
                    return self.keep(State::Listening(listening), Step::Do(Op::Read { until }));
                }
                State::Verifying { mut call, heard } => match call.poll(now).or_end() {
                    Continue(result) => self.verified(result, heard),
                    Break(step) => return self.keep(State::Verifying { call, heard }, step),
                },
                State::Lost { polls, until } => {
                    return self.keep(State::Lost { polls, until }, Step::Do(Op::Wait { until }));
                }
                State::Asking { polls, mut call } => match call.poll(now).or_end() {
                    Continue(result) => self.recovered(now, polls, result),
                    Break(step) => return self.keep(State::Asking { polls, call }, step),
                },
                State::Recovering { since_ms } => self.first_look(now, since_ms),
                // The driver answered something that was not asked: whether the message left is unclear from now on.
                State::Sending { resent, patience } => {
                    let until = patience.until();
                    return self.keep(State::Sending { resent, patience }, Step::Do(Op::Wait { until }));
                }
                State::Finished(Some(result)) => return Step::Done(result),
                State::Finished(None) => unreachable!("polled after Done"),
            }
        }
    }

    /// Ended from outside while it looks for the outcome, that outcome is unknown.
    fn in_context(&self, error: Error) -> Error {
        let unclear = matches!(self.state, State::Recovering { .. } | State::Lost { .. } | State::Asking { .. });
        let charged = if unclear { self.config.cost(Charged::Unknown) } else { error.charged() };
        error.with_charged(charged).in_session(&self.session)
    }

    fn handle(&mut self, now: Now, input: Input) {
        self.state = match (std::mem::replace(&mut self.state, State::Finished(None)), input) {
            (State::Baseline { mut call, message }, input) => {
                call.handle(now, input);
                State::Baseline { call, message }
            }
            (State::Sending { patience, .. } | State::Awaiting { patience, .. }, Input::Head(head)) => {
                Self::answered(now, head, patience)
            }
            (State::Sending { .. } | State::Awaiting { .. }, Input::NotSent { .. }) if planted!(NotSentIsBreak) => {
                self.lost(now, "the connection broke")
            }
            (
                State::Sending { resent, patience } | State::Awaiting { resent, patience },
                Input::NotSent { call, why },
            ) => self.not_sent(resent, call, patience, Fault { phase: Phase::Connecting, source: why }),
            (State::Sending { resent, patience } | State::Awaiting { resent, patience }, Input::Elapsed) => {
                self.still_awaited(now, resent, patience)
            }
            (State::Sending { .. } | State::Awaiting { .. }, Input::Failed(_)) => self.broke(now),
            (State::Words { head, mut body, until }, Input::Chunk(chunk)) if body.len() < MAX_ERROR_BYTES => {
                body.extend_from_slice(&chunk);
                State::Words { head, body, until }
            }
            (State::Words { head, body, .. }, Input::Chunk(_) | Input::End | Input::Elapsed | Input::Failed(_)) => {
                self.refused(now, &head, &body)
            }
            (State::Listening(mut listening), Input::Chunk(chunk)) => {
                listening.hear(now, &chunk);
                self.still_listening(now, listening)
            }
            (State::Listening(listening), Input::End) => self.ended(now, *listening),
            (State::Listening(listening), Input::Elapsed) => self.still_listening(now, listening),
            (State::Listening(listening), Input::Failed(_)) if planted!(StreamBreakIsDone) => {
                self.ended(now, *listening)
            }
            (State::Listening(_), Input::Failed(_)) => {
                planted!(SendAgainOnStreamBreak => if let Some(state) = self.again(now) { self.state = state; return; });
                self.lost(now, "the connection broke")
            }
            (State::Verifying { mut call, heard }, input) => {
                call.handle(now, input);
                State::Verifying { call, heard }
            }
            (State::Lost { polls, until }, Input::Elapsed) if now.monotonic >= until => {
                State::Asking { polls, call: self.look() }
            }
            (State::Asking { polls, mut call }, input) => {
                call.handle(now, input);
                State::Asking { polls, call }
            }
            (state, _) => state,
        };
    }
}

#[cfg(test)]
mod tests;
