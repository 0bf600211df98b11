//! The three examples as programs, against the fake backend. `cargo test --workspace` has built them by now.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use weixin_video_fake_backend::{CANNED_MP4, FakeBackend, Route};

#[test]
fn the_script_formats_one_clip() {
    let (backend, folder) = (backend(), tempfile::tempdir().expect("a folder"));
    let (clip, output) = (clip(folder.path(), "clip.mov"), folder.path().join("out.mp4"));
    let ran = run("format", &backend, &[&clip, &output]);
    assert!(ran.status.success(), "{ran:?}");
    assert_eq!(fs::read(&output).expect("a video"), CANNED_MP4);
    assert!(String::from_utf8_lossy(&ran.stdout).contains("Timeline (1 track)"), "{ran:?}");
    assert_eq!(charged(&backend), 1);
}

#[test]
fn the_script_says_what_went_wrong_and_what_to_do() {
    let (backend, folder) = (backend(), tempfile::tempdir().expect("a folder"));
    let ran = run("format", &backend, &[&folder.path().join("none.mp4"), &folder.path().join("out.mp4")]);
    assert!(!ran.status.success());
    assert!(String::from_utf8_lossy(&ran.stderr).contains("Check the path of the file."), "{ran:?}");
    assert_eq!(charged(&backend), 0);
}

#[test]
fn the_service_formats_a_folder_of_clips_at_once() {
    let (backend, folder) = (backend(), tempfile::tempdir().expect("a folder"));
    let (clips, out) = (folder.path().join("clips"), folder.path().join("out"));
    fs::create_dir(&clips).expect("a folder");
    for at in 0..6 {
        clip(&clips, &format!("{at}.mp4"));
    }
    clip(&clips, "notes.txt");
    let ran = run("service", &backend, &[&clips, &out]);
    assert!(!ran.status.success(), "one of seven is no clip: {ran:?}");
    for at in 0..6 {
        assert_eq!(fs::read(out.join(format!("{at}.mp4.wechat.mp4"))).expect("a video"), CANNED_MP4);
    }
    assert_eq!(charged(&backend), 6);
}

#[test]
fn the_test_for_your_own_program_passes() {
    let ran = Command::new(example("offline_test")).output().expect("it starts");
    assert!(ran.status.success(), "{ran:?}");
}

/// Enough credits for every clip of a test.
fn backend() -> FakeBackend {
    FakeBackend::builder().credits(10_000).start().expect("a backend")
}

fn clip(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, CANNED_MP4).expect("written");
    path
}

fn charged(backend: &FakeBackend) -> usize {
    backend.journal().iter().filter(|exchange| exchange.route == Route::Chat).count()
}

fn run(name: &str, backend: &FakeBackend, arguments: &[&Path]) -> Output {
    let mut command = Command::new(example(name));
    command.env_clear().env("NEMO_API_URL", backend.url()).args(arguments);
    command.output().expect("it starts")
}

/// Beside this very test: `target/PROFILE/deps/it-…` and `target/PROFILE/examples/NAME`.
fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own file");
    let profile = test.parent().and_then(Path::parent).expect("cargo puts a test into PROFILE/deps");
    let example = profile.join("examples").join(name).with_extension(std::env::consts::EXE_EXTENSION);
    assert!(example.is_file(), "{name} is not built; run `cargo test --workspace`");
    example
}
