//! A conversation of ten turns, in Chinese, on the local backend: a process each, one session, a real render.

use serde_json::{Value, json};
use weixin_video_fake_backend::{Dialect, FakeBackend, SilentEnding};
use weixin_video_studio::Tools;

use crate::desk::Desk;

/// What one turn led to: its steps, and all that was said, changed, summed up or asked.
struct Turn {
    steps: Vec<String>,
    data: Value,
}

fn turn(desk: &Desk, words: &str) -> Turn {
    let data = desk.data(&["say", words]);
    let steps = data["steps"].as_array().unwrap();
    let steps = steps.iter().map(|step| step["step"].as_str().unwrap().to_owned()).collect();
    Turn { steps, data }
}

impl Turn {
    /// It was this one step, and its answer says this.
    fn is(&self, step: &str, says: &[&str]) -> &Self {
        assert_eq!(self.steps, [step], "{}", self.data);
        let text = self.data["steps"][0]["data"].to_string();
        for words in says {
            assert!(text.contains(words), "{words:?} is not in {text}");
        }
        self
    }

    /// It was an edit, done without a question.
    fn edits(&self, says: &[&str]) -> &Self {
        self.is("chat", says);
        let data = &self.data["steps"][0]["data"];
        assert_eq!(data["questions"], Value::Array(Vec::new()), "{data}");
        assert!(data["said"][0].as_str().unwrap().contains('✅'), "{data}");
        self
    }
}

/// Four seconds of a tone, from the ffmpeg that renders.
fn song(desk: &Desk) {
    let tone = ["-loglevel", "error", "-f", "lavfi", "-i", "sine=frequency=330:duration=4", "song.mp3"];
    let ran = desk.start(desk.shell(std::path::Path::new("ffmpeg"), &tone)).end();
    assert_eq!(ran.code, 0, "{ran:#?}");
}

#[test]
fn ten_turns_in_chinese_become_a_video() {
    let desk = Desk::new();
    desk.footage("bbb_vp9_opus.webm");
    song(&desk);
    turn(&desk, "上传 bbb_vp9_opus.webm").is("upload", &["bbb_vp9_opus.webm"]);
    turn(&desk, "只要前1.5秒").edits(&["1.5"]);
    turn(&desk, "加个标题「早安，北京」，显示1秒").edits(&["早安，北京"]);
    turn(&desk, "上传 song.mp3").is("upload", &["song.mp3"]);
    turn(&desk, "配上音乐 song.mp3，音量30%").edits(&["song.mp3", "30"]);
    turn(&desk, "压缩到500KB以内").edits(&["500"]);
    turn(&desk, "看看时间线").is("state", &["早安，北京", "song.mp3", "0-1s"]);
    turn(&desk, "还剩多少积分？").is("credits", &["available"]);
    turn(&desk, "改成竖屏").edits(&["9:16"]);
    let exported = turn(&desk, "导出");
    let output = &exported.is("export", &[]).data["steps"][0]["data"]["output"];
    let (width, height) = (output["width"].as_u64().unwrap(), output["height"].as_u64().unwrap());
    assert_eq!(width * 16, height * 9, "{output}");
    assert!(output["duration_ms"].as_u64().unwrap().abs_diff(1_500) <= 40, "{output}");
    assert!(output["bytes"].as_u64().unwrap() <= 500_000, "{output}");
    assert_eq!((&output["video_codec"], &output["audio_codec"]), (&"h264".into(), &"aac".into()));
    assert_eq!(desk.names(), ["bbb_vp9_opus.webm", "song.mp3", "wechat.mp4"]);
}

/// What only somebody with a screen could do something with, and the notice that is none.
const NOISE: [&str; 5] = ["预览", "按钮", "点击", "面板", "temporary issue"];

#[test]
fn an_agent_that_talks_of_buttons_or_says_nothing_is_understood_all_the_same() {
    let tools = Tools::find();
    let agent = FakeBackend::builder().studio(tools).dialect(Dialect::Adk);
    let backend = agent.gui_talk().silent_at_times(SilentEnding::NoContent, 30).start().unwrap();
    let desk = Desk::new().with("NEMO_API_URL", backend.url());
    desk.footage("bbb_vp9_opus.webm");
    turn(&desk, "上传 bbb_vp9_opus.webm");
    let (mut silent, mut by_agent) = (0, Vec::new());
    for number in 1..=8 {
        let said = turn(&desk, &format!("加个标题「早安{number}」"));
        let steps = said.data["steps"].as_array().unwrap();
        let chat = &steps[0]["data"];
        let words = chat["said"].to_string();
        assert!(!NOISE.iter().any(|noise| words.contains(noise)), "{words}");
        let told = if chat["said"] == json!([]) { &chat["changes"] } else { &chat["said"] };
        assert!(told.to_string().contains(&format!("早安{number}")), "what was done is told: {chat}");
        silent += usize::from(chat["said"] == json!([]));
        by_agent.extend(steps.iter().skip(1).map(|step| (step["by"].clone(), step["step"].clone())));
    }
    let agents = |step: &str| by_agent.contains(&(json!("agent"), json!(step)));
    assert!((1..8).contains(&silent), "{silent} of 8 were silent");
    assert!(agents("state") && agents("export"), "what it pointed at was done: {by_agent:?}");
    assert_eq!(desk.names(), ["bbb_vp9_opus.webm", "wechat.mp4"]);
    backend.finish();
}
