//! One exchange with an endpoint, repeated only where that changes nothing.

use std::sync::Arc;
use std::time::Duration;

use crate::api::Endpoint;
use crate::call::Call;
use crate::config::{BACKOFF_FIRST, Config, RATE_LIMIT, RATE_LIMIT_MOST};
use crate::error::{Error, Fault, Phase, Row, What};
use crate::event::Event;
use crate::ids::Seed;
use crate::machine::{Input, Machine, Op, Step};
use crate::planted;
use crate::time::{Instant, Now};

/// Asks an [`Endpoint`] and reads its reply.
///
/// A request that never left is sent once more; a rate limit is waited for once; a question that gets no
/// answer, or a 5xx, is asked again with growing pauses as often as [`Endpoint::TRIES`] allows.
#[derive(Debug)]
pub struct OneCall<E: Endpoint> {
    endpoint: E,
    config: Arc<Config>,
    seed: Seed,
    state: State<E::Answer>,
    asked: u32,
    waited_for_limit: bool,
    note: Option<String>,
}

#[derive(Debug)]
enum State<T> {
    Ready,
    Unsent(Call),
    Sent { until: Instant },
    Pausing { until: Instant, then: Option<Call> },
    Finished(Option<Result<T, Error>>),
}

impl<E: Endpoint> OneCall<E> {
    /// Nothing is sent before the first poll. `seed` gives the jitter of the pauses.
    #[must_use]
    pub fn new(config: Arc<Config>, endpoint: E, seed: Seed) -> Self {
        Self { endpoint, config, seed, state: State::Ready, asked: 0, waited_for_limit: false, note: None }
    }

    fn send(&mut self, call: Call) -> Step<E::Answer> {
        self.asked += 1;
        self.state = State::Sent { until: call.until };
        Step::Do(Op::Send(call))
    }

    fn answered(&mut self, now: Now, result: Result<E::Answer, Error>) -> State<E::Answer> {
        let Err(error) = result else {
            return State::Finished(Some(result));
        };
        let What::Refused(refusal) = error.what() else {
            return State::Finished(Some(Err(error)));
        };
        let limit = refusal.retry_after_s.map_or(RATE_LIMIT, Duration::from_secs);
        let limit = if planted!(RetryAfterIgnored) { BACKOFF_FIRST } else { limit };
        let may_wait = !self.waited_for_limit || planted!(RateLimitRetriedTwice);
        let is_short = limit <= RATE_LIMIT_MOST || planted!(LongRetryAfterWaitedFor);
        if refusal.row == Row::RateLimited && may_wait && is_short {
            self.waited_for_limit = true;
            return self.pause(now, limit, None, "the server asks for patience");
        }
        if refusal.row == Row::Server || planted!(RefusalAskedAgain) {
            return self.again_or(now, error);
        }
        State::Finished(Some(Err(error)))
    }

    fn again_or(&mut self, now: Now, error: Error) -> State<E::Answer> {
        if self.asked >= E::TRIES && !planted!(TriesUnbounded) {
            return State::Finished(Some(Err(error)));
        }
        self.pause(now, self.backoff(), None, "no usable answer")
    }

    fn failed(&mut self, now: Now, fault: Fault) -> State<E::Answer> {
        let local = fault.phase.is_local();
        let error = Error::from(What::Transport { endpoint: E::NAME, fault });
        if local { State::Finished(Some(Err(error))) } else { self.again_or(now, error) }
    }

    fn not_sent(&mut self, now: Now, call: Call, fault: Fault) -> State<E::Answer> {
        if self.asked > 1 {
            let error = What::Transport { endpoint: E::NAME, fault };
            return State::Finished(Some(Err(error.into())));
        }
        self.pause(now, BACKOFF_FIRST, Some(call), "can't connect")
    }

    /// Doubles from [`BACKOFF_FIRST`], with up to a half on top so that many clients don't come back at once.
    fn backoff(&self) -> Duration {
        planted!(NoBackoff => return Duration::ZERO);
        let base = BACKOFF_FIRST * 2_u32.saturating_pow(self.asked.saturating_sub(1));
        let half = u64::try_from(base.as_millis() / 2).unwrap_or(u64::MAX);
        base + Duration::from_millis(self.seed.up_to(&format!("pause {}", self.asked), half))
    }

