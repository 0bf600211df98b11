//! Getting a token, and putting it on exactly the requests that may carry it.

use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderValue, header};

use crate::account::{Account, Asking, Turn};
use crate::api::{ANONYMOUS_TOKEN, Endpoint, GrantAnonymousToken};
use crate::call::{Call, Head, Origin, Reply};
use crate::config::Config;
use crate::envelope;
use crate::error::{Error, Row, What};
use crate::event::Event;
use crate::ids::{Credential, Grant, Seed, Token};
use crate::json::Object;
use crate::machine::{Input, Machine, Op, Step};
use crate::one_call::OneCall;
use crate::planted;
use crate::redact;
use crate::time::{Instant, Now};

/// Makes sure that the account has a token that has not expired; asks for an anonymous one if not.
///
/// Of several operations that need one at the same time, one asks and the others wait for its answer. A token that the
/// user gave is never replaced.
#[derive(Debug)]
struct Authorize {
    config: Arc<Config>,
    account: Account,
    seed: Seed,
    /// The token that was just refused.
    refused: Option<Token>,
    began: Option<Instant>,
    state: State,
}

#[derive(Debug)]
enum State {
    Start,
    Waiting { until: Instant },
    Asking { turn: Asking, call: Box<OneCall<GrantAnonymousToken>> },
    Ready,
    Over,
}

/// How often it is looked whether another operation has its answer.
const GLANCE: Duration = Duration::from_millis(50);
/// Another operation has its answer by then, or gave up: four tries of a minute each and the pauses between.
const MOST_WAIT: Duration = Duration::from_secs(360);

impl Authorize {
    fn new(config: Arc<Config>, account: Account, seed: Seed, refused: Option<Token>) -> Self {
        Self { config, account, seed, refused, began: None, state: State::Start }
    }

    fn start(&mut self, now: Now) -> Result<State, Error> {
        let began = *self.began.get_or_insert(now.monotonic);
        match self.account.turn(now, self.refused.as_ref()) {
            Turn::Ready => Ok(State::Ready),
            Turn::Wait if now.monotonic - began > MOST_WAIT => Err(What::TimedOut { endpoint: ANONYMOUS_TOKEN }.into()),
            Turn::Wait => Ok(State::Waiting { until: now.monotonic + GLANCE }),
            Turn::Ask(turn) => {
                let ask = GrantAnonymousToken::new(turn.client().clone(), now);
                let call = Box::new(OneCall::new(self.config.clone(), ask, self.seed));
                Ok(State::Asking { turn, call })
            }
        }
    }

    fn granted(&mut self, turn: Asking, grant: Grant) -> Step<()> {
        turn.granted(&grant);
        self.state = State::Ready;
        Step::Emit(Event::Granted(grant))
    }
}

impl Machine for Authorize {
    type Output = ();

    fn poll(&mut self, now: Now) -> Step<()> {
        if matches!(self.state, State::Start) {
            match self.start(now) {
                Ok(state) => self.state = state,
                Err(error) => {
                    self.state = State::Over;
                    return Step::Done(Err(error));
                }
            }
        }
        match std::mem::replace(&mut self.state, State::Over) {
            State::Asking { turn, mut call } => match call.poll(now).or_end() {
                Break(step) => {
                    self.state = State::Asking { turn, call };
                    step
                }
                Continue(Err(error)) => Step::Done(Err(error)),
                Continue(Ok(grant)) => self.granted(turn, grant),
            },
            State::Waiting { until } => {
                self.state = State::Waiting { until };
                Step::Do(Op::Wait { until })
            }
            State::Ready => Step::Done(Ok(())),
            State::Start | State::Over => unreachable!("polled after Done"),
        }
    }

    fn handle(&mut self, now: Now, input: Input) {
        match (&mut self.state, input) {
            (State::Asking { call, .. }, input) => call.handle(now, input),
            (State::Waiting { until }, Input::Elapsed) if now.monotonic >= *until => self.state = State::Start,
            (State::Start | State::Waiting { .. } | State::Ready | State::Over, _) => {}
        }
    }
}

