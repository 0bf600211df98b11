//! Arguments, help, and streams that are closed.

use std::io::pipe;

use crate::desk::{Desk, keys};
use crate::refusal::refused;

#[test]
fn wrong_arguments_are_told_in_two_lines() {
    let desk = Desk::new();
    for (args, words) in [
        (&["formt", "clip.mp4"][..], &["formt", "format"][..]),
        (&["format"], &["<IN>"]),
        (&["format", "--loud", "clip.mp4"], &["--loud"]),
        (&["format", "clip.mp4", "--local", "--cloud"], &["--local", "--cloud"]),
        (&["serve", "--port", "70000"], &["70000", "--port"]),
        (&["say"], &["<TEXT>"]),
    ] {
        refused(&desk, args, 2, "usage").is_final().says(words).says(&["--help"]);
    }
}

#[test]
fn no_arguments_at_all_show_the_help() {
    let desk = Desk::new();
    let ran = desk.run(&[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("Usage: weixin-video"), "{ran:#?}");
    assert_eq!(desk.run(&["--json"]).json()["error"]["code"], "usage");
}

#[test]
fn help_and_version_are_no_errors() {
    let desk = Desk::new();
    let version = desk.done(&["--version"]);
    assert_eq!((version.stdout.as_str(), version.stderr.as_str()), ("weixin-video 0.0.0\n", ""));
    let commands = [
        "format", "say", "upload", "state", "credits", "export", "jobs", "resume", "cancel", "forget", "serve",
        "doctor",
    ];
    let help = desk.done(&["--help"]).stdout;
    for command in commands {
        assert!(help.contains(&format!("\n  {command} ")), "{help}");
        assert!(desk.done(&[command, "--help"]).stdout.contains(&format!("weixin-video {command}")));
    }
    assert!(desk.home().read_dir().unwrap().next().is_none(), "nothing is kept for that");
}

#[test]
fn doctor_looks_at_everything_and_keeps_nothing() {
    let desk = Desk::new();
    let text = desk.run(&["doctor"]);
    for what in ["ffmpeg", "H.264 encoder", "AAC encoder", "backend: local", "token: none yet", "client id", "host"] {
        assert!(text.stdout.contains(what), "{what}: {text:#?}");
    }
    let json = desk.run(&["doctor", "--json"]);
    assert_eq!(json.code, text.code);
    let object = json.json();
    assert_eq!(object["data"]["healthy"], object["ok"]);
    for check in object["data"]["checks"].as_array().unwrap() {
        assert_eq!(keys(check), ["check", "detail", "ok"]);
    }
    assert!(desk.home().read_dir().unwrap().next().is_none());
}

#[test]
fn a_reader_that_has_gone_is_no_reason_to_panic() {
    let desk = Desk::new();
    let closed = || {
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        writer
    };
    let commands = [(0, &["--help"][..]), (0, &["doctor", "--json"]), (3, &["format", "nowhere.mp4", "--json"])];
    for (code, args) in commands {
        let mut command = desk.command(args);
        let child = command.stdout(closed()).spawn().unwrap().wait_with_output().unwrap();
        assert_eq!(child.status.code(), Some(code), "{args:?}: {child:?}");
        assert_eq!(String::from_utf8(child.stderr).unwrap(), "", "{args:?}");
    }
    let mut deaf = desk.command(&["format", "nowhere.mp4"]);
    let status = deaf.stdout(closed()).stderr(closed()).spawn().unwrap().wait().unwrap();
    assert_eq!(status.code(), Some(3));
}
