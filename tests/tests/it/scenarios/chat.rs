//! The agent's answers, in every dialect, with words and without.

use serde_json::json;
use weixin_video_core::event::Event;
use weixin_video_fake_backend::{AgentReply, Dialect, Heartbeat, Route, SilentEnding};

use crate::world::{WORDS, World, both};

const DIALECTS: [Dialect; 5] =
    [Dialect::Flat, Dialect::FlatChunks, Dialect::Adk, Dialect::AdkPartial, Dialect::AdkSnake];

/// A session with a clip in it.
fn session(world: &World) -> weixin_video_core::ids::SessionId {
    let session = world.client.session("en", &mut world.observer()).expect("a session");
    let clip = weixin_video_core::files::Media::File(world.clip(1000));
    world.client.upload(&session.id, &clip, &mut world.observer()).expect("an upload");
    session.id
}

#[test]
fn an_answer_is_heard_once_in_every_dialect() {
    for dialect in DIALECTS {
        both(
            move |server| server.dialect(dialect),
            |world| {
                let answer = world.client.chat(&session(world), WORDS, &mut world.observer());
                let said = world.tell(answer).expect("an answer").said.join(" ");
                assert_eq!(said.matches("your clip is ready to export").count(), 1, "{dialect:?}: {said}");
                assert!(world.events().iter().any(|event| matches!(event, Event::Editing)), "{dialect:?}");
                assert_eq!(world.count(Route::Chat), 1);
            },
        );
    }
}

#[test]
fn a_silent_edit_is_found_on_the_timeline() {
    for ending in SilentEnding::ALL {
        for dialect in [Dialect::Flat, Dialect::Adk] {
            both(
                move |server| server.dialect(dialect).silent_edits(ending),
                |world| {
                    let answer = world.client.chat(&session(world), WORDS, &mut world.observer());
                    let answer = world.tell(answer).expect("an answer");
                    let changes = answer.changes.expect("a look at the timeline");
                    assert!(!changes.is_empty(), "{ending:?}");
                    assert_eq!((world.count(Route::Chat), world.charged()), (1, 50), "{ending:?}");
                },
            );
        }
    }
}

#[test]
fn a_silent_edit_is_told_word_for_word() {
    both(
        |server| server,
        |world| {
            let (session, clip) = (session(world), json!({"tt": 0, "sg": [{"d": 10_000, "m": {"name": "city"}}]}));
            let title = json!({"tt": 7, "sg": [{"d": 3000, "m": {"text": "Paradise Found"}}]});
            let edit = |tracks| AgentReply::new().tool("edit", json!({}), json!({})).draft(json!({"t": tracks}));
            world.backend.reply(edit(json!([clip])).say("Here it is."));
            world.client.chat(&session, "take the clip", &mut world.observer()).expect("an answer");
            world.backend.reply(edit(json!([clip, title])));
            let answer = world.client.chat(&session, "add a title", &mut world.observer());
            let answer = world.tell(answer).expect("an answer");
            assert!(answer.said.is_empty(), "{:?}", answer.said);
            let changes = answer.changes.expect("a look at the timeline");
            assert_eq!(changes.to_string(), "Title added: 'Paradise Found', 0-3 s");
        },
    );
}

/// The apology that the agent appends to replies that went well.
#[test]
fn a_temporary_issue_behind_an_answer_is_dropped() {
    for dialect in DIALECTS {
        both(
            move |server| server.dialect(dialect),
            |world| {
                const ISSUE: &str = "I encountered a temporary issue. Please try again in a moment.";
                world.backend.reply(AgentReply::new().say("Title added.").say(ISSUE));
                let answer = world.client.chat(&session(world), "add a title", &mut world.observer());
                assert_eq!(world.tell(answer).expect("an answer").said, ["Title added."], "{dialect:?}");
            },
        );
    }
}

#[test]
fn both_stages_of_an_edit_are_told_as_they_come() {
    both(
        |server| server,
        |world| {
            let tool = |reply: AgentReply| reply.tool("edit", json!({}), json!({}));
            let first = tool(AgentReply::new()).say("The raw video is made.");
            world.backend.reply(tool(first).say("Music and titles are added."));
            let answer = world.client.chat(&session(world), "make a video", &mut world.observer());
            let answer = world.tell(answer).expect("an answer");
            assert_eq!(answer.said, ["The raw video is made.", "Music and titles are added."]);
        },
    );
}

#[test]
fn noise_behind_the_end_of_an_answer_is_no_answer() {
    for noise in [
        ": bye\n\n",
        "data: [DONE]\n\n",
        "data: {\"type\":\"status\",\"status\":\"idle\"}\n\n",
        "data: null\n\nid: 9\n\n",
    ] {
        both(
            |server| server,
            |world| {
                world.backend.reply(AgentReply::new().say("Title added.").raw(noise));
                let answer = world.client.chat(&session(world), "add a title", &mut world.observer());
                assert_eq!(world.tell(answer).expect("an answer").said, ["Title added."], "{noise:?}");
            },
        );
    }
}

#[test]
fn signs_of_life_are_no_words() {
    both(
        |server| server,
        |world| {
            let beats = Heartbeat::ALL.iter().fold(AgentReply::new(), |reply, form| reply.heartbeat(*form));
            world.backend.reply(beats.say("Here I am."));
            let answer = world.tell(world.client.chat(&session(world), "hello", &mut world.observer()));
            assert_eq!(answer.expect("an answer").said, ["Here I am."]);
        },
    );
}

#[test]
fn a_question_is_handed_over_and_not_answered() {
    both(
        |server| server,
        |world| {
            world.backend.reply(AgentReply::new().ask("Which clip?", &[("a", "the first"), ("b", "the second")]));
            let answer = world.client.chat(&session(world), "cut it", &mut world.observer());
            let answer = world.tell(answer).expect("an answer");
            assert!(answer.questions.iter().any(|question| question.contains("Which clip?")), "{answer:?}");
            assert_eq!(world.count(Route::Chat), 1);
        },
    );
}

#[test]
fn a_failure_of_the_agent_is_told_in_its_words() {
    both(
        |server| server.dialect(Dialect::Adk),
        |world| {
            world.backend.reply(AgentReply::new().fail("RESOURCE_EXHAUSTED", "the model is overloaded"));
            let answer = world.client.chat(&session(world), "cut it", &mut world.observer());
            let error = world.tell(answer).expect_err("it failed");
            assert_eq!(error.code(), "agent_failed");
            assert!(error.to_string().contains("overloaded"), "{error}");
        },
    );
}

#[test]
fn an_edit_that_leaves_nothing_says_why_there_is_no_video() {
    both(
        |server| server,
        |world| {
            world.backend.reply(AgentReply::new().say("I see no clip.").draft(json!({"d": 0, "t": []})));
            let error = world.format().expect_err("nothing to export");
            assert_eq!(error.code(), "nothing_to_export");
            assert!(error.to_string().contains("I see no clip."), "{error}");
            assert_eq!(world.count(Route::Export), 0);
        },
    );
}
