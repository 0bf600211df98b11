//! Sessions that outlive the server.

use crate::http::ask;
use crate::user::{CLIENT, User, anonymous, keeping, split};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tempfile::TempDir;
use weixin_video_fake_backend::{FakeBackend, Fault, Route, Scope};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// A user with an upload and a draft whose server is gone.
fn gone(folder: &Path) -> User {
    User::with_draft(&keeping(folder))
}

fn session_folder(folder: &Path, user: &User) -> PathBuf {
    folder.join("sessions").join(&user.session)
}

fn used_ago(path: &Path, ago: Duration) {
    let file = fs::File::options().append(true).open(path).expect("it is there");
    file.set_modified(SystemTime::now() - ago).expect("a time");
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    entries.map(|name| name.into_string().expect("UTF-8")).collect()
}

/// What a state says that doesn't depend on the server's port.
fn told(user: &User) -> (Value, Value, Value) {
    let mut data = user.state().send().data();
    let mut infos = data["state"]["video_infos"].take();
    infos.as_array_mut().expect("a list").iter_mut().for_each(|info| drop(info["cdn_url"].take()));
    (infos, data["state"]["draft"].take(), data["task_id"].take())
}

#[test]
fn the_next_server_goes_on_where_the_last_one_ended() {
    let folder = folder();
    let first = keeping(folder.path());
    let user = User::of(&first);
    user.upload("早安.mp4", b"first clip").send().data();
    user.chat("format this for WeChat").send();
    let before = told(&user);
    first.shutdown();

    let second = keeping(folder.path());
    let user = user.back(&second);
    assert_eq!(told(&user), before);
    assert_eq!(before.0[0]["filename"], "早安.mp4");
    assert_eq!(user.credits().send().data()["available"], 50, "the edit was paid for");
    let (cdn, path) = split(user.state().send().data()["state"]["video_infos"][0]["cdn_url"].as_str().unwrap());
    assert_eq!((cdn.as_str(), &ask(&cdn, "GET", &path).send().body[..]), (&*second.cdn_url(), &b"first clip"[..]));
    assert_eq!(user.render("render_1").json()["status"], "completed");
    user.upload("two.mp4", b"second clip").send().data();
    second.finish();

    let third = keeping(folder.path());
    let (infos, draft, _) = told(&user.back(&third));
    assert_eq!((infos.as_array().unwrap().len(), draft), (2, before.1));
    assert_eq!(third.space(&user.token).expect("its token").sessions(), [user.session]);
}

#[test]
fn a_client_comes_back_to_its_space_and_to_no_other() {
    let folder = folder();
    let user = gone(folder.path());
    let backend = FakeBackend::builder().unjudged().local().keep_in(folder.path()).start().unwrap();
    let again = anonymous(&backend, CLIENT).send().data();
    assert_eq!(again["credits"], 50);
    let other = User::named(&backend, "somebody else");
    assert_eq!(other.credits().send().data()["available"], 100);
    let stranger = User { token: other.token, ..user.back(&backend) };
    assert_eq!(stranger.state().send().error().1, 1002);
    assert_eq!(stranger.chat("format this").send().error().1, 1002);
    assert_eq!(stranger.upload("a.mp4", b"a").send().error().1, 1002);
    assert!(user.back(&backend).state().send().status == 200, "the old token holds beside the new one");
}

#[test]
fn rules_and_rights_of_tokens_outlive_the_server() {
    let folder = folder();
    let user = gone(folder.path());
    let reader = keeping(folder.path()).token(&[Scope::Read]);
    let backend = keeping(folder.path());
    assert_eq!(anonymous(&backend, CLIENT).send().status, 429, "one token a client");
    assert_eq!(ask(&backend.url(), "GET", "/api/credits/balance/simple").token(&reader).send().status, 200);
    assert_eq!(User { token: reader, ..user.back(&backend) }.open().send().status, 403);
    backend.space(&user.token).unwrap().expire_token();
    backend.shutdown();
    let backend = keeping(folder.path());
    assert_eq!(user.back(&backend).state().send().error().1, 1001);
    let token = anonymous(&backend, CLIENT).send().data()["token"].as_str().unwrap().to_owned();
    assert_eq!(User { token, ..user.back(&backend) }.state().send().status, 200);
}

