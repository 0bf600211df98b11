//! The agent that does real work, its ways of talking, and the file that comes of it. Needs ffmpeg.

use crate::http::ask;
use crate::studio::{clip, ended};
use crate::user::{User, split};
use serde_json::{Value, json};
use std::sync::Arc;
use weixin_video_fake_backend::{Builder, Dialect, FakeBackend, SilentEnding, Workshop};
use weixin_video_studio::{Context, EditOp, Interpreter, Reading, Tools, probe};

/// Reads messages that are operations already, so that nothing here depends on what words mean.
struct Verbatim;

impl Interpreter for Verbatim {
    fn interpret(&self, text: &str, _context: &Context) -> Reading {
        Reading::Edits(serde_json::from_str::<Vec<EditOp>>(text).expect("operations"))
    }
}

fn tools() -> Tools {
    let tools = Tools::find();
    tools.ffmpeg().expect("these tests need ffmpeg: sudo apt-get install ffmpeg");
    tools
}

fn builder() -> Builder {
    let mut workshop = Workshop::new(tools());
    workshop.interpreter = Arc::new(Verbatim);
    FakeBackend::builder().unjudged().workshop(workshop)
}

fn say(user: &User, ops: &Value) -> String {
    user.chat(&ops.to_string()).send().text()
}

fn lengths(draft: &Value) -> Vec<&Value> {
    draft["t"][0]["sg"].as_array().expect("segments").iter().map(|segment| &segment["d"]).collect()
}

#[test]
fn edits_stand_in_the_draft_and_in_the_file() {
    let backend = builder().start().expect("a server that works");
    let user = User::of(&backend);
    user.upload("one.mp4", &clip("agent1.mp4", "4")).send().data();
    user.upload("tune.wav", &clip("agent1.wav", "1")).send().data();
    let told = say(
        &user,
        &json!([
            {"op": "remove", "from": 0, "to": 1000},
            {"op": "text", "role": "title", "text": "早安 100% {\\N}", "start": 0, "dur": 1000},
            {"op": "bgm", "volume": 0.35},
            {"op": "canvas", "ratio": "9:16"},
        ]),
    );
    assert_eq!(told.matches("\"type\":\"tool_call\"").count(), 4, "{told}");
    assert!(told.contains("Removed: 0-1 s; the video is now 3 s"), "{told}");
    let draft = user.draft();
    assert_eq!(
        (lengths(&draft), &draft["t"][1]["tt"], &draft["t"][2]["tt"]),
        (vec![&json!(3000)], &json!(1), &json!(7))
    );
    user.export(&user.order("render_1")).send().data();
    let status = ended(&user, "render_1");
    let (cdn, path) = split(status["output"]["url"].as_str().unwrap_or_else(|| panic!("{status}")));
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("out.mp4");
    std::fs::write(&file, ask(&cdn, "GET", &path).send().body).expect("a file");
    let facts = probe(&tools(), &file).expect("a video");
    let video = facts.video.expect("a picture");
    assert!(facts.duration_ms.abs_diff(3000) < 100, "{}", facts.duration_ms);
    assert_eq!(video.display_width * 16, video.display_height * 9);
    backend.finish();
}

#[test]
fn an_edit_is_taken_back_and_a_clip_that_comes_later_joins() {
    let backend = builder().start().expect("a server that works");
    let user = User::of(&backend);
    user.upload("one.mp4", &clip("agent2.mp4", "2")).send().data();
    say(&user, &json!([{"op": "speed", "factor": 2}]));
    assert_eq!(lengths(&user.draft()), [1000]);
    assert!(say(&user, &json!([{"op": "undo"}])).contains("The last edit is undone"));
    assert_eq!(lengths(&user.draft()), [2000]);
    user.upload("two.mp4", &clip("agent3.mp4", "1")).send().data();
    let told = say(&user, &json!([{"op": "merge"}]));
    assert!(told.contains("Joined: one.mp4, two.mp4; the video is now 3 s"), "{told}");
    let before = user.draft();
    let no = say(&user, &json!([{"op": "remove", "from": 0, "to": 500}, {"op": "bgm", "query": "lo-fi"}]));
    assert!(no.contains("I have no music library") && !no.contains("tool_call"), "{no}");
    assert_eq!(user.draft(), before);
    backend.finish();
}

#[test]
fn it_can_be_as_silent_and_as_sure_of_a_screen_as_the_real_one() {
    let server = builder().dialect(Dialect::Adk).silent_at_times(SilentEnding::CodeStop, 30).gui_talk();
    let backend = server.start().expect("a server that works");
    let user = User::of(&backend);
    user.upload("one.mp4", &clip("agent4.mp4", "1")).send().data();
    let told: Vec<String> = (10..40).map(|fps| say(&user, &json!([{"op": "fps", "value": fps}]))).collect();
    let (silent, spoken): (Vec<&String>, Vec<&String>) =
        told.iter().partition(|told| told.contains("\"errorCode\":\"STOP\""));
    assert!((3..18).contains(&silent.len()), "{}", silent.len());
    assert!(silent.iter().all(|told| told.contains("functionCall") && !told.contains("Frame rate")));
    assert!(spoken.iter().all(|told| told.contains("Frame rate")));
    assert!(spoken.iter().any(|told| told.contains("Click the Export button to save your video.")));
    assert_eq!(user.draft()["m"]["edit"]["output"]["fps_milli"], 39_000);
    backend.finish();
}
