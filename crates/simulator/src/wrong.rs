//! Clients that are wrong on purpose: a net that catches none of them proves nothing.

use std::sync::Arc;
use std::time::Duration;

use weixin_video_core::account::Account;
use weixin_video_core::api::Message;
use weixin_video_core::authorize::Authorized;
use weixin_video_core::call::{Charge, SinkId};
use weixin_video_core::chat::Chat;
use weixin_video_core::config::Config;
use weixin_video_core::event::{Checkpoint, Event};
use weixin_video_core::ids::{Credential, Seed, SessionId, Token};
use weixin_video_core::job::Delivered;
use weixin_video_core::machine::{Input, Machine, Op, Step};
use weixin_video_core::time::Now;

use crate::life::Tamper;
use crate::process::{Mapped, Operation};
use crate::rule::Rule;
use crate::run::{Options, run};
use crate::watch::Ended;

/// What is wrong with it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wrong {
    SendsAgain,
    PublishesEarly,
    CallsFailureSuccess,
    ForgetsCheckpoints,
    ShowsTheToken,
    Hurries,
    TakesACutForTheEnd,
}

/// A client that does one thing wrong and the rest right.
struct WrongOne {
    inner: Operation,
    wrong: Wrong,
    session: Option<SessionId>,
    token: Option<String>,
    charged: bool,
    shown: bool,
    /// What the machine is told instead of `now`: so much later.
    ahead: Duration,
    /// A publishing nobody asked for: first what came of saving, then that it was done.
    early: Option<Input>,
    publishing: bool,
}

impl WrongOne {
    fn of(inner: Operation, wrong: Wrong) -> Operation {
        let (session, token, ahead) = (None, None, Duration::ZERO);
        let (charged, shown, publishing) = (false, false, false);
        Box::new(Self { inner, wrong, session, token, charged, shown, ahead, early: None, publishing })
    }

    fn asks(&mut self, now: Now, op: Op) -> Op {
        match op {
            Op::Send(call) => {
                let headers = call.request().headers();
                let sent = headers.get("authorization").and_then(|value| value.to_str().ok());
                if let Some(bearer) = sent {
                    self.token = Some(bearer.trim_start_matches("Bearer ").to_owned());
                }
                self.charged = call.charge() == Charge::Charged;
                Op::Send(call)
            }
            Op::Wait { until } if self.wrong == Wrong::Hurries => {
                let left = until - now.monotonic;
                self.ahead += left * 9 / 10;
                Op::Wait { until: now.monotonic + left / 10 }
            }
            op => op,
        }
    }

    /// The same message once more, in a machine of its own.
    fn again(&self) -> Option<Operation> {
        let config = Arc::new(Config::new("https://api.example").ok()?);
        let account = Account::new(Credential::Given(Token::new(self.token.clone()?)?));
        let chat =
            Chat::new(config.clone(), self.session.clone()?, Message::new("make it sharp for WeChat"), Seed::new(1));
        let machine = Authorized::new(config, account, Seed::new(1), chat);
        Some(Box::new(Mapped { machine, map: Ended::answered }))
    }

    fn tells(&mut self, event: Event) -> Option<Event> {
        if let Event::Checkpoint(checkpoint) = &event {
            self.session = Some(checkpoint.session().clone());
            let forgotten = matches!(checkpoint, Checkpoint::Charging { .. } | Checkpoint::Exporting { .. });
            if self.wrong == Wrong::ForgetsCheckpoints && forgotten {
                return None;
            }
        }
        Some(event)
    }
}

impl Machine for WrongOne {
    type Output = Ended;

    fn poll(&mut self, now: Now) -> Step<Ended> {
        if self.early.is_some() && !self.publishing {
            self.publishing = true;
            return Step::Do(Op::Publish(SinkId(0)));
        }
        if let (Wrong::ShowsTheToken, Some(token), false) = (self.wrong, &self.token, self.shown) {
            self.shown = true;
            return Step::Emit(Event::Note(format!("token {token}")));
        }
        loop {
            match self.inner.poll(now.later(self.ahead)) {
                Step::Emit(event) => {
                    if let Some(event) = self.tells(event) {
                        return Step::Emit(event);
                    }
                }
                Step::Do(op) => return Step::Do(self.asks(now, op)),
                Step::Done(Err(_)) if self.wrong == Wrong::CallsFailureSuccess => {
                    return Step::Done(Ok(Ended::Delivered(Delivered::default())));
                }
                Step::Done(result) => return Step::Done(result),
            }
        }
    }

    fn handle(&mut self, now: Now, input: Input) {
        if self.publishing {
            self.publishing = false;
            if let Some(held) = self.early.take() {
                return self.inner.handle(now, held);
            }
        }
        let input = match (self.wrong, input) {
            (Wrong::SendsAgain, Input::Elapsed | Input::Failed(_)) if self.charged => {
                if let Some(again) = self.again() {
                    self.inner = again;
                }
                return;
            }
            (Wrong::PublishesEarly, held @ (Input::Saved { .. } | Input::Cut { .. })) => {
                self.early = Some(held);
                return;
            }
            (Wrong::TakesACutForTheEnd, Input::Failed(_)) if self.charged => Input::End,
            (_, input) => input,
        };
        self.inner.handle(now.later(self.ahead), input);
    }
}

/// Within how many sessions it is caught, by which rule, and how few decisions are left of the session.
fn caught(tamper: Tamper, rules: &[Rule]) {
    let report = run(11, 2_000, &Options { threads: 1, tamper: Some(tamper), ..Options::default() });
    let failure = report.failures.first().expect("caught within 2,000 sessions");
    assert!(rules.contains(&failure.rule), "{failure}");
    let decided = failure.decisions.iter().filter(|&&decision| decision > 0).count();
    assert!(decided <= 6, "{decided} decisions that are not plain:\n{failure}");
}

#[test]
fn a_client_that_sends_the_charged_call_again_is_caught() {
    caught(|inner| WrongOne::of(inner, Wrong::SendsAgain), &[Rule::ChargedCallOnce]);
}

#[test]
fn a_client_that_publishes_what_it_did_not_check_is_caught() {
    caught(|inner| WrongOne::of(inner, Wrong::PublishesEarly), &[Rule::AnnouncedFirst, Rule::OutputIsWhole]);
}

#[test]
fn a_client_that_calls_a_failure_a_success_is_caught() {
    caught(|inner| WrongOne::of(inner, Wrong::CallsFailureSuccess), &[Rule::OkIsTheFile]);
}

#[test]
fn a_client_that_forgets_checkpoints_is_caught() {
    caught(|inner| WrongOne::of(inner, Wrong::ForgetsCheckpoints), &[Rule::AnnouncedFirst]);
}

#[test]
fn a_client_that_shows_the_token_is_caught() {
    caught(|inner| WrongOne::of(inner, Wrong::ShowsTheToken), &[Rule::NoSecretShows]);
}

#[test]
fn a_client_that_does_not_wait_is_caught() {
    let rules = [Rule::RetryAfterIsObeyed, Rule::PollsAreSpaced, Rule::LooksAreSpaced, Rule::PollsAreFew];
    caught(|inner| WrongOne::of(inner, Wrong::Hurries), &rules);
}

#[test]
fn a_client_that_takes_a_cut_stream_for_the_end_is_caught() {
    let rules = [Rule::CutIsNotDone, Rule::OkIsTheEdit, Rule::LooksAreSpaced];
    caught(|inner| WrongOne::of(inner, Wrong::TakesACutForTheEnd), &rules);
}
