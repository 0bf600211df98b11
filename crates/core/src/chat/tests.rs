use std::time::Duration;

use super::*;
use crate::call::Charge;
use crate::error::Row;
use crate::script::Script;

const STATE: &str = "/api/state/nemo_agent/me/7/latest";
const EMPTY: &str = r#"{"code":0,"data":{"state":{"draft":null}}}"#;
const TITLED: &str = r#"{"code":0,"data":{"state":{"draft":{"t":[{"tt":7,"sg":[{"d":3000,"m":{"text":"Hi"}}]}]}}}}"#;
const TEXT: &str =
    "data: {\"content\":{\"parts\":[{\"text\":\"Title added.\"}],\"role\":\"model\"},\"author\":\"a\"}\n\n";
const TOOL: &str =
    "data: {\"content\":{\"parts\":[{\"functionResponse\":{\"name\":\"edit\",\"response\":{}}}]},\"author\":\"a\"}\n\n";
const HEARTBEAT: &str = "data: {\"type\":\"heartbeat\"}\n\n";

fn chat() -> Script<Chat> {
    let config = Arc::new(Config::new("https://api.example").expect("an origin"));
    let session = SessionId::new("7").expect("an id");
    Script::new(Chat::new(config, session, Message::new("add a title"), Seed::new(1)))
}

/// A chat whose message has left.
fn sent() -> Script<Chat> {
    let script = chat().sends(STATE).replies(200, EMPTY).sends("/run_sse");
    script.saw(|event| matches!(event, Event::Checkpoint(Checkpoint::Charging { .. })))
}

fn stream() -> Head {
    let mut head = Head::status(200);
    head.headers.insert("content-type", "text/event-stream; charset=utf-8".parse().expect("a value"));
    head
}

#[test]
fn text_is_the_answer() {
    let script = sent().with(|call| assert_eq!(call.charge(), Charge::Charged)).streams(stream(), &[TEXT]);
    let answer = script.reads().gets(Input::End).done().expect("an answer");
    assert_eq!(answer.said, ["Title added."]);
    assert!(answer.changes.is_none(), "nothing had to be looked at");
}

#[test]
fn a_silent_edit_is_told_from_the_timeline() {
    let script = sent().streams(stream(), &[TOOL]).reads().gets(Input::End);
    let answer = script.sends(STATE).replies(200, TITLED).done().expect("an answer");
    assert_eq!(answer.said, Vec::<String>::new());
    assert!(answer.changes.expect("looked at").to_string().contains("Title added: 'Hi', 0-3 s"));
}

#[test]
fn a_broken_stream_is_looked_into_and_never_sent_again() {
    for broken in [Input::Failed(Fault { phase: Phase::Receiving, source: "reset".into() }), Input::End] {
        let cut = &TEXT[..40];
        let script = sent().streams(stream(), &[cut]).reads().gets(broken).notes("looking at the timeline");
        let script = script.waits().sends(STATE).replies(200, EMPTY).waits().sends(STATE).replies(200, TITLED);
        assert_eq!(script.charged, 1);
        assert!(script.done().expect("found out").changes.is_some());
    }
}

#[test]
fn an_outcome_that_can_not_be_found_out_is_told_as_such() {
    let mut script = sent().fails(Phase::Sending).notes("looking at the timeline");
    for _ in 0..6 {
        script = script.waits().sends(STATE).replies(200, EMPTY);
    }
    assert_eq!(script.charged, 1);
    let error = script.done().expect_err("unknown");
    assert_eq!((error.code(), error.charged()), ("unconfirmed", Charged::Unknown));
    assert!(!error.sending_again_is_safe());
    assert!(error.advice().contains("not sent again"), "{}", error.advice());
}

#[test]
fn a_gateway_that_gives_up_is_an_unclear_outcome() {
    let script = sent().gets(Input::Head(Head::status(504))).reads().gets(Input::Chunk(b"<html>".to_vec()));
    let script = script.reads().gets(Input::End).notes("looking at the timeline").waits();
    assert!(script.sends(STATE).replies(200, TITLED).done().is_ok());
}

#[test]
fn a_page_is_no_stream() {
    let mut page = Head::status(200);
    page.headers.insert("content-type", "text/html".parse().expect("a value"));
    let script = sent().gets(Input::Head(page)).reads().gets(Input::Chunk(b"<html>".to_vec()));
    let script = script.reads().gets(Input::End).notes("looking at the timeline").waits();
    assert!(script.sends(STATE).replies(200, TITLED).done().is_ok());
}