    fn pause(&mut self, now: Now, pause: Duration, then: Option<Call>, why: &str) -> State<E::Answer> {
        let name = E::NAME;
        self.note = Some(format!("{name}: {why}; trying again in {} s", pause.as_secs_f32().round().max(1.0)));
        State::Pausing { until: now.monotonic + pause, then }
    }
}

impl<E: Endpoint> Machine for OneCall<E> {
    type Output = E::Answer;

    fn poll(&mut self, now: Now) -> Step<E::Answer> {
        if let Some(note) = self.note.take() {
            return Step::Emit(Event::Note(note));
        }
        match std::mem::replace(&mut self.state, State::Finished(None)) {
            State::Ready => {
                let call = self.endpoint.request(&self.config, now.monotonic);
                self.send(call)
            }
            State::Unsent(call) => self.send(call),
            State::Pausing { until, then } => {
                self.state = State::Pausing { until, then };
                Step::Do(Op::Wait { until })
            }
            // The driver answered something that was not asked: what was asked gets no answer any more.
            State::Sent { until } => {
                self.state = State::Sent { until };
                Step::Do(Op::Wait { until })
            }
            State::Finished(result) => {
                self.state = State::Finished(None);
                Step::Done(result.expect("polled after Done"))
            }
        }
    }

    fn handle(&mut self, now: Now, input: Input) {
        self.state = match (std::mem::replace(&mut self.state, State::Finished(None)), input) {
            (State::Sent { .. }, Input::Reply(reply)) => {
                let result = self.endpoint.reply(&reply);
                self.answered(now, result)
            }
            (State::Sent { .. }, Input::NotSent { call, why }) => {
                self.not_sent(now, call, Fault { phase: Phase::Connecting, source: why })
            }
            (State::Sent { .. }, Input::Elapsed) => self.again_or(now, What::TimedOut { endpoint: E::NAME }.into()),
            (State::Sent { .. }, Input::Failed(fault)) => self.failed(now, fault),
            (State::Pausing { until, then }, Input::Elapsed) if now.monotonic >= until => {
                then.map_or(State::Ready, State::Unsent)
            }
            (state, _) => state,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Credits, ReadCredits};
    use crate::script::Script;

    const BALANCE: &str = r#"{"code":0,"data":{"available":7}}"#;

    fn credits() -> Script<OneCall<ReadCredits>> {
        let config = Arc::new(Config::new("https://api.example").expect("an origin"));
        Script::new(OneCall::new(config, ReadCredits, Seed::new(1)))
    }

    #[test]
    fn a_lost_answer_is_asked_for_again() {
        let balance = credits()
            .sends("/api/credits/balance/simple")
            .fails(Phase::Receiving)
            .notes("trying again")
            .waits()
            .sends("/api/credits/balance/simple")
            .replies(502, "<html>")
            .notes("trying again")
            .waits()
            .sends("/api/credits/balance/simple")
            .replies(200, BALANCE)
            .done();
        assert_eq!(balance.expect("a balance"), Credits { available: 7.0, frozen: 0.0, total: 7.0 });
    }

    #[test]
    fn questions_end() {
        let mut script = credits();
        for _ in 0..3 {
            script = script.sends("/api/credits").elapses().notes("trying again").waits();
        }
        let error = script.sends("/api/credits").elapses().done().expect_err("four silent servers");
        assert_eq!(error.code(), "timed_out");
    }

    #[test]
    fn a_rate_limit_is_waited_for_once() {
        let error = credits()
            .sends("/api/credits")
            .replies(429, "")
            .notes("30 s")
            .waits()
            .sends("/api/credits")
            .replies(429, "")
            .done()
            .expect_err("limited twice");
        assert_eq!(error.row(), Some(Row::RateLimited));
    }

    #[test]
    fn a_request_that_never_left_is_sent_once_more() {
        let error = credits()
            .sends("/api/credits")
            .never_leaves()
            .notes("can't connect")
            .waits()
            .sends("/api/credits")
            .never_leaves()
            .done()
            .expect_err("nobody there");
        assert_eq!(error.code(), "unreachable");
    }

    #[test]
    fn a_refusal_is_final() {
        let error = credits().sends("/api/credits").replies(200, r#"{"code":403}"#).done().expect_err("refused");
        assert_eq!(error.row(), Some(Row::ScopeMissing));
    }
}
