//! Each check finds the wrong that it is there for, planted in an otherwise sound world.

use super::{Check, audit};
use crate::book::Hand;
use crate::ledger::Charge;
use crate::renderer::{Control, MediaInfo};
use crate::tenant::{Render, Session, Stage, Tenant};
use crate::upload::Upload;
use crate::world::{Asset, World};
use serde_json::json;
use std::path::PathBuf;
use tokio::sync::watch;

const KEY: &str = "u/0123456789abcdef0123456789abcdef.mp4";

/// A job once through: an upload, an edit for 50 credits, a render that was watched and fetched.
fn sound() -> World {
    let mut world = World::default();
    let number = world.add_space("user_1".to_owned(), None, 100).expect("the first");
    let upload = Upload::new(KEY.to_owned(), "a.mp4".to_owned(), PathBuf::new(), 1, 1, MediaInfo::default());
    world.assets.insert(KEY.to_owned(), upload.asset());
    let space = &mut world.spaces[number];
    let mut session = Session::new("task".to_owned(), "project".to_owned());
    session.uploads.push(upload);
    session.set_draft(json!({"t": []}), 0);
    space.open("s1".to_owned(), session);
    let message = space.book.accept("s1", "words");
    space.book.edited("s1", Hand::Message(message));
    let held = space.ledger.hold(50);
    space.ledger.settle(held, (message, "s1", "words"));
    space.book.close(message);
    space.book.render("render_1", "s1");
    space.renders.insert("render_1".to_owned(), render());
    world
}

fn render() -> Render {
    let done = Stage::Done { key: "r/1.mp4".to_owned(), bytes: 1, duration_ms: 1, completed_ms: 1 };
    Render {
        session_id: "s1".to_owned(),
        own_id: "task_1".to_owned(),
        control: Control::default(),
        stage: watch::channel(done).1,
        created_ms: 0,
        due: None,
        withdrawn: false,
        queries: 1,
        fetched: true,
        seen_completed: 1,
    }
}

/// What was found after a change to the only space.
fn found(wrong: impl FnOnce(&mut Tenant)) -> Vec<Check> {
    let mut world = sound();
    wrong(&mut world.spaces[0]);
    audit(&world).into_iter().map(|finding| finding.check).collect()
}

#[test]
fn a_sound_world_has_no_finding() {
    assert!(audit(&sound()).is_empty());
    assert!(found(|space| space.ledger.set(7, 3)).is_empty(), "what a test sets is where it begins");
    assert!(found(|space| drop(space.forget("s1"))).contains(&Check::FileWithoutSession), "the file must go with it");
}

#[test]
fn wrong_charges() {
    let charge = |message| Charge { message, session_id: "s1".into(), text: "words".into(), credits: 0 };
    assert_eq!(found(|space| space.ledger.charges.push(charge(9))), [Check::ChargeWithoutMessage]);
    assert_eq!(found(|space| space.ledger.charges.push(charge(0))), [Check::ChargedTwice]);
    assert_eq!(found(|space| space.ledger.charges[0].text = "others".into()), [Check::ChargeOfOtherWords]);
    assert_eq!(found(|space| space.ledger.charges[0].session_id = "s2".into()), [Check::ChargeOfOtherWords]);
}

#[test]
fn wrong_sums() {
    assert_eq!(found(|space| assert_eq!(space.ledger.hold(7), 7)), [Check::FrozenLeft]);
    let at_work = |space: &mut Tenant| {
        space.book.accept("s1", "more");
        space.ledger.hold(7);
    };
    assert!(found(at_work).is_empty(), "held for a message that is being worked on");
    assert_eq!(found(|space| space.ledger.available += 1), [Check::SumsDiffer]);
    assert_eq!(found(|space| space.ledger.charges[0].credits = 101), [Check::CreditsNegative]);
}

#[test]
fn an_edit_nobody_asked_for() {
    let silently = |space: &mut Tenant| {
        space.sessions.get_mut("s1").expect("a session").set_draft(json!({"t": [1]}), 0);
    };
    assert_eq!(found(silently), [Check::EditWithoutMessage]);
    assert_eq!(found(|space| space.book.edits[0].by = Hand::Message(4)), [Check::EditWithoutMessage]);
    assert!(found(|space| space.book.edits[0].by = Hand::Test).is_empty());
}

#[test]
fn wrong_renders() {
    assert_eq!(found(|space| space.book.render("render_1", "s1")), [Check::RenderTwice]);
    assert_eq!(found(|space| drop(space.renders.insert("render_2".to_owned(), render()))), [Check::RenderUnasked]);
    let forgotten = |space: &mut Tenant| {
        let render = space.renders.get_mut("render_1").expect("a render");
        (render.queries, render.fetched) = (0, false);
    };
    assert_eq!(found(forgotten), [Check::RenderOrphaned]);
    let cancelled = |space: &mut Tenant| {
        forgotten(space);
        space.renders["render_1"].control.cancel();
    };
    assert!(found(cancelled).is_empty(), "nobody wants it any more");
}

#[test]
fn wrong_files() {
    let mut world = sound();
    let stray = Asset { path: PathBuf::new(), content_type: "video/mp4", len: 1, etag: "\"1\"".to_owned() };
    world.assets.insert("u/stray".to_owned(), stray);
    assert_eq!(audit(&world)[0].to_string(), "file-without-session: u/stray");
    let mut world = sound();
    world.assets.remove(KEY);
    assert_eq!(audit(&world)[0].check, Check::UploadWithoutFile);
}

#[test]
fn every_check_has_a_name_of_its_own_and_a_test_here() {
    let names: std::collections::BTreeSet<&str> = Check::ALL.iter().map(|check| check.name()).collect();
    assert_eq!(names.len(), Check::ALL.len());
    for check in Check::ALL {
        assert!(include_str!("tests.rs").contains(&format!("Check::{check:?}")), "{check:?}");
    }
}