/// Runs a machine with a token.
///
/// The machine inside never sees the token: it is put on a request on the way out, and only when the
/// request goes to the API's own origin. A free request that is refused for its token (1001, 401) is sent once more
/// with a new one, if the account is anonymous; the machine inside does not notice.
#[derive(Debug)]
pub struct Authorized<M> {
    config: Arc<Config>,
    account: Account,
    seed: Seed,
    phase: Phase,
    inner: M,
    renewed: bool,
}

#[derive(Debug)]
enum Phase {
    Authorizing(Box<Authorizing>),
    Working { last: Option<Box<Sent>> },
    Over,
}

#[derive(Debug)]
struct Authorizing {
    authorize: Authorize,
    refused: Option<Refused>,
}

/// A free request that is out, in case it is refused for its token.
#[derive(Debug)]
struct Sent {
    call: Call,
    at: Instant,
    token: Option<Token>,
}

/// A request that was refused for its token, and the answer that said so.
#[derive(Debug)]
struct Refused {
    sent: Sent,
    answer: Answer,
}

#[derive(Debug)]
enum Answer {
    Reply(Reply),
    Head(Head),
}

impl<M: Machine> Authorized<M> {
    /// Runs `inner` for `account`.
    #[must_use]
    pub fn new(config: Arc<Config>, account: Account, seed: Seed, inner: M) -> Self {
        let authorize = Authorize::new(config.clone(), account.clone(), seed, None);
        let phase = Phase::Authorizing(Box::new(Authorizing { authorize, refused: None }));
        Self { config, account, seed, phase, inner, renewed: false }
    }

    /// Has the token, or does without: sends what was held back, or lets the machine inside see the refusal.
    fn authorized(&mut self, now: Now, result: Result<(), Error>, refused: Option<Refused>) -> Step<M::Output> {
        self.phase = Phase::Working { last: None };
        match (result, refused) {
            (Ok(()), None) => self.work(now),
            (Ok(()), Some(Refused { sent: Sent { mut call, at, .. }, .. })) => {
                call.until = now.monotonic + (call.until - at);
                Step::Do(Op::Send(self.attach(call)))
            }
            (Err(error), None) => {
                self.phase = Phase::Over;
                Step::Done(Err(self.inner.in_context(error)))
            }
            (Err(error), Some(Refused { answer, .. })) => {
                let answer = match answer {
                    Answer::Reply(reply) => Input::Reply(reply),
                    Answer::Head(head) => Input::Head(head),
                };
                self.inner.handle(now, answer);
                Step::Emit(Event::Note(format!("the token could not be renewed: {error}")))
            }
        }
    }

    fn work(&mut self, now: Now) -> Step<M::Output> {
        match self.inner.poll(now) {
            Step::Do(Op::Send(call)) if call.bearer || planted!(TokenEverywhere) => {
                let repeat = if self.may_renew() { call.repeat() } else { None };
                #[cfg(feature = "planted")]
                let repeat = repeat.map(|call| if planted!(OldTokenSentAgain) { self.attach(call) } else { call });
                let (at, token) = (now.monotonic, self.account.token());
                self.phase = Phase::Working { last: repeat.map(|call| Box::new(Sent { call, at, token })) };
                Step::Do(Op::Send(self.attach(call)))
            }
            Step::Done(result) => {
                self.phase = Phase::Over;
                Step::Done(result.map_err(|error| self.explain(error)))
            }
            step @ (Step::Emit(_) | Step::Do(_)) => step,
        }
    }

    fn may_renew(&self) -> bool {
        !self.renewed && self.account.is_anonymous()
    }