#[test]
fn a_damaged_session_is_as_good_as_none() {
    let folder = folder();
    let user = gone(folder.path());
    let file = session_folder(folder.path(), &user).join("session.json");
    let sound: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let changed = |pointer: &str, value: Value| {
        let mut changed = sound.clone();
        *changed.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value;
        changed.to_string().into_bytes()
    };
    let text = sound.to_string();
    for damaged in [
        Vec::new(),
        b"null".to_vec(),
        b"[".repeat(100_000),
        vec![0xff; 100],
        text.as_bytes()[..text.len() / 2].to_vec(),
        changed("/format", json!(2)),
        changed("/space", json!("c-00")),
        changed("/uploads/0/key", json!("u/../../../../etc/passwd")),
        changed("/uploads/0/key", json!("session.json")),
        changed("/uploads/0/name", json!("../x.mp4")),
        changed("/uploads/0/bytes", json!(5_000)),
        changed("/uploads", json!(7)),
    ] {
        fs::write(&file, &damaged).unwrap();
        let backend = keeping(folder.path());
        let user = user.back(&backend);
        assert_eq!(user.state().send().error().1, 1002, "{}", String::from_utf8_lossy(&damaged));
        assert_eq!(user.open().send().status, 200, "and a new session can be had");
    }
    fs::write(&file, text).unwrap();
    assert_eq!(user.back(&keeping(folder.path())).state().send().status, 200, "the sound one is found");
}

#[test]
fn what_is_foreign_is_left_alone() {
    let folder = folder();
    let user = gone(folder.path());
    for (path, text) in [
        ("notes.txt", "mine"),
        ("sessions/notes.txt", "mine"),
        ("sessions/7/session.json", "{}"),
        ("sessions/7000000000000000001", "mine"),
        ("spaces/odd name!.json", "{}"),
        ("spaces/c-00.json", "{\"format\":1"),
        ("spaces/u-x.json", "{\"format\":1,\"user_id\":\"y\",\"available\":1,\"frozen\":0,\"tokens\":[]}"),
    ] {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        used_ago(&path, 30 * DAY);
    }
    fs::create_dir(folder.path().join("spaces/c-01.json")).unwrap();
    let backend = keeping(folder.path());
    assert_eq!(user.back(&backend).state().send().status, 200);
    let unknown = User { token: "nmv_usr_unknown".to_owned(), ..user.back(&backend) };
    assert_eq!(unknown.state().send().error().1, 1001);
    for path in [
        "notes.txt",
        "sessions/notes.txt",
        "sessions/7/session.json",
        "spaces/odd name!.json",
        "sessions/7000000000000000001",
    ] {
        assert!(folder.path().join(path).exists(), "{path}");
    }
}

#[test]
fn an_id_is_not_a_way_out_of_the_folder() {
    let folder = folder();
    let user = gone(folder.path());
    let outside = folder.path().join("outside");
    fs::rename(session_folder(folder.path(), &user), &outside).unwrap();
    let backend = keeping(folder.path());
    for id in ["..%2Foutside", "%2e%2e%2foutside", "../outside", "..", "%00", &"7".repeat(400)] {
        let path = format!("/api/state/nemo_agent/me/{id}/latest");
        let answer = user.back(&backend).ask("GET", &path).send();
        assert_eq!(answer.status, 404, "{id}");
    }
    assert_eq!(backend.journal().len(), 6);
}

