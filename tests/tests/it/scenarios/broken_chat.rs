//! A charged message whose answer breaks is never sent twice, wherever it breaks.

use std::collections::BTreeMap;

use weixin_video_core::error::Charged;
use weixin_video_core::event::{Checkpoint, Event};
use weixin_video_fake_backend::{AgentReply, Dialect, Fault, Heartbeat, Route, Site};

use crate::world::{World, both};

/// What came of it, after one message.
fn outcome(world: &World) -> &'static str {
    let result = world.format();
    assert_eq!(world.count(Route::Chat), 1, "one message");
    match result {
        Ok(_) => "delivered",
        Err(error) => {
            assert!(!error.sending_again_is_safe(), "{error}");
            assert_eq!(error.charged(), Charged::Unknown);
            assert!(error.session().is_some());
            error.code()
        }
    }
}

/// How often each outcome came.
fn outcomes(faults: impl Iterator<Item = Fault>) -> BTreeMap<&'static str, u32> {
    let outcomes = std::cell::RefCell::new(BTreeMap::new());
    for fault in faults {
        both(
            move |server| server.dialect(Dialect::Adk).fault(fault.clone()),
            |world| {
                *outcomes.borrow_mut().entry(outcome(world)).or_default() += 1;
            },
        );
    }
    outcomes.into_inner()
}

fn chat() -> Site {
    Fault::on(Route::Chat)
}

#[test]
fn cut_at_any_byte_of_the_answer_after_the_work_was_done() {
    let cuts = [0, 1, 20, 200, 400].into_iter().map(|byte| chat().after_commit().cut_response_at(byte));
    let bodies = [0, 1, 7, 100, 300].into_iter().map(|byte| chat().after_commit().cut_at_byte(byte));
    assert_eq!(outcomes(cuts.chain(bodies)), BTreeMap::from([("delivered", 20)]));
}

#[test]
fn cut_after_any_event() {
    let done = (0..3).map(|event| chat().after_commit().cut_after_event(event));
    assert_eq!(outcomes(done), BTreeMap::from([("delivered", 6)]));
    let undone = (0..3).map(|event| chat().before_commit().cut_after_event(event));
    assert_eq!(outcomes(undone), BTreeMap::from([("unconfirmed", 6)]));
}

#[test]
fn cut_while_the_message_is_sent() {
    let cuts = [0, 1, 50].into_iter().map(|byte| chat().cut_request_at(byte));
    assert_eq!(outcomes(cuts), BTreeMap::from([("unconfirmed", 6)]));
}

#[test]
fn a_server_in_trouble_may_have_done_it() {
    let answers = [chat().html(502), chat().empty(503), chat().drop_connection()];
    assert_eq!(outcomes(answers.into_iter()), BTreeMap::from([("unconfirmed", 6)]));
}

#[test]
fn silence_is_waited_out_with_words_and_then_looked_into() {
    both(
        |server| server.fault(chat().after_commit().stall_after_event(1, None)),
        |world| {
            assert_eq!(outcome(world), "delivered");
            let still = |event: &Event| matches!(event, Event::StillWorking(_));
            assert!(world.events().iter().filter(|event| still(event)).count() >= 3, "a word every two minutes");
        },
    );
}

/// The head of the answer may be as late as the answer itself.
#[test]
fn silence_before_the_answer_begins_gets_its_words_as_well() {
    both(
        |server| server.fault(chat().after_commit().stall()),
        |world| {
            assert_eq!(outcome(world), "delivered");
            let still = |event: &Event| matches!(event, Event::StillWorking(_));
            assert!(world.events().iter().filter(|event| still(event)).count() >= 3, "a word every two minutes");
        },
    );
}

/// Heartbeats prove life, not progress, in whatever form they come.
#[test]
fn heartbeats_alone_are_waited_out_and_then_looked_into() {
    let beats = || Heartbeat::ALL.iter().fold(AgentReply::new(), |reply, form| reply.heartbeat(*form));
    both(
        move |server| server.reply(beats().say("Done.")).fault(chat().before_commit().stall_after_event(4, None)),
        |world| assert_eq!(outcome(world), "unconfirmed"),
    );
}

#[test]
fn an_edit_that_shows_late_is_found() {
    let reply = || {
        AgentReply::new()
            .say("Working.")
            .draft(serde_json::json!({"d": 8000, "t": [{"tt": 0, "sg": [{"d": 8000}]}]}))
            .charge(50)
            .hidden_for(3)
    };
    both(
        move |server| server.reply(reply()).fault(chat().after_commit().cut_after_event(0)),
        |world| {
            assert_eq!(outcome(world), "delivered");
            assert!(world.count(Route::State) > 4);
        },
    );
}

/// A later run finds out what came of a message, and neither sends one nor renders anything.
#[test]
fn a_message_that_was_cut_off_with_its_run_is_looked_into() {
    for (fault, found) in [(chat().after_commit().drop_connection(), true), (chat().drop_connection(), false)] {
        both(
            move |server| server.fault(fault.clone()),
            |world| {
                let session = world.client.session("en", &mut world.observer()).expect("a session").id;
                let clip = weixin_video_core::files::Media::File(world.clip(1000));
                world.client.upload(&session, &clip, &mut world.observer()).expect("an upload");
                let first = world.client.chat(&session, crate::world::WORDS, &mut world.observer());
                assert_eq!(first.is_ok(), found);
                let last = world.checkpoints().pop();
                let Some(Checkpoint::Charging { before, since_ms, .. }) = last else { panic!("{last:?}") };
                let later = world.client.recover(&session, before.as_deref(), since_ms, &mut world.observer());
                match world.tell(later) {
                    Ok(answer) => assert!(found && answer.changes.is_some_and(|changes| !changes.is_empty())),
                    Err(error) => assert_eq!((found, error.code()), (false, "unconfirmed")),
                }
                assert_eq!((world.count(Route::Chat), world.count(Route::Export)), (1, 0));
            },
        );
    }
}
