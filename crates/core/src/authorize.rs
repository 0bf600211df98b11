//! Getting a token, and putting it on exactly the requests that may carry it.

use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

use http::{HeaderValue, header};

use crate::api::{Endpoint, GrantAnonymousToken};
use crate::call::{Call, Origin, Reply};
use crate::config::{Config, TOKEN_MARGIN};
use crate::envelope;
use crate::error::{Error, Row};
use crate::event::Event;
use crate::ids::{Credential, Seed, Token};
use crate::json::Object;
use crate::machine::{Input, Machine, Op, Step};
use crate::one_call::OneCall;
use crate::time::{Instant, Now};

/// Makes sure that there is a token that has not expired; asks for an anonymous one if not.
///
/// Ends with the credential to use from now on. A token that the user gave is never replaced.
#[derive(Debug)]
pub struct Authorize {
    config: Arc<Config>,
    seed: Seed,
    credential: Credential,
    state: State,
}

#[derive(Debug)]
enum State {
    Start,
    Asking(Box<OneCall<GrantAnonymousToken>>),
    Granted,
    Over,
}

impl Authorize {
    /// Uses what `credential` holds while it lasts.
    #[must_use]
    pub fn new(config: Arc<Config>, credential: Credential, seed: Seed) -> Self {
        Self { config, seed, credential, state: State::Start }
    }

    fn start(&self, now: Now) -> State {
        match &self.credential {
            Credential::Given(_) => State::Granted,
            Credential::Anonymous { grant: Some(grant), .. } if grant.expires_at > now.wall + TOKEN_MARGIN => {
                State::Granted
            }
            Credential::Anonymous { client, .. } => {
                let ask = GrantAnonymousToken::new(client.clone(), now);
                State::Asking(Box::new(OneCall::new(self.config.clone(), ask, self.seed)))
            }
        }
    }
}

impl Machine for Authorize {
    type Output = Credential;

    fn poll(&mut self, now: Now) -> Step<Credential> {
        if matches!(self.state, State::Start) {
            self.state = self.start(now);
        }
        match &mut self.state {
            State::Asking(call) => match call.poll(now).or_end() {
                Break(step) => step,
                Continue(Err(error)) => {
                    self.state = State::Over;
                    Step::Done(Err(error))
                }
                Continue(Ok(new)) => {
                    self.state = State::Granted;
                    if let Credential::Anonymous { grant, .. } = &mut self.credential {
                        *grant = Some(new.clone());
                    }
                    Step::Emit(Event::Granted(new))
                }
            },
            State::Granted => {
                self.state = State::Over;
                Step::Done(Ok(self.credential.clone()))
            }
            State::Start | State::Over => unreachable!("polled after Done"),
        }
    }

