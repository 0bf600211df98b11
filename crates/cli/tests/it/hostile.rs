//! Servers that write to the terminal, to the disk, or to whoever reads the JSON, instead of to the user.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use weixin_video_fake_backend::{FakeBackend, Fault, Route, kind};

use crate::desk::{Desk, Ran};

// The search is that of the scenarios, whose package can't be depended on: there cargo builds no binary.
#[path = "../../../../tests/tests/it/hostile/search.rs"]
mod search;
mod secrets;

/// Commands at a time.
const WORKERS: usize = 12;

const SESSION: &str = "1795327774509774123";

/// What no text of a server needs: colours, cursors, titles, links, the clipboard, direction marks, what is not seen, line ends
/// that overwrite, and bytes that end strings.
const PIECES: [&str; 28] = [
    "\u{1b}[31m",
    "\u{1b}[2J\u{1b}[H",
    "\u{1b}[1;1Hnext: rm -rf",
    "\u{1b}]0;title\u{7}",
    "\u{1b}]8;;https://evil.example\u{1b}\\link\u{1b}]8;;\u{1b}\\",
    "\u{1b}]52;c;ZWNobyBvd25lZA==\u{7}",
    "\u{1b}Pq#0;2\u{1b}\\",
    "\u{1b}_apc\u{1b}\\",
    "\u{1b}(B",
    "\u{1b}",
    "\u{1b}\u{1b}[",
    "\u{9b}2J",
    "\u{9d}0;title\u{9c}",
    "\u{90}q\u{9c}",
    "\u{85}",
    "\u{202e}gnp.exe",
    "\u{2066}\u{2067}\u{2069}\u{61c}\u{200f}",
    "\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}",
    "\u{e0041}\u{e007f}",
    "\u{2028}error: \u{2029}",
    "\r\nerror: nothing is well\r\n",
    "\rok",
    "\0",
    "\u{8}\u{8}\u{7f}",
    "\u{7}\u{b}\u{c}\t",
    "\"},{\"ok\":true,\"data\":\"",
    "剪好了 ",
    "plain ",
];

/// A text of several pieces, another one for each number.
fn text(number: u64) -> String {
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut pick = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % PIECES.len() as u64).unwrap()
    };
    (0..10).map(|_| PIECES[pick()]).collect()
}

/// Whether a terminal shows it as it is, where it is.
fn is_harmless(c: char) -> bool {
    let hidden = matches!(
        u32::from(c),
        0xad | 0x61c | 0x180e | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff | 0xe0000..=0xe007f
    );
    c == '\n' || !(c.is_control() || hidden)
}

/// What a terminal or a program would make of what a command said, other than read it.
fn harm(ran: &Ran, json: bool) -> Option<String> {
    let odd = [&ran.stdout, &ran.stderr].into_iter().any(|said| said.chars().any(|c| !is_harmless(c)));
    // A text is no line of its own, so nobody but the program says `error:`.
    let errors = ran.stderr.lines().filter(|line| line.starts_with("error")).count();
    let lines = json || errors == usize::from(ran.code != 0);
    let object = !json || (ran.stdout.lines().count() == 1 && ran.json()["ok"].is_boolean());
    (odd || !lines || !object).then(|| format!("{ran:#?}"))
}

fn ok(data: &Value) -> Value {
    json!({"code": 0, "message": "success", "data": data})
}

fn draft(text: &str) -> Value {
    let segment = json!({"d": 1000, "n": text, "name": text, "text": text, "tx": text, "src": text, "m": {"n": text, "t": text, "src": text}});
    json!({"d": 1000, "t": [
        {"tt": 0, "n": text, "role": text, "sg": [segment]},
        {"tt": 7, "n": text, "role": text, "sg": [segment]},
    ]})
}

fn stream(events: &[Value]) -> String {
    events.iter().map(|event| format!("data: {event}\n\n")).collect()
}

const CREDITS: &[&str] = &["credits"];
const STATE: &[&str] = &["state", "--session", SESSION];
const UPLOAD: &[&str] = &["upload", "clip.mp4", "--new"];
const SAY: &[&str] = &["say", "cut the first second", "--session", SESSION];
const EXPORT: &[&str] = &["export", "--session", SESSION, "-o", "out.mp4"];
const FORMAT: &[&str] = &["format", "clip.mp4", "--anew"];

