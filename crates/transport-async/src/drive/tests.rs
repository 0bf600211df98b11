use std::collections::VecDeque;
use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;
use mockall::Sequence;

use std::time::Duration;

use super::*;
use crate::clock::MockClock;
use crate::core::api::ReadCredits;
use crate::core::call::Reply;
use crate::core::config::Config;
use crate::core::error::{Fault, Phase};
use crate::core::event::{Event, Silent};
use crate::core::ids::Seed;
use crate::core::machine::{Input, Op};
use crate::core::one_call::OneCall;
use crate::core::time::{Instant, Now};

mockall::mock! {
    Port {
        fn perform_at_once(&mut self, op: Op) -> Input;
    }
}

#[async_trait]
impl Port for MockPort {
    async fn perform(&mut self, op: Op, _: &mut dyn Observer) -> Input {
        self.perform_at_once(op)
    }
}

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

#[tokio::test]
async fn each_op_is_performed_once_in_order_and_none_after_the_end() {
    let mut order = Sequence::new();
    let mut port = MockPort::new();
    let mut expect = |is: fn(&Op) -> bool, answer: fn() -> Input| {
        let expected = port.expect_perform_at_once().withf(is).times(1);
        expected.in_sequence(&mut order).returning(move |_| answer());
    };
    expect(|op| matches!(op, Op::Read { .. }), || Input::Chunk(vec![1]));
    expect(|op| matches!(op, Op::Wait { .. }), || Input::Elapsed);
    expect(|op| matches!(op, Op::Read { .. }), || Input::End);
    let ops = [Op::Read { until: LATER }, Op::Wait { until: LATER }, Op::Read { until: LATER }];
    let machine = Asks(ops.into(), Vec::new());
    let heard = drive(machine, &mut port, &at_rest(), &mut Silent).await;
    assert_eq!(heard.expect("the end"), ["chunk", "elapsed", "end"]);
}

#[tokio::test]
async fn the_observer_hears_what_the_machine_says() {
    let mut port = MockPort::new();
    let mut answers = VecDeque::from([
        Input::Failed(Fault { phase: Phase::Receiving, source: "cut".into() }),
        Input::Reply(Reply::new(200, r#"{"data":{"available":7}}"#)),
    ]);
    port.expect_perform_at_once().times(3).returning(move |op| {
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
    let credits = drive(credits(), &mut port, &clock, &mut observer).await;
    assert_eq!(credits.expect("a balance").available, 7.0);
    assert_eq!(notes, 1);
}
