//! Servers that die, share a folder, or find it broken.

use crate::user::{User, keeping};
use serde_json::json;
use std::fs;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use weixin_video_fake_backend::{
    AgentReply, Canned, Control, FakeBackend, MediaInfo, Refusal, RenderJob, Renderer, Scene,
};

fn uploads(user: &User) -> usize {
    user.state().send().data()["state"]["video_infos"].as_array().expect("a list").len()
}

/// The folder as it would be found if the machine stopped now.
fn image(folder: &Path) -> TempDir {
    fn copy(from: &Path, to: &Path) {
        for entry in fs::read_dir(from).expect("a folder") {
            let entry = entry.expect("an entry");
            let to = to.join(entry.file_name());
            if entry.path().is_dir() {
                fs::create_dir(&to).expect("a new folder");
                copy(&entry.path(), &to);
            } else {
                fs::copy(entry.path(), &to).expect("a copy");
            }
        }
    }
    let image = tempfile::tempdir().expect("a folder");
    copy(folder, image.path());
    image
}

/// Looks at an upload until it is told to go on.
struct Slow {
    looking: Mutex<Sender<()>>,
    go_on: Mutex<Receiver<()>>,
}

impl Slow {
    fn wait(&self) {
        self.looking.lock().expect("one upload").send(()).expect("a test that listens");
        self.go_on.lock().expect("one upload").recv().expect("a test that tells");
    }
}

impl Renderer for Slow {
    fn inspect(&self, path: &Path, name: &str) -> Result<MediaInfo, Refusal> {
        self.wait();
        Canned.inspect(path, name)
    }

    fn agent(&self, text: &str, scene: &Scene<'_>) -> AgentReply {
        Canned.agent(text, scene)
    }

    fn render(&self, job: &RenderJob<'_>, control: &Control) -> Result<(), Refusal> {
        Canned.render(job, control)
    }
}

#[test]
fn a_crash_in_an_upload_leaves_no_half_session() {
    let folder = tempfile::tempdir().unwrap();
    let ((looking, looked), (go_on, told)) = (channel(), channel());
    let slow = Slow { looking: Mutex::new(looking), go_on: Mutex::new(told) };
    let backend = FakeBackend::builder().unjudged().renderer(Arc::new(slow)).keep_in(folder.path()).start().unwrap();
    let user = User::of(&backend);
    let crashed = std::thread::scope(|scope| {
        let upload = scope.spawn(|| user.upload("clip.mp4", b"clip").send().data());
        looked.recv().unwrap();
        let crashed = image(folder.path());
        go_on.send(()).unwrap();
        upload.join().unwrap();
        crashed
    });
    assert_eq!(uploads(&user.back(&keeping(crashed.path()))), 0, "it was never answered");
    assert_eq!(uploads(&user.back(&keeping(image(folder.path()).path()))), 1, "it was answered, and nothing stopped");
}

#[test]
fn what_a_crash_leaves_behind_is_no_part_of_the_session() {
    let folder = tempfile::tempdir().unwrap();
    let user = User::with_draft(&keeping(folder.path()));
    let session = folder.path().join("sessions").join(&user.session);
    fs::write(session.join("u-0123456789abcdef0123456789abcdef.mp4"), b"moved, not yet written down").unwrap();
    fs::write(session.join(".new-abcdef"), b"{\"format\":1,\"spa").unwrap();
    fs::create_dir(folder.path().join("sessions/7123456789012345678")).unwrap();
    let backend = keeping(folder.path());
    assert_eq!(uploads(&user.back(&backend)), 1);
    let begun = User { session: "7123456789012345678".to_owned(), ..user.back(&backend) };
    assert_eq!(begun.state().send().error().1, 1002);
}

#[test]
fn a_session_that_can_not_be_written_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let backend = keeping(folder.path());
    let user = User::with_draft(&backend);
    let session = folder.path().join("sessions").join(&user.session);
    let before = (user.draft(), fs::read_dir(&session).unwrap().count());
    // A file can't replace a folder.
    fs::remove_file(session.join("session.json")).unwrap();
    fs::create_dir(session.join("session.json")).unwrap();
    assert_eq!(user.upload("clip.mp4", b"clip").send().status, 500);
    let stream = user.chat("add the title 'Hello'").send().text();
    assert!(stream.contains("the spool failed") && !stream.contains("edit_multitrack"), "{stream}");
    assert_eq!((user.draft(), fs::read_dir(&session).unwrap().count()), before, "no change, no file left");
    assert_eq!(backend.ledger(&user.token).charged(), 50, "only what was done");
}

#[test]
fn servers_on_one_folder_find_each_other_s_sessions() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (keeping(folder.path()), keeping(folder.path()));
    let user = User::with_draft(&one);
    let there = user.back(&two);
    assert_eq!(there.draft(), user.draft());
    two.space(&user.token).unwrap().forget_session(&user.session);
    assert_eq!(user.upload("clip.mp4", b"clip").send().error().1, 1002, "what another let go is gone");
    assert_eq!(user.state().send().error().1, 1002);
    assert_eq!(fs::read_dir(folder.path().join("sessions")).unwrap().count(), 0);
}

#[test]
fn servers_that_write_one_session_at_once_do_not_damage_it() {
    let folder = tempfile::tempdir().unwrap();
    let servers = [keeping(folder.path()), keeping(folder.path())];
    let user = User::of(&servers[0]);
    std::thread::scope(|scope| {
        for (number, server) in servers.iter().enumerate() {
            let user = user.back(server);
            scope.spawn(move || {
                for turn in 0..20 {
                    server.reply(AgentReply::new().draft(json!({"d": turn, "by": number, "t": []})));
                    user.chat("go").send();
                    assert_eq!(user.draft()["by"], number);
                }
            });
        }
    });
    let draft = user.back(&keeping(folder.path())).draft();
    assert_eq!(draft["d"], 19, "one of the last two: {draft}");
}