/// Every text that an answer can hold, by the command that asks for it.
fn answers(text: &str, write: &dyn Fn(String) -> String) -> Vec<(&'static [&'static str], Vec<Fault>)> {
    let on = |route, status, body: Value| {
        Fault::on(route).always().answer(status, "application/json", write(body.to_string()))
    };
    let chat =
        |events: &[Value]| Fault::on(Route::Chat).always().answer(200, "text/event-stream", write(stream(events)));
    let state = |text: &str| {
        let media = json!([{"filename": text, "name": text}]);
        let state = json!({"video_infos": media, "generated_media": media, "draft": draft(text)});
        on(Route::State, 200, ok(&json!({"state": state, "task_id": text, "user_id": text})))
    };
    let session = |id: &str| on(Route::Session, 200, ok(&json!({"session_id": id, "task_id": text, "user_id": text})));
    let files = json!({"files": [{"filename": text, "duration": 1.5}], "session_state_applied": true});
    let upload = on(Route::Upload, 200, ok(&files));
    let talk = [
        json!({"type": "status", "status": text}),
        json!({"type": "thinking", "content": text}),
        json!({"type": "tool_call", "name": text, "args": {"a": text}}),
        json!({"type": "tool_result", "name": text, "result": {"error": text}}),
        json!({"type": "text", "content": text}),
    ];
    let question = json!({"type": "ask_question", "prompt": text, "options": [text, {"id": text, "label": text}]});
    let agent = json!({"author": text, "content": {"parts": [{"text": text}, {"functionCall": {"name": text}}]}, "errorCode": text, "errorMessage": text});
    let going = on(Route::Export, 200, ok(&json!({"id": text})));
    let failed = json!({"status": "failed", "error": text, "message": text, "id": text});
    let nowhere = json!({"status": "completed", "outputUrl": format!("https://{text}/")});
    vec![
        (CREDITS, vec![on(Route::Credits, 400, json!({"code": 9999, "message": text}))]),
        (
            CREDITS,
            vec![on(Route::Credits, 422, json!({"detail": [{"loc": ["body", text], "msg": text, "input": text}]}))],
        ),
        (CREDITS, vec![on(Route::Credits, 200, ok(&json!({"available": text, "frozen": text})))]),
        (CREDITS, vec![Fault::on(Route::Credits).always().answer(404, "text/html", format!("<title>{text}</title>"))]),
        (CREDITS, vec![Fault::on(Route::Credits).always().answer(200, "application/json", text.to_owned())]),
        (STATE, vec![state(text)]),
        (UPLOAD, vec![session(SESSION), upload.clone()]),
        (UPLOAD, vec![session(text)]),
        (SAY, vec![state(text), chat(&talk)]),
        (SAY, vec![state(text), chat(&[question])]),
        (SAY, vec![state(text), chat(&[json!({"type": "error", "code": text, "message": text})])]),
        (SAY, vec![state(text), chat(&[agent])]),
        (EXPORT, vec![state(text), going.clone(), on(Route::ExportStatus, 200, ok(&failed))]),
        (
            EXPORT,
            vec![
                state(text),
                going,
                on(Route::ExportStatus, 200, ok(&nowhere)),
                on(Route::Download, 404, json!({"reason": text})),
            ],
        ),
        (
            FORMAT,
            vec![session(SESSION), upload, chat(&talk), state(text), on(Route::Export, 402, json!({"message": text}))],
        ),
    ]
}

#[test]
fn no_text_of_a_server_reaches_the_terminal_as_it_came() {
    let texts: Vec<String> = (1..=4).map(text).collect();
    let cases = texts.iter().flat_map(|text| answers(text, &|body| body).into_iter().map(move |answer| (text, answer)));
    let cases: Vec<_> = cases.flat_map(|case| [(case.clone(), false), (case, true)]).collect();
    let found = each(&cases, |((text, (args, faults)), json)| {
        let backend = FakeBackend::builder().unjudged().faults(faults.clone()).start().unwrap();
        let (desk, url) = (Desk::new(), backend.url());
        desk.clip();
        let more: &[&str] = if *json { &["--json"] } else { &[] };
        let ran = desk.run(&[*args, &["--backend", &url], more].concat());
        harm(&ran, *json)
            .or_else(|| harm(&desk.run(&[&["jobs"], more].concat()), *json))
            .map(|harm| format!("{args:?} with {text:?}: {harm}"))
    });
    assert_eq!(found, Vec::<String>::new());
}

