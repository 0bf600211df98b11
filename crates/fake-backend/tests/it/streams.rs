//! The bytes of the chat stream in every dialect.

use crate::user::User;
use serde_json::{Value, json};
use std::time::Duration;
use weixin_video_fake_backend::{AgentReply, Builder, Dialect, FakeBackend, Heartbeat, SilentEnding};

fn stream(builder: Builder, reply: AgentReply) -> String {
    let backend = builder.frozen_at(1_795_327_773_000).reply(reply).start().expect("a server that works");
    let text = User::of(&backend).chat("hi").send().text();
    backend.finish();
    text
}

fn in_dialect(dialect: Dialect, reply: AgentReply) -> Vec<Value> {
    events(&stream(FakeBackend::builder().unjudged().dialect(dialect), reply))
}

fn events(stream: &str) -> Vec<Value> {
    let blocks = stream.split_terminator("\n\n").map(|block| block.strip_prefix("data: ").expect("a data line"));
    blocks.map(|data| serde_json::from_str(data).expect("JSON")).collect()
}

fn text_tool_text() -> AgentReply {
    AgentReply::new()
        .say("I'll add the title now.")
        .tool("edit_multitrack", json!({"text": "早安"}), json!({"status": "success"}))
        .say("Title added.")
        .draft(json!({"d": 8000}))
}

#[test]
fn flat_events_to_the_byte() {
    let text = stream(FakeBackend::builder().unjudged(), text_tool_text());
    assert_eq!(
        text,
        concat!(
            "data: {\"content\":\"I'll add the title now.\",\"type\":\"text\"}\n\n",
            "data: {\"args\":{\"text\":\"早安\"},\"name\":\"edit_multitrack\",\"type\":\"tool_call\"}\n\n",
            "data: {\"name\":\"edit_multitrack\",\"result\":{\"status\":\"success\"},\"type\":\"tool_result\"}\n\n",
            "data: {\"content\":\"Title added.\",\"type\":\"text\"}\n\n",
        )
    );
}

#[test]
fn flat_chunks_are_followed_by_the_whole() {
    let events = in_dialect(Dialect::FlatChunks, text_tool_text());
    let chunks: String = events
        .iter()
        .take_while(|event| event["type"] == "chunk")
        .filter_map(|event| event["content"].as_str())
        .collect();
    assert_eq!(chunks, "I'll add the title now.");
    let names: Vec<&str> =
        events.iter().filter_map(|event| event["type"].as_str()).filter(|name| *name != "chunk").collect();
    assert_eq!(names, ["text", "tool_start", "tool_end", "text"]);
}

#[test]
fn agent_events_have_what_every_event_has() {
    let events = in_dialect(Dialect::Adk, text_tool_text());
    assert_eq!(events.len(), 4);
    for event in &events {
        assert_eq!(event["author"], "nemo_agent");
        assert!(event["timestamp"].is_f64() && event["id"].is_string() && event["invocationId"].is_string());
        assert!(event["actions"]["stateDelta"].is_object());
    }
    assert_eq!(events[1]["content"]["parts"][0]["functionCall"]["name"], "edit_multitrack");
    let response = &events[2]["content"]["parts"][0]["functionResponse"];
    assert_eq!(response["id"], events[1]["content"]["parts"][0]["functionCall"]["id"]);
    assert_eq!(events[2]["content"]["role"], "user");
    assert_eq!(events[2]["actions"]["stateDelta"]["draft"], json!({"d": 8000}));
}

#[test]
fn agent_partials_are_followed_by_the_whole() {
    let events = in_dialect(Dialect::AdkPartial, AgentReply::new().say("I'll generate your video now..."));
    let (partial, whole) = events.split_at(events.len() - 1);
    assert!(partial.len() > 1 && partial.iter().all(|event| event["partial"] == true));
    let pieces: String = partial.iter().filter_map(|event| event["content"]["parts"][0]["text"].as_str()).collect();
    assert_eq!(Some(pieces.as_str()), whole[0]["content"]["parts"][0]["text"].as_str());
    assert!(whole[0].get("partial").is_none());
}