    fn attach(&self, mut call: Call) -> Call {
        let ours = Origin::of(call.request.uri()).is_some_and(|origin| origin == self.config.api);
        let ours = ours || planted!(TokenEverywhere);
        let ours = ours || planted!(TokenAfterRedirect);
        planted!(OldTokenSentAgain => if call.request.headers().contains_key(header::AUTHORIZATION) { return call; });
        if let (true, Some(token)) = (ours, self.account.token()) {
            let mut value =
                HeaderValue::from_str(&format!("Bearer {}", token.reveal())).expect("a token is visible ASCII");
            value.set_sensitive(true);
            call.request.headers_mut().insert(header::AUTHORIZATION, value);
        }
        call
    }

    /// A server that quotes the request does not bring the token back in, nor the client id that one is had by.
    fn without_secrets(&self, mut input: Input) -> Input {
        let (headers, bytes) = match &mut input {
            Input::Reply(Reply { head, body }) => (Some(&mut head.headers), Some(body)),
            Input::Head(head) => (Some(&mut head.headers), None),
            Input::Chunk(bytes) => (None, Some(bytes)),
            Input::End | Input::Saved { .. } | Input::Cut { .. } | Input::Measured { .. } => return input,
            Input::Published | Input::Elapsed | Input::NotSent { .. } | Input::Failed(_) => return input,
        };
        let secrets = self.account.secrets();
        if let Some(headers) = headers {
            secrets.iter().for_each(|secret| redact::strip(headers, secret));
        }
        if let Some(bytes) = bytes {
            secrets.iter().for_each(|secret| redact::overwrite(bytes, secret));
        }
        input
    }

    fn renew(&mut self, sent: Sent, answer: Answer) -> Phase {
        self.renewed = !planted!(RenewsEndlessly);
        let authorize = Authorize::new(self.config.clone(), self.account.clone(), self.seed, sent.token.clone());
        Phase::Authorizing(Box::new(Authorizing { authorize, refused: Some(Refused { sent, answer }) }))
    }

    /// An anonymous user without credits is sent to the registration page of this very account.
    fn explain(&self, error: Error) -> Error {
        match (self.account.credential(), error.row()) {
            (Credential::Anonymous { grant, .. }, Some(Row::NoCredits)) => {
                let account = grant.and_then(|grant| grant.user_id).or_else(|| error.account().map(str::to_owned));
                match account.or_else(|| error.session().map(ToString::to_string)) {
                    Some(id) => error.register_at(format!("{}/?bind={}", self.config.web, query_value(&id))),
                    None => error,
                }
            }
            _ => error,
        }
    }
}

impl<M: Machine> Machine for Authorized<M> {
    type Output = M::Output;

    fn poll(&mut self, now: Now) -> Step<M::Output> {
        match &mut self.phase {
            Phase::Authorizing(going) => match going.authorize.poll(now).or_end() {
                Break(step) => step,
                Continue(result) => {
                    let refused = going.refused.take();
                    self.authorized(now, result, refused)
                }
            },
            Phase::Working { .. } => self.work(now),
            Phase::Over => unreachable!("polled after Done"),
        }
    }

    fn handle(&mut self, now: Now, input: Input) {
        let last = match &mut self.phase {
            Phase::Authorizing(going) => return going.authorize.handle(now, input),
            Phase::Working { last } => last.take(),
            Phase::Over => return,
        };
        match (last, self.without_secrets(input)) {
            (Some(sent), Input::Reply(reply)) if is_bad_token(&reply) => {
                self.phase = self.renew(*sent, Answer::Reply(reply));
            }
            (Some(sent), Input::Head(head)) if head.status == 401 => {
                self.phase = self.renew(*sent, Answer::Head(head));
            }
            (_, input) => self.inner.handle(now, input),
        }
    }
}

fn is_bad_token(reply: &Reply) -> bool {
    let object = Object::parse(&reply.body);
    let refusal = envelope::refusal(GrantAnonymousToken::NAME, &reply.head, object.as_ref());
    refusal.is_some_and(|refusal| refusal.row == Row::BadToken)
}

/// Percent-encodes all but unreserved characters.
fn query_value(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests;