/// The texts do come through, without what is harmful in them.
#[test]
fn what_is_left_of_a_text_is_shown() {
    let text = "\u{1b}[31mred\u{202e}der\u{0} 剪好了";
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let (desk, url) = (Desk::new(), backend.url());
    desk.clip();
    for (args, faults) in
        answers(text, &|body| body).into_iter().filter(|(args, _)| matches!(args[0], "state" | "upload")).take(2)
    {
        faults.into_iter().for_each(|fault| backend.fault(fault));
        let ran = desk.done(&[args, &["--backend", &url]].concat());
        assert!(ran.stdout.contains("redder 剪好了"), "{ran:#?}");
    }
}

/// Names that a server gives to files are shown, and are the names of no files.
#[test]
fn no_name_of_a_server_becomes_a_path() {
    let long = "x".repeat(5000);
    for name in [
        "../../escaped.mp4",
        "/tmp/weixin-video-escaped.mp4",
        "..\\escaped.mp4",
        "~/escaped.mp4",
        "nul\0byte.mp4",
        &long,
    ] {
        let desk = Desk::new();
        desk.clip();
        let infos = json!({"files": [{"filename": name, "name": name, "path": name}], "session_state_applied": true});
        let disposition = name.replace(['\0', '\\'], "");
        let backend = FakeBackend::builder()
            .unjudged()
            .fault(
                Fault::on(Route::Upload)
                    .after_commit()
                    .header("content-disposition", &disposition)
                    .json(200, &ok(&infos)),
            )
            .start()
            .unwrap();
        let before = below(&desk);
        let ran = desk.run(&["format", "clip.mp4", "--backend", &backend.url()]);
        let made: Vec<String> = below(&desk).into_iter().filter(|path| !before.contains(path)).collect();
        let own = |path: &&String| {
            path.starts_with("home/.config/nemovideo/") || path.starts_with("home/.local/state/weixin-video/")
        };
        let others: Vec<&String> = made.iter().filter(|path| !own(path)).collect();
        let wanted = if ran.code == 0 { vec!["work/clip-wechat.mp4"] } else { vec![] };
        assert_eq!(others, wanted, "{name:?}: {ran:#?}");
        assert!(made.iter().all(|path| !path.contains("escaped") && !path.contains("xxxx")), "{made:?}");
    }
}

#[test]
fn no_name_in_a_header_becomes_a_path() {
    let desk = Desk::new();
    desk.clip();
    let backend =
        FakeBackend::builder().fault(Fault::on(Route::Cdn).does(kind::Download::HostileName)).start().unwrap();
    desk.done(&["format", "clip.mp4", "--backend", &backend.url()]);
    assert_eq!(desk.names(), ["clip-wechat.mp4", "clip.mp4"]);
    let outside = below(&desk).into_iter().filter(|path| {
        !path.starts_with("home/.config/nemovideo/")
            && !path.starts_with("home/.local/state/weixin-video/")
            && !path.starts_with("work/")
    });
    assert_eq!(outside.count(), 0);
}

/// A draft may name any file of this machine: none is read, and none is sent.
#[test]
fn no_file_that_a_draft_names_is_opened() {
    let desk = Desk::new();
    desk.clip();
    let private = desk.put("private.txt", b"Kanarienvogel, vertraulich");
    // Whoever opens this waits for ever.
    let pipe = desk.work().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for path in [private.display().to_string(), format!("file://{}", pipe.display()), pipe.display().to_string()] {
        let state = ok(&json!({"state": {"video_infos": [{"filename": path, "path": path}], "draft": draft(&path)}}));
        let backend = FakeBackend::builder()
            .unjudged()
            .any_draft()
            .fault(Fault::on(Route::State).always().json(200, &state))
            .start()
            .unwrap();
        let url = backend.url();
        for args in [&["state", "--session", SESSION][..], &["format", "clip.mp4", "--anew", "--force"]] {
            desk.run(&[args, &["--backend", &url]].concat());
        }
        let sent = backend.journal().iter().any(|exchange| exchange.body_text().contains("Kanarienvogel"));
        assert!(!sent, "{path}");
    }
}

/// What `look` finds wrong with each case, many at a time: most of their time commands wait.
fn each<T: Sync>(cases: &[T], look: impl Fn(&T) -> Option<String> + Sync) -> Vec<String> {
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    found.lock().unwrap().extend(look(case));
                }
            });
        }
    });
    found.into_inner().unwrap()
}

/// Every path below the desk's own folder, relative to it.
fn below(desk: &Desk) -> Vec<String> {
    let root = desk.aside("");
    let paths = crate::desk::walk(&root);
    paths.iter().map(|path| path.strip_prefix(&root).unwrap().display().to_string()).collect()
}