#[test]
fn a_session_unused_for_a_week_goes_with_its_files() {
    let folder = folder();
    let (old, used) = (gone(folder.path()), {
        let backend = keeping(folder.path());
        User::named(&backend, "another")
    });
    let file = |user: &User| session_folder(folder.path(), user).join("session.json");
    used_ago(&file(&old), 8 * DAY);
    used_ago(&file(&used), 6 * DAY);
    let spool = folder.path().join("weixin-video-killed");
    fs::create_dir(&spool).unwrap();
    fs::File::open(&spool).unwrap().set_modified(SystemTime::now() - 2 * DAY).unwrap();

    let backend = keeping(folder.path());
    assert_eq!(names(&folder.path().join("sessions")), std::slice::from_ref(&used.session));
    assert!(!spool.exists(), "the spool of a server that was killed goes too");
    assert_eq!(old.back(&backend).state().send().error().1, 1002);
    assert_eq!(used.back(&backend).state().send().status, 200);
    let age = fs::metadata(file(&used)).unwrap().modified().unwrap().elapsed().unwrap();
    assert!(age < DAY, "to ask for it was to use it");
}

#[test]
fn the_oldest_of_more_than_a_hundred_goes() {
    let folder = folder();
    let backend = keeping(folder.path());
    let oldest = User::of(&backend);
    oldest.upload("clip.mp4", b"clip").send().data();
    used_ago(&session_folder(folder.path(), &oldest).join("session.json"), DAY);
    for _ in 0..100 {
        oldest.open().send().data();
    }
    assert_eq!(oldest.state().send().error().1, 1002, "in memory and on disk");
    assert_eq!(names(&folder.path().join("sessions")).len(), 100);
}

#[test]
fn a_forgotten_session_stays_forgotten() {
    let folder = folder();
    let user = gone(folder.path());
    let backend = keeping(folder.path());
    backend.space(&user.token).unwrap().forget_session(&user.session);
    assert_eq!(user.back(&backend).state().send().error().1, 1002);
    assert!(!session_folder(folder.path(), &user).exists());
    assert_eq!(user.back(&keeping(folder.path())).state().send().error().1, 1002);
}

#[test]
fn what_a_test_sets_is_kept_too() {
    let folder = folder();
    let user = gone(folder.path());
    let (draft, first) = (json!({"d": 1, "t": []}), keeping(folder.path()));
    first.space(&user.token).unwrap().set_credits(7, 3);
    first.space(&user.token).unwrap().set_draft(&user.session, draft.clone());
    first.shutdown();
    let second = keeping(folder.path());
    let space = second.space(&user.token).unwrap();
    assert_eq!((space.ledger().available, space.ledger().frozen), (7, 3));
    assert_eq!(space.draft(&user.session), Some(draft));
}

#[cfg(unix)]
#[test]
fn the_folder_is_for_this_user_alone_and_no_token_is_in_a_name() {
    use std::os::unix::fs::PermissionsExt;
    fn walk(path: &Path, user: &User) {
        let mode = fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let upload = path.file_name().unwrap().to_string_lossy().starts_with("u-");
        assert!(mode & 0o077 == 0 || upload || path.is_dir(), "{}: {mode:o}", path.display());
        assert!(!path.to_string_lossy().contains(&user.token));
        if path.is_dir() {
            names(path).iter().for_each(|name| walk(&path.join(name), user));
        }
    }
    let folder = folder();
    let kept = folder.path().join("a/kept");
    walk(&kept.clone(), &gone(&kept));
    assert_eq!(fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn an_answer_that_is_lost_is_work_that_is_kept() {
    let folder = folder();
    let backend = keeping(folder.path());
    let user = User::of(&backend);
    backend.fault(Fault::on(Route::Upload).after_commit().drop_connection());
    assert!(user.upload("clip.mp4", b"clip").try_send().is_none());
    backend.finish();
    let (infos, _, _) = told(&user.back(&keeping(folder.path())));
    assert_eq!(infos[0]["filename"], "clip.mp4");
}
