//! Waiting for an answer that does not come, and finding out what became of a message without sending it again.

use std::time::Duration;

use weixin_video_core::chat::{Answer, Chat};
use weixin_video_core::error::{Charged, Error, Phase, Row};
use weixin_video_core::event::{Checkpoint, Event};
use weixin_video_core::ids::Seed;
use weixin_video_core::machine::Input;

use crate::script::Script;
use crate::wire::*;

const HOUR: Duration = Duration::from_secs(3600);
const BEAT: &str = "data: {\"type\":\"heartbeat\"}\n\n";
const LOOKING: &str = "looking at the timeline";

/// Silence until it gives up; how long that took.
#[track_caller]
fn silence(mut script: Script<Chat>) -> (Script<Chat>, Duration) {
    let began = script.monotonic();
    loop {
        script = script.settled();
        if !script.is_reading() {
            let waited = script.monotonic() - began;
            return (script, waited);
        }
        script = script.hears_nothing();
        assert!(script.monotonic() - began <= HOUR, "a client that never gives up");
    }
}

/// The documented looks: after 30 s, then every 60 s, 5 times.
const LOOKS: [u64; 6] = [30, 60, 60, 60, 60, 60];

/// Recovery in which the timeline never changes.
#[track_caller]
fn unconfirmed(mut script: Script<Chat>) {
    for pause in LOOKS {
        script = script.waits(Duration::from_secs(pause)).sends(STATE).replies(200, NO_DRAFT);
    }
    honest(&script.charged(1).done());
}

/// The outcome is unknown, and that is what is told.
#[track_caller]
fn honest(result: &Result<Answer, Error>) {
    let error = result.as_ref().expect_err("nobody knows");
    assert_eq!((error.code(), error.charged()), ("unconfirmed", Charged::Unknown));
    assert!(!error.sending_again_is_safe() && error.session().is_some());
    assert!(error.advice().contains("not sent again") && error.advice().contains('7'), "{}", error.advice());
}

#[test]
fn only_heartbeats_or_silence_gets_a_word_every_two_minutes() {
    for beats in [false, true] {
        let mut script = listening();
        for _ in 0..4 {
            script = script.reads_until_a_word(beats.then_some(BEAT));
        }
        assert_eq!(script.words_of_life(), [2, 4, 6, 8].map(|minutes| minutes * MINUTE), "heartbeats: {beats}");
    }
}

/// The head of the answer may take as long as the answer.
#[test]
fn only_heartbeats_or_silence_before_the_head_gets_its_words_too() {
    let mut script = sent().times_out();
    for _ in 0..3 {
        script = script.hears_nothing();
    }
    let script = script.settled();
    assert_eq!(script.words_of_life(), [2, 4, 6, 8].map(|minutes| minutes * MINUTE));
    let script = script.reads().begins(200, STREAM).hears(&says("Title added.")).ends();
    assert_eq!(script.charged(1).done().expect("a late answer").said, ["Title added."]);
}

#[test]
fn only_heartbeats_or_silence_for_ten_minutes_is_a_loss() {
    let (script, waited) = silence(listening());
    assert_eq!(waited, 10 * MINUTE);
    unconfirmed(script.notes(LOOKING));
    let (script, waited) = silence(sent().times_out());
    assert_eq!(waited + 2 * MINUTE, 10 * MINUTE, "the head never came");
    unconfirmed(script.notes(LOOKING));
    let mut script = listening();
    for _ in 0..10 {
        script = script.reads().passes(MINUTE).gets(Input::Chunk(BEAT.into()));
    }
    unconfirmed(script.notes(LOOKING));
}

