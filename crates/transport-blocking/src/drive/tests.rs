use std::collections::VecDeque;
use std::sync::Arc;
use std::time::SystemTime;

use mockall::Sequence;

use super::*;
use crate::clock::MockClock;
use crate::core::api::ReadCredits;
use crate::core::call::Reply;
use crate::core::config::Config;
use crate::core::error::{Fault, Phase};
use crate::core::event::{Event, Silent};
use crate::core::ids::Seed;
use crate::core::machine::Input;
use crate::core::one_call::OneCall;
use crate::core::time::{Instant, Now};
use crate::port::MockPort;

/// Asks for what it was given, in that order, then ends; panics when it is polled after the end, as every machine does.
struct Asks(VecDeque<Op>, Vec<&'static str>);

impl Machine for Asks {
    type Output = Vec<&'static str>;

    fn poll(&mut self, _: Now) -> Step<Self::Output> {
        match self.0.pop_front() {
            Some(op) => Step::Do(op),
            None => Step::Done(Ok(std::mem::take(&mut self.1))),
        }
    }

    fn handle(&mut self, _: Now, input: Input) {
        self.1.push(match input {
            Input::Chunk(_) => "chunk",
            Input::End => "end",
            Input::Elapsed => "elapsed",
            Input::Published => "published",
            Input::Failed(_) => "failed",
            Input::NotSent { .. } => "not sent",
            Input::Reply(_) | Input::Head(_) | Input::Saved { .. } | Input::Cut { .. } | Input::Measured { .. } => {
                "other"
            }
        });
    }
}

fn at_rest() -> MockClock {
    let mut clock = MockClock::new();
    clock.expect_now().returning(|| Now { monotonic: Instant::ORIGIN, wall: SystemTime::UNIX_EPOCH });
    clock.expect_sleep().never();
    clock
}

fn credits() -> OneCall<ReadCredits> {
    let config = Arc::new(Config::new("https://api.example").expect("an origin"));
    OneCall::new(config, ReadCredits, Seed::new(1))
}

const LATER: Instant = Instant::after_origin(Duration::from_secs(60));

#[test]
fn each_op_is_performed_once_in_order_and_none_after_the_end() {
    let mut order = Sequence::new();
    let mut port = MockPort::new();
    let mut expect = |is: fn(&Op) -> bool, answer: fn() -> Input| {
        let expected = port.expect_perform().withf(move |op, _| is(op)).times(1);
        expected.in_sequence(&mut order).returning(move |_, _| answer());
    };
    expect(|op| matches!(op, Op::Read { .. }), || Input::Chunk(vec![1]));
    expect(|op| matches!(op, Op::Wait { .. }), || Input::Elapsed);
    expect(|op| matches!(op, Op::Read { .. }), || Input::End);
    let ops = [Op::Read { until: LATER }, Op::Wait { until: LATER }, Op::Read { until: LATER }];
    let machine = Asks(ops.into(), Vec::new());
    let heard = drive(machine, &mut port, &at_rest(), &Stop::default(), &mut Silent);
    assert_eq!(heard.expect("the end"), ["chunk", "elapsed", "end"]);
}

#[test]
fn the_observer_hears_what_the_machine_says() {
    let mut port = MockPort::new();
    let mut answers = VecDeque::from([
        Input::Failed(Fault { phase: Phase::Receiving, source: "cut".into() }),
        Input::Reply(Reply::new(200, r#"{"data":{"available":7}}"#)),
    ]);
    port.expect_perform().times(3).returning(move |op, _| {
        if matches!(op, Op::Wait { .. }) { Input::Elapsed } else { answers.pop_front().expect("two requests") }
    });
    // The clock of this test has moved past every pause.
    let mut clock = MockClock::new();
    let mut seconds = 0;
    clock.expect_now().returning_st(move || {
        seconds += 60;
        let origin = Now { monotonic: Instant::ORIGIN, wall: SystemTime::UNIX_EPOCH };
        origin.later(Duration::from_secs(seconds))
    });
    let mut notes = 0;
    let mut observer = |event| notes += u32::from(matches!(event, Event::Note(_)));
    let credits = drive(credits(), &mut port, &clock, &Stop::default(), &mut observer);
    assert_eq!(credits.expect("a balance").available, 7.0);
    assert_eq!(notes, 1);
}

#[test]
fn after_a_stop_nothing_is_sent_and_no_pause_lasts() {
    let mut port = MockPort::new();
    port.expect_perform().never();
    let stop = Stop::default();
    stop.set();
    let error = drive(credits(), &mut port, &at_rest(), &stop, &mut |event| panic!("{event:?}"));
    let error = error.expect_err("stopped");
    assert_eq!(error.code(), "unreachable");
    assert!(error.sending_again_is_safe());
}

#[test]
fn a_stop_lets_a_complete_file_be_published() {
    let mut port = MockPort::new();
    port.expect_perform().times(1).returning(|_, _| Input::Published);
    let stop = Stop::default();
    stop.set();
    let ops = [Op::Read { until: LATER }, Op::Publish(crate::core::call::SinkId(0))];
    let machine = Asks(ops.into(), Vec::new());
    let heard = drive(machine, &mut port, &at_rest(), &stop, &mut Silent).expect("the end");
    assert_eq!(heard, ["failed", "published"]);
}