#[test]
fn old_agents_write_their_own_keys_in_snake_case_and_parts_in_camel_case() {
    let events = in_dialect(Dialect::AdkSnake, text_tool_text());
    assert!(events[0]["invocation_id"].is_string() && events[0].get("invocationId").is_none());
    assert_eq!(events[2]["actions"]["state_delta"]["draft"], json!({"d": 8000}));
    assert!(events[1]["content"]["parts"][0]["functionCall"].is_object());
}

#[test]
fn thoughts_questions_and_errors_in_both_dialects() {
    let reply =
        || AgentReply::new().think("hm").ask("Which?", &[("a", "this"), ("b", "that")]).fail("INTERNAL", "it broke");
    let flat = in_dialect(Dialect::Flat, reply());
    assert_eq!(flat[0]["type"], "thinking_delta");
    assert_eq!(flat[1]["questions"][0]["options"][1], json!({"id": "b", "label": "that"}));
    assert_eq!(flat[2], json!({"type": "error", "code": "INTERNAL", "message": "it broke"}));
    let adk = in_dialect(Dialect::Adk, reply());
    assert_eq!(adk[0]["content"]["parts"][0]["thought"], true);
    assert_eq!(adk[2]["errorCode"], "INTERNAL");
    assert_eq!(adk[3], json!({"error": "INTERNAL: it broke"}));
}

#[test]
fn heartbeats_in_all_four_forms() {
    let reply = Heartbeat::ALL.into_iter().fold(AgentReply::new(), AgentReply::heartbeat);
    let text = stream(FakeBackend::builder().unjudged(), reply);
    assert_eq!(text, "data: {\"type\":\"heartbeat\"}\n\ndata:\n\n: heartbeat\n\nevent: heartbeat\ndata: {}\n\n");
}

#[test]
fn a_pause_is_filled_with_heartbeats() {
    let builder = FakeBackend::builder().unjudged().heartbeat(Duration::from_millis(5), Heartbeat::Comment);
    let text = stream(builder, AgentReply::new().pause(Duration::from_millis(200)).say("done"));
    assert!(text.starts_with(": heartbeat\n\n: heartbeat\n\n"), "{text}");
    assert!(text.ends_with("data: {\"content\":\"done\",\"type\":\"text\"}\n\n"));
}

#[test]
fn silent_edits_end_in_every_way_seen() {
    for ending in SilentEnding::ALL {
        let builder = FakeBackend::builder().unjudged().dialect(Dialect::Adk).silent_edits(ending);
        let events = events(&stream(builder, text_tool_text()));
        assert_eq!(events.len(), if ending == SilentEnding::Nothing { 2 } else { 3 }, "{ending:?}");
        let texts = events.iter().flat_map(|event| event["content"]["parts"].as_array().into_iter().flatten());
        assert!(texts.filter_map(|part| part["text"].as_str()).all(str::is_empty), "{ending:?}");
        assert_eq!(events[1]["actions"]["stateDelta"]["draft"], json!({"d": 8000}));
    }
}

#[test]
fn talk_is_never_silenced() {
    let builder = FakeBackend::builder().unjudged().silent_edits(SilentEnding::Nothing);
    assert!(stream(builder, AgentReply::new().say("hello")).contains("hello"));
}

#[test]
fn recorded_bytes_come_back_as_they_are() {
    let bytes = "data: {\"error\": \"it \"broke\"\nmore of it\n\n\u{feff}data: x\r\n\r\n";
    assert_eq!(stream(FakeBackend::builder().unjudged(), AgentReply::new().raw(bytes)), bytes);
}

#[test]
fn an_empty_reply_is_a_stream_of_no_byte() {
    assert_eq!(stream(FakeBackend::builder().unjudged(), AgentReply::new()), "");
}

#[test]
fn an_unknown_session_is_answered_in_the_agent_s_words() {
    let backend = FakeBackend::builder().unjudged().dialect(Dialect::Adk).start().unwrap();
    let mut user = User::of(&backend);
    user.session = "7000000000000000000".to_owned();
    let answer = user.chat("hi").send();
    assert_eq!((answer.status, answer.json()), (404, json!({"detail": "Session not found: 7000000000000000000"})));
}