/// Anything that is no heartbeat is progress: a tool, a delta, a status, a thought.
#[test]
fn only_heartbeats_or_silence_is_over_with_the_first_sign_of_work() {
    for sign in [
        tool(),
        event(r#"{"author":"a","partial":true,"content":{"parts":[{"text":"I"}]}}"#),
        event(r#"{"type":"status","status":"rendering"}"#),
        event(r#"{"type":"tool_start","tool":"edit"}"#),
        event(r#"{"type":"thinking_delta","text":"hm"}"#),
    ] {
        let script = listening().reads().passes(9 * MINUTE).gets(Input::Chunk(sign.clone().into()));
        let script = script.reads().passes(5 * MINUTE).gets(Input::Chunk(BEAT.into()));
        script.never_saw(|event| matches!(event, Event::Note(note) if note.contains(LOOKING))).reads();
    }
}

#[test]
fn after_15_min_in_all_it_is_as_if_it_broke() {
    let mut script = listening();
    for _ in 0..15 {
        script = script.reads().passes(MINUTE).gets(Input::Chunk(tool().into()));
    }
    unconfirmed(script.notes(LOOKING));
    let mut script = listening();
    for _ in 0..14 {
        script = script.reads().passes(MINUTE).gets(Input::Chunk(tool().into()));
    }
    let script = script.hears(&says("Title added.")).ends();
    assert_eq!(script.done().expect("just in time").said, ["Title added."]);
}

/// Also when the head took most of them.
#[test]
fn after_15_min_in_all_counts_from_the_message() {
    let mut script = sent().times_out();
    for _ in 0..3 {
        script = script.hears_nothing();
    }
    let mut script = script.reads().begins(200, STREAM);
    for _ in 0..7 {
        script = script.reads().passes(MINUTE).gets(Input::Chunk(tool().into()));
    }
    unconfirmed(script.notes(LOOKING));
}

/// Wherever it breaks, and however.
fn breaks() -> Vec<Script<Chat>> {
    let half = &says("Title added.")[..40];
    let headless = |status| sent().begins(status, &[]).hears("<html>").ends();
    vec![
        sent().fails(Phase::Sending),
        sent().fails(Phase::Receiving),
        sent().times_out().reads().fails(Phase::Receiving),
        listening().breaks(),
        listening().hears(half).breaks(),
        listening().hears(half).ends(),
        listening().hears(&says("Title added.")).breaks(),
        listening().hears(&tool()).breaks(),
        headless(500),
        headless(502),
        headless(503),
        sent().begins(502, &[]).breaks(),
        sent().begins(200, &[("content-type", "text/html")]).hears("<html>").ends(),
        sent().begins(200, &[("content-type", "application/json")]).hears("{\"code\":0}").ends(),
    ]
}

#[test]
fn it_breaks_and_is_never_sent_again() {
    for script in breaks() {
        let script = script.notes(LOOKING).charged(1).waits(Duration::from_secs(30)).sends(STATE);
        let answer = script.replies(200, &state(TITLE)).charged(1).done().expect("found out");
        let changes = answer.changes.expect("looked at");
        assert_eq!(changes.lines(), ["Title added: 'Paradise Found', 0-3 s", "Length: 3 s"]);
    }
}

/// 30 s, then 60 s, 5 times; found at any of them, or honestly not.
#[test]
fn it_breaks_and_the_timeline_is_looked_at_six_times() {
    for found_at in 0..LOOKS.len() {
        let mut script = listening().breaks();
        for (look, pause) in LOOKS.into_iter().enumerate() {
            script = script.waits(Duration::from_secs(pause)).sends(STATE);
            script = script.replies(200, &if look == found_at { state(TITLE) } else { NO_DRAFT.to_owned() });
            if look == found_at {
                break;
            }
        }
        assert!(script.charged(1).done().expect("found out").changes.is_some(), "{found_at}");
    }
    for script in breaks() {
        unconfirmed(script);
    }
}

/// A look that comes to nothing is not the last one.
#[test]
fn it_breaks_and_a_look_may_fail_as_well() {
    let mut script = listening().breaks().waits(Duration::from_secs(30));
    for pause in [1, 2, 4] {
        let before = script.monotonic();
        script = script.sends(STATE).replies(502, "<html>").waits_a_while();
        assert!(script.monotonic() - before >= Duration::from_secs(pause));
    }
    let script = script.sends(STATE).replies(502, "<html>").waits(MINUTE).sends(STATE);
    assert!(script.replies(200, &state(TITLE)).charged(1).done().expect("found out").changes.is_some());
}

/// A session that is gone while its message was out: nothing can be found out any more.
#[test]
fn it_breaks_and_the_session_is_gone() {
    let error = listening().breaks().waits(Duration::from_secs(30)).sends(STATE).replies(200, r#"{"code":1002}"#);
    let error = error.charged(1).done().expect_err("gone");
    assert_eq!((error.row(), error.charged()), (Some(Row::NoSession), Charged::Unknown));
}

/// Only a message of which no byte left is sent again, and that once.
#[test]
fn it_breaks_before_a_byte_left_and_is_sent_once_more() {
    let script = sent().never_leaves().charged(0).sends(CHAT).begins(200, STREAM).hears(&says("Title added.")).ends();
    assert_eq!(script.charged(1).done().expect("an answer").said, ["Title added."]);
    let error = sent().never_leaves().sends(CHAT).never_leaves().charged(0).done().expect_err("nobody there");
    assert_eq!((error.code(), error.charged()), ("unreachable", Charged::No));
    let late = sent().times_out().reads().never_leaves().sends(CHAT).charged(1).begins(200, STREAM);
    assert_eq!(late.hears(&says("Title added.")).ends().done().expect("an answer").said, ["Title added."]);
}

/// The checkpoint before the message holds what a later run needs.
#[test]
fn it_breaks_with_the_process_and_a_later_run_finds_out() {
    let script = chat().sends(STATE).replies(200, &state(TITLE)).sends(CHAT);
    let checkpoints = script.checkpoints();
    let [Checkpoint::Charging { session, before, since_ms }] = &checkpoints[..] else { panic!("{checkpoints:?}") };
    assert_eq!((session.as_str(), before.as_deref(), *since_ms), ("7", Some(TITLE), 1_800_000_000_000));
    let recover = || Chat::recover(config(), session.clone(), Some(draft(TITLE)), *since_ms, Seed::new(2));
    let after = r#"{"t":[{"tt":7,"sg":[{"d":3000,"m":{"text":"Paradise Lost"}}]}]}"#;
    let script = Script::new(recover()).sends(STATE).replies(200, &state(after)).charged(0);
    assert_eq!(script.done().expect("found out").changes.expect("looked at").lines().len(), 1);
    let mut script = Script::new(recover()).sends(STATE).replies(200, &state(TITLE));
    for _ in 1..LOOKS.len() {
        script = script.waits(MINUTE).sends(STATE).replies(200, &state(TITLE));
    }
    honest(&script.charged(0).done());
}

/// A run that ended long ago shows all there is at the first look.
#[test]
fn it_breaks_with_the_process_and_a_run_an_hour_later_need_not_wait() {
    let since_ms = 1_800_000_000_000 - 3_600_000;
    let recover = Chat::recover(config(), session(), Some(draft(TITLE)), since_ms, Seed::new(2));
    let script = Script::new(recover).sends(STATE).replies(200, &state(TITLE));
    honest(&script.charged(0).done());
}

/// The calendar went on for an hour while the other clock stood still: no connection outlives that.
#[test]
fn only_heartbeats_or_silence_while_the_laptop_slept_is_a_loss_at_once() {
    let wakes: [fn(Script<Chat>) -> Script<Chat>; 2] =
        [|script| script.gets(Input::Elapsed), |script| script.gets(Input::Chunk(BEAT.into()))];
    for wake in wakes {
        let script = wake(listening().reads().passes(MINUTE).sleeps(HOUR));
        script.notes(LOOKING).waits(Duration::from_secs(30)).sends(STATE).charged(1);
    }
    let headless = sent().sleeps(HOUR).gets(Input::Elapsed);
    headless.notes(LOOKING).waits(Duration::from_secs(30)).sends(STATE).charged(1);
}

/// What lay in the socket meanwhile is heard: words are words.
#[test]
fn only_heartbeats_or_silence_while_the_laptop_slept_may_end_with_the_answer() {
    let script = listening().reads().passes(MINUTE).sleeps(HOUR).gets(Input::Chunk(says("Title added.").into()));
    assert_eq!(script.ends().charged(1).done().expect("an answer").said, ["Title added."]);
}

/// A calendar that is set back, or a few minutes forward, changes nothing.
#[test]
fn only_heartbeats_or_silence_by_a_calendar_that_is_corrected() {
    let script = listening().reads().passes(MINUTE).has_its_calendar_set_back(HOUR * 24 * 400).gets(Input::Elapsed);
    let script = script.never_saw(|event| matches!(event, Event::Note(_)));
    let (script, waited) = silence(script);
    assert_eq!(waited, 9 * MINUTE, "counted by the clock that nobody sets");
    unconfirmed(script);
    let script = listening().reads().passes(MINUTE).sleeps(5 * MINUTE).gets(Input::Elapsed);
    let script = script.never_saw(|event| matches!(event, Event::Note(_)));
    assert_eq!(script.hears(&says("Title added.")).ends().done().expect("an answer").said, ["Title added."]);
    let script = listening().breaks().has_its_calendar_set_back(HOUR).waits(Duration::from_secs(30)).sends(STATE);
    assert!(script.replies(200, &state(TITLE)).done().is_ok());
}