#[test]
fn a_refusal_costs_nothing() {
    let head = Head::status(200);
    let mut json = head;
    json.headers.insert("content-type", "application/json".parse().expect("a value"));
    let script = sent().gets(Input::Head(json)).reads().gets(Input::Chunk(br#"{"code":2001}"#.to_vec()));
    let error = script.reads().gets(Input::End).done().expect_err("refused");
    assert_eq!((error.row(), error.charged()), (Some(Row::NoCredits), Charged::No));
}

#[test]
fn a_message_that_never_left_is_sent_once_more_and_no_more() {
    let script = sent().never_leaves().notes("can't connect").sends("/run_sse").never_leaves();
    assert_eq!(script.charged, 0);
    let error = script.done().expect_err("nobody there");
    assert_eq!((error.code(), error.charged()), ("unreachable", Charged::No));
}

#[test]
fn an_expired_token_shows_before_money_is_at_stake() {
    let script = chat().sends(STATE).replies(401, "");
    assert_eq!(script.charged, 0);
    assert_eq!(script.done().expect_err("refused").row(), Some(Row::BadToken));
}

#[test]
fn heartbeats_alone_do_not_keep_it_waiting_for_ever() {
    let mut script = sent().streams(stream(), &[HEARTBEAT]);
    script = script.reads().elapses().notes("looking at the timeline");
    assert_eq!(script.charged, 1);
}

#[test]
fn a_failure_after_work_was_done_is_not_told_as_nothing() {
    const FATAL: &str = "data: {\"error\":\"ValueError: boom\"}\n\n";
    let script = sent().streams(stream(), &[TOOL, FATAL]).reads().gets(Input::End);
    let script = script.sends(STATE).replies(200, TITLED).notes("but the timeline changed");
    assert!(script.done().is_ok());
    let script = sent().streams(stream(), &[FATAL]).reads().gets(Input::End).sends(STATE).replies(200, EMPTY);
    let error = script.done().expect_err("nothing changed");
    assert_eq!((error.code(), error.charged()), ("agent_failed", Charged::Unknown));
}

#[test]
fn an_error_is_the_end_where_not_a_word_was_said() {
    const ERROR: &str = "data: {\"author\":\"a\",\"errorCode\":\"INTERNAL\",\"errorMessage\":\"quota\"}\n\n";
    let script = sent().streams(stream(), &[ERROR]).reads().gets(Input::End).sends(STATE).replies(200, EMPTY);
    let error = script.done().expect_err("nothing was said, and nothing changed");
    assert!(error.code() == "agent_failed" && error.to_string().contains("quota"), "{error}");
}

#[test]
fn a_refused_message_may_be_said_again_by_a_later_run() {
    let mut json = Head::status(200);
    json.headers.insert("content-type", "application/json".parse().expect("a value"));
    let script = sent().gets(Input::Head(json)).reads().gets(Input::Chunk(br#"{"code":2001}"#.to_vec()));
    let told = |event: &Event| matches!(event, Event::Checkpoint(Checkpoint::Uploaded { words, .. }) if words == "add a title");
    let (events, result) = script.reads().gets(Input::End).ends();
    assert!(events.iter().any(told) && result.is_err(), "{events:?}");
}

#[test]
fn an_answer_that_is_no_stream_and_says_nothing_is_no_silent_edit() {
    let script = sent().gets(Input::Head(Head::status(200))).reads().gets(Input::End);
    script.notes("looking at the timeline").waits().sends(STATE);
    let script = sent().gets(Input::Head(stream())).reads().gets(Input::End);
    script.sends(STATE).replies(200, TITLED).done().expect("a silent edit");
}

#[test]
fn a_word_comes_every_two_minutes_before_the_answer_begins_too() {
    let mut script = sent();
    for minutes in [2, 4, 6, 8] {
        script = script.elapses_after(Duration::from_secs(120)).reads();
        assert!(script.saw_still_working(minutes), "{minutes} min");
    }
    script.elapses_after(Duration::from_secs(120)).notes("looking at the timeline");
}

#[test]
fn a_laptop_that_slept_looks_at_once() {
    let script = sent().streams(stream(), &[TOOL]).reads().sleeps(Duration::from_secs(3600));
    script.elapses_after(Duration::from_secs(1)).notes("looking at the timeline");
    let script = sent().streams(stream(), &[TOOL]).reads().set_back(Duration::from_secs(3600));
    script.elapses_after(Duration::from_secs(1)).reads();
}