    fn handle(&mut self, now: Now, input: Input) {
        if let State::Asking(call) = &mut self.state {
            call.handle(now, input);
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
    seed: Seed,
    credential: Credential,
    phase: Phase,
    inner: M,
    renewed: bool,
}

#[derive(Debug)]
enum Phase {
    Authorizing(Box<Authorizing>),
    Working { last: Option<(Call, Instant)> },
    Over,
}

#[derive(Debug)]
struct Authorizing {
    authorize: Authorize,
    refused: Option<Refused>,
}

/// A request that was refused for its token, and the reply that said so.
#[derive(Debug)]
struct Refused {
    call: Call,
    sent_at: Instant,
    reply: Reply,
}

impl<M: Machine> Authorized<M> {
    /// Runs `inner`.
    #[must_use]
    pub fn new(config: Arc<Config>, credential: Credential, seed: Seed, inner: M) -> Self {
        let authorize = Authorize::new(config.clone(), credential.clone(), seed);
        let phase = Phase::Authorizing(Box::new(Authorizing { authorize, refused: None }));
        Self { config, seed, credential, phase, inner, renewed: false }
    }

    /// Has the token, or does without: sends what was held back, or lets the machine inside see the refusal.
    fn authorized(&mut self, now: Now, result: Result<Credential, Error>, refused: Option<Refused>) -> Step<M::Output> {
        match (result, refused) {
            (Ok(credential), None) => {
                self.credential = credential;
                self.phase = Phase::Working { last: None };
                self.work(now)
            }
            (Ok(credential), Some(Refused { mut call, sent_at, .. })) => {
                self.credential = credential;
                self.phase = Phase::Working { last: None };
                call.until = now.monotonic + (call.until - sent_at);
                Step::Do(Op::Send(self.attach(call)))
            }
            (Err(error), None) => {
                self.phase = Phase::Over;
                Step::Done(Err(error))
            }
            (Err(error), Some(Refused { reply, .. })) => {
                self.phase = Phase::Working { last: None };
                self.inner.handle(now, Input::Reply(reply));
                Step::Emit(Event::Note(format!("the token could not be renewed: {error}")))
            }
        }
    }

    fn work(&mut self, now: Now) -> Step<M::Output> {
        match self.inner.poll(now) {
            Step::Do(Op::Send(call)) if call.bearer => {
                let last = if self.may_renew() { call.repeat() } else { None };
                self.phase = Phase::Working { last: last.map(|call| (call, now.monotonic)) };
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
        !self.renewed && matches!(self.credential, Credential::Anonymous { .. })
    }

    fn attach(&self, mut call: Call) -> Call {
        let ours = Origin::of(call.request.uri()).is_some_and(|origin| origin == self.config.api);
        if let (true, Some(token)) = (ours, self.token()) {
            let mut value =
                HeaderValue::from_str(&format!("Bearer {}", token.reveal())).expect("a token is visible ASCII");
            value.set_sensitive(true);
            call.request.headers_mut().insert(header::AUTHORIZATION, value);
        }
        call
    }

    fn token(&self) -> Option<&Token> {
        match &self.credential {
            Credential::Given(token) => Some(token),
            Credential::Anonymous { grant, .. } => grant.as_ref().map(|grant| &grant.token),
        }
    }

    fn renew(&mut self, refused: Refused) -> Phase {
        self.renewed = true;
        let client = match &self.credential {
            Credential::Anonymous { client, .. } => client.clone(),
            Credential::Given(_) => unreachable!("only an anonymous token is renewed"),
        };
        let credential = Credential::Anonymous { client, grant: None };
        let authorize = Authorize::new(self.config.clone(), credential, self.seed);
        Phase::Authorizing(Box::new(Authorizing { authorize, refused: Some(refused) }))
    }

    /// An anonymous user without credits is sent to the registration page of this very account.
    fn explain(&self, error: Error) -> Error {
        match (&self.credential, error.row()) {
            (Credential::Anonymous { grant, .. }, Some(Row::NoCredits)) => {
                let account = grant.as_ref().and_then(|grant| grant.user_id.clone());
                let session = error.session().map(ToString::to_string);
                match account.or(session) {
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
        match (&mut self.phase, input) {
            (Phase::Authorizing(going), input) => going.authorize.handle(now, input),
            (Phase::Working { last }, Input::Reply(reply)) => match last.take() {
                Some((call, sent_at)) if is_bad_token(&reply) => {
                    self.phase = self.renew(Refused { call, sent_at, reply })
                }
                _ => self.inner.handle(now, Input::Reply(reply)),
            },
            (Phase::Working { .. }, input) => self.inner.handle(now, input),
            (Phase::Over, _) => {}
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
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::api::{Credits, ReadCredits};
    use crate::ids::{ClientId, Grant};
    use crate::script::Script;

    fn credits(credential: Credential) -> Script<Authorized<OneCall<ReadCredits>>> {
        let config = Arc::new(Config::new("https://api.example").expect("an origin"));
        let inner = OneCall::new(config.clone(), ReadCredits, Seed::new(1));
        Script::new(Authorized::new(config, credential, Seed::new(1), inner))
    }

    fn anonymous(token: Option<&str>) -> Credential {
        let grant = token.map(|token| Grant {
            token: Token::new(token).expect("a token"),
            user_id: Some("anon_1".into()),
            expires_at: SystemTime::UNIX_EPOCH + Duration::from_secs(7 * 86_400),
        });
        Credential::Anonymous { client: ClientId::new("c1").expect("an id"), grant }
    }

    fn bearer(call: &Call) -> Option<&str> {
        call.request().headers().get(header::AUTHORIZATION).map(|value| value.to_str().expect("ASCII"))
    }

    const BALANCE: &str = r#"{"code":0,"data":{"available":7}}"#;
    const NEW_TOKEN: &str = r#"{"code":0,"data":{"token":"new"}}"#;

    #[test]
    fn without_a_token_one_is_asked_for_first() {
        let balance = credits(anonymous(None))
            .sends("/api/auth/anonymous-token")
            .with(|call| {
                assert_eq!(bearer(call), None);
                assert_eq!(call.request().headers()["x-client-id"], "c1");
            })
            .replies(200, NEW_TOKEN)
            .sends("/api/credits")
            .with(|call| assert_eq!(bearer(call), Some("Bearer new")))
            .saw(|event| matches!(event, Event::Granted(_)))
            .replies(200, BALANCE)
            .done();
        assert_eq!(balance.expect("a balance"), Credits { available: 7.0, frozen: 0.0, total: 7.0 });
    }

    #[test]
    fn an_expired_anonymous_token_is_renewed_once_with_the_same_client_id() {
        for (status, body) in [(401, ""), (200, r#"{"code":1001}"#)] {
            let error = credits(anonymous(Some("old")))
                .sends("/api/credits")
                .with(|call| assert_eq!(bearer(call), Some("Bearer old")))
                .replies(status, body)
                .sends("/api/auth/anonymous-token")
                .with(|call| assert_eq!(call.request().headers()["x-client-id"], "c1"))
                .replies(200, NEW_TOKEN)
                .sends("/api/credits")
                .with(|call| assert_eq!(bearer(call), Some("Bearer new")))
                .replies(status, body)
                .done()
                .expect_err("refused twice");
            assert_eq!(error.row(), Some(Row::BadToken));
        }
    }

    #[test]
    fn a_given_token_is_never_replaced() {
        let error = credits(Credential::Given(Token::new("mine").expect("a token")))
            .sends("/api/credits")
            .replies(401, "")
            .done()
            .expect_err("refused");
        assert_eq!(error.row(), Some(Row::BadToken));
        assert!(error.advice().contains("NEMO_TOKEN"));
    }

    #[test]
    fn no_credits_leads_an_anonymous_user_to_registration() {
        let error = credits(anonymous(Some("t"))).sends("/api/credits").replies(200, r#"{"code":2001}"#).done();
        let advice = error.expect_err("broke").advice();
        assert!(advice.contains("https://nemovideo.com/?bind=anon_1"), "{advice}");
        let given = Credential::Given(Token::new("mine").expect("a token"));
        let error = credits(given).sends("/api/credits").replies(200, r#"{"code":2001}"#).done();
        assert!(error.expect_err("broke").advice().contains("Top up credits in your account"));
    }
}
