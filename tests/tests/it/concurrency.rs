//! Many at once, and ended half-way.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use weixin_video_core::config::Config;
use weixin_video_core::error::Charged;
use weixin_video_core::event::{Event, Silent};
use weixin_video_core::files::Output;
use weixin_video_fake_backend::{FakeBackend, Fault, Route};

use crate::adapter::{Asynchronous, Blocking};
use crate::world::{WORDS, anonymous};

const MANY: usize = 24;

fn count(backend: &FakeBackend, route: Route) -> usize {
    backend.journal().iter().filter(|exchange| exchange.route == route).count()
}

fn config(backend: &FakeBackend) -> Config {
    Config::new(&backend.url()).expect("an origin")
}

#[test]
fn threads_that_start_together_share_one_token() {
    let backend = FakeBackend::start().expect("a server");
    backend.fault(Fault::on(Route::AnonymousToken).delay(Duration::from_millis(50)));
    let Blocking(client) = Blocking::new(config(&backend), anonymous());
    std::thread::scope(|scope| {
        for _ in 0..MANY {
            let client = client.clone();
            scope.spawn(move || client.credits(&mut Silent).expect("a balance"));
        }
    });
    assert_eq!((count(&backend, Route::AnonymousToken), count(&backend, Route::Credits)), (1, MANY));
    backend.finish();
}

#[test]
fn futures_that_start_together_share_one_token() {
    let backend = FakeBackend::start().expect("a server");
    backend.fault(Fault::on(Route::AnonymousToken).delay(Duration::from_millis(50)));
    let Asynchronous { client, runtime } = Asynchronous::new(config(&backend), anonymous());
    let balances = runtime.block_on(join_all((0..MANY).map(|_| {
        let client = client.clone();
        async move { client.credits(&mut Silent).await }
    })));
    assert!(balances.iter().all(Result::is_ok));
    assert_eq!((count(&backend, Route::AnonymousToken), count(&backend, Route::Credits)), (1, MANY));
    backend.finish();
}

#[test]
fn when_the_first_fails_the_next_one_asks() {
    let backend = FakeBackend::start().expect("a server");
    backend.fault(Fault::on(Route::AnonymousToken).json(403, &serde_json::json!({"code": 403})));
    let Blocking(client) = Blocking::new(config(&backend), anonymous());
    assert!(client.credits(&mut Silent).is_err());
    assert!(client.credits(&mut Silent).is_ok());
    backend.finish();
}

/// A server whose downloads stall half-way, and a clip.
fn stalling() -> (FakeBackend, tempfile::TempDir) {
    let backend = FakeBackend::start().expect("a server");
    backend.fault(Fault::on(Route::Cdn).stall_at_byte(1000, None));
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("clip.mp4"), b"\0\0\0\x18ftypmp42\0\0\0\0").expect("written");
    (backend, folder)
}

fn names(folder: &tempfile::TempDir) -> Vec<String> {
    let entries = std::fs::read_dir(folder.path()).expect("a folder");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

fn is_download(event: &Event) -> bool {
    matches!(event, Event::Moved { direction: weixin_video_core::event::Direction::Down, .. })
}

#[test]
fn a_stopped_job_ends_with_what_it_cost_and_leaves_nothing() {
    let (backend, folder) = stalling();
    let client = weixin_video_blocking::Client::new(config(&backend), anonymous()).expect("a client");
    let stopper = client.clone();
    let mut observer = move |event: Event| {
        if is_download(&event) {
            stopper.stop();
        }
    };
    let output = Output::new(folder.path().join("out.mp4"));
    let error = client.format(&folder.path().join("clip.mp4"), WORDS, &output, &mut observer);
    let error = error.expect_err("stopped");
    assert!(client.is_stopped());
    assert_eq!(error.charged(), Charged::Yes);
    assert!(error.render().is_some(), "{error}");
    assert_eq!(names(&folder), ["clip.mp4"]);
    assert_eq!(count(&backend, Route::Cdn), 1, "nothing was sent after the stop");
}

#[test]
fn a_dropped_future_leaves_nothing() {
    let (backend, folder) = stalling();
    let client = weixin_video_async::Client::new(config(&backend), anonymous()).expect("a client");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (clip, output) = (folder.path().join("clip.mp4"), Output::new(folder.path().join("out.mp4")));
    runtime.block_on(async {
        let downloading = Arc::new(tokio::sync::Notify::new());
        let notify = downloading.clone();
        let mut observer = move |event: Event| {
            if is_download(&event) {
                notify.notify_one();
            }
        };
        let job = std::pin::pin!(client.format(&clip, WORDS, &output, &mut observer));
        let stalled = std::pin::pin!(downloading.notified());
        futures_util::future::select(job, stalled).await;
    });
    drop(runtime);
    assert_eq!(names(&folder), ["clip.mp4"]);
}

#[test]
fn operations_can_be_spawned() {
    fn spawned<T: Send>(_: &T) {}
    let client = weixin_video_async::Client::new(Config::new("https://api.example").expect("an origin"), anonymous());
    let client = client.expect("a client");
    let (output, mut observer) = (Output::new("out.mp4"), Silent);
    spawned(&client.format(std::path::Path::new("in.mp4"), WORDS, &output, &mut observer));
    spawned(&weixin_video_blocking::Client::new(Config::new("https://api.example").expect("an origin"), anonymous()));
}
