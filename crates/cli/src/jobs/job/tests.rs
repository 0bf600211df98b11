use weixin_video_core::ids::{RenderId, SessionId};

use super::*;
use crate::jobs::Jobs;
use crate::places::Places;

fn order(kind: Kind, backend: &str) -> Order {
    Order {
        kind,
        backend: backend.into(),
        own_token: false,
        session: None,
        clip: None,
        words: "w".into(),
        language: "en".into(),
        output: None,
        replace: false,
        goes_to: None,
        destinations: None,
        made_ms: 0,
    }
}

fn rendering() -> Checkpoint {
    let session = SessionId::new("7").expect("an id");
    Checkpoint::Exporting { session, render: RenderId::new("render_7").expect("an id"), again: false }
}

fn charging() -> Checkpoint {
    Checkpoint::Charging { session: SessionId::new("7").expect("an id"), before: None, since_ms: 1 }
}

fn uploaded() -> Checkpoint {
    Checkpoint::Uploaded { session: SessionId::new("7").expect("an id"), words: "w".into() }
}

/// Ends a job that came to these points with a failure, and says what was told and what a later run finds.
fn closed(order: Order, points: &[Checkpoint], failure: Failure) -> (Failure, Option<Checkpoint>) {
    let home = tempfile::tempdir().expect("a folder");
    let jobs =
        Jobs::of(&Places { config: home.path().join("c"), state: home.path().join("s"), cache: home.path().join("k") });
    let mut job = jobs.begin(order, &Going::default()).expect("a job");
    points.iter().for_each(|point| job.reached(point.clone()));
    let told = job.close::<()>(Err(failure)).expect_err("it failed");
    let mut left = jobs.list();
    assert!(left.len() < 2);
    (told, left.pop().and_then(|found| found.journal.expect("a journal").last))
}

fn failure(code: &'static str, charged: Option<bool>) -> Failure {
    Failure { charged, ..Failure::new(code, "it failed", "Do something.") }
}

#[test]
fn a_job_stays_when_a_later_run_can_do_what_the_same_command_can_not() {
    const CLOUD: &str = "https://api.example";
    for (backend, point, code, charged, stays) in [
        (CLOUD, rendering(), "still_rendering", Some(true), true),
        (CLOUD, rendering(), "plan_needed", Some(true), true),
        (CLOUD, rendering(), "output_unwritable", Some(true), true),
        (CLOUD, charging(), "unconfirmed", None, true),
        (CLOUD, charging(), "question", Some(true), false),
        (CLOUD, rendering(), "no_session", Some(true), false),
        (CLOUD, uploaded(), "no_credits", Some(false), false),
        (LOCAL, rendering(), "still_rendering", Some(false), true),
        (LOCAL, rendering(), "render_failed", Some(false), false),
    ] {
        let (told, left) = closed(order(Kind::Chat, backend), &[point], failure(code, charged));
        assert_eq!((told.job_id.is_some(), left.is_some()), (stays, stays), "{code}");
        assert_eq!(
            told.next_step.contains(" Go on with it: weixin-video resume "),
            stays,
            "{code}: {}",
            told.next_step
        );
        assert_eq!((told.charged, told.exit), (charged, failure(code, None).exit), "{code}");
    }
}

#[test]
fn a_message_that_did_not_leave_may_be_sent_by_a_later_run() {
    let lost = Failure { retryable: true, ..failure("unreachable", Some(false)) };
    let order = || order(Kind::Format, "https://api.example");
    let (told, left) = closed(order(), &[uploaded(), charging()], lost.clone());
    assert!(matches!(left, Some(Checkpoint::Uploaded { .. })), "{left:?}");
    assert_eq!(told.charged, Some(false));
    // Where another run was about to send it, nobody knows: this one only lost the network.
    let home = tempfile::tempdir().expect("a folder");
    let jobs =
        Jobs::of(&Places { config: home.path().join("c"), state: home.path().join("s"), cache: home.path().join("k") });
    let mut job = jobs.begin(order(), &Going::default()).expect("a job");
    job.reached(charging());
    let id = job.id().expect("it is kept").clone();
    drop(job);
    let told = jobs.hold(&id, &Going::default()).expect("nobody has it").close::<()>(Err(lost)).expect_err("it failed");
    assert_eq!(told.charged, None);
    let left = jobs.list().pop().and_then(|found| found.journal.expect("a journal").last);
    assert!(matches!(left, Some(Checkpoint::Charging { .. })), "{left:?}");
}
