//! Clips made on the spot, and frames and sound read back.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::{Value, json};
use tempfile::TempDir;
use weixin_video_studio::{Control, Error, MediaFacts, Plan, Rendered, Tools, plan, probe, render};

/// A folder for one test, and the real tools.
pub(crate) struct Bench {
    pub(crate) folder: TempDir,
    pub(crate) tools: Tools,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let tools = Tools::find();
        tools.ffmpeg().expect("these tests need ffmpeg on the PATH");
        Self { folder: tempfile::tempdir().unwrap(), tools }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Makes a clip with ffmpeg; `args` are separated by single spaces.
    pub(crate) fn make(&self, name: &str, args: &str) -> PathBuf {
        let out = self.path(name);
        let mut command = Command::new("ffmpeg");
        command.args(["-nostdin", "-loglevel", "error", "-y"]).args(args.split(' ')).arg(&out);
        finished(&mut command);
        out
    }

    pub(crate) fn probe(&self, clip: &Path) -> Result<MediaFacts, Error> {
        probe(&self.tools, clip)
    }

    /// The plan of all of a clip, as it is made for nowhere in particular.
    pub(crate) fn plan(&self, clip: &Path) -> Result<Plan, Error> {
        let draft = json!({ "t": [{ "tt": 0, "sg": [{ "src": "a" }] }] });
        plan(&draft, &BTreeMap::from([("a".into(), self.probe(clip)?)]))
    }

    /// Renders a draft of files of this folder into [`Bench::out`]; a source's id is its file's name without extension.
    pub(crate) fn render(&self, draft: &Value, files: &[&str]) -> Result<Rendered, Error> {
        self.render_watched(draft, files, &Control::new())
    }

    pub(crate) fn render_watched(&self, draft: &Value, files: &[&str], control: &Control) -> Result<Rendered, Error> {
        let (mut facts, mut inputs) = (BTreeMap::new(), BTreeMap::new());
        for name in files {
            let id = name.split('.').next().unwrap().to_owned();
            facts.insert(id.clone(), self.probe(&self.path(name))?);
            inputs.insert(id, self.path(name));
        }
        render(&self.tools, &plan(draft, &facts)?, &inputs, &self.out(), control)
    }

    pub(crate) fn render_with(&self, clip: &Path, control: &Control) -> Result<Rendered, Error> {
        let plan = self.plan(clip)?;
        let inputs = BTreeMap::from([("a".into(), clip.to_owned())]);
        render(&self.tools, &plan, &inputs, &self.out(), control)
    }

    /// Formats a clip as the whole studio does, into [`Bench::out`].
    pub(crate) fn format(&self, clip: &Path) -> Rendered {
        let done = self.render_with(clip, &Control::new()).unwrap();
        assert_playable(&done);
        done
    }

    pub(crate) fn out(&self) -> PathBuf {
        self.path("out.mp4")
    }

    /// What lies in the folder, job folders included.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// One frame of the output, decoded.
    pub(crate) fn frame(&self, number: usize) -> Frame {
        self.frames().swap_remove(number)
    }

    /// All frames of the output, decoded.
    pub(crate) fn frames(&self) -> Vec<Frame> {
        let video = self.probe(&self.out()).unwrap().video.unwrap();
        let (width, height) = (video.width as usize, video.height as usize);
        let mut command = Command::new("ffmpeg");
        command.args(["-nostdin", "-loglevel", "error", "-i"]).arg(self.out());
        command.args(["-pix_fmt", "rgb24", "-f", "rawvideo", "-"]);
        let pixels = finished(&mut command).stdout;
        pixels.chunks_exact(width * height * 3).map(|pixels| Frame { width, pixels: pixels.to_vec() }).collect()
    }

    /// How bright each frame of the output is on average, 0 to 255.
    pub(crate) fn brightness(&self) -> Vec<u8> {
        self.brightness_of(&self.out())
    }

    /// How bright each frame of a clip is on average, 0 to 255.
    pub(crate) fn brightness_of(&self, clip: &Path) -> Vec<u8> {
        let mut command = Command::new("ffmpeg");
        command.args(["-nostdin", "-loglevel", "error", "-i"]).arg(clip);
        command.args(["-vf", "scale=1:1:flags=area,format=gray", "-f", "rawvideo", "-"]);
        finished(&mut command).stdout
    }

    /// The output's sound as samples of its left side, at 48 kHz.
    pub(crate) fn samples(&self) -> Vec<f32> {
        let mut command = Command::new("ffmpeg");
        command.args(["-nostdin", "-loglevel", "error", "-i"]).arg(self.out());
        command.args(["-map", "0:a", "-af", "pan=mono|c0=c0", "-f", "f32le", "-"]);
        let bytes = finished(&mut command).stdout;
        bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
    }

    /// How loud the output is, in LUFS.
    pub(crate) fn lufs(&self) -> f64 {
        let mut command = Command::new("ffmpeg");
        command.args(["-nostdin", "-hide_banner", "-i"]).arg(self.out());
        command.args(["-map", "0:a", "-af", "ebur128", "-f", "null", "-"]);
        let said = String::from_utf8_lossy(&finished(&mut command).stderr).into_owned();
        let line = said.rsplit("I:").next().unwrap().split_whitespace().next().unwrap();
        line.parse().unwrap()
    }

    /// All that the output's container says, for finding what must not be in it. The line that names the file is left out.
    pub(crate) fn described(&self) -> String {
        let mut command = Command::new("ffmpeg");
        command.args(["-nostdin", "-hide_banner", "-i"]).arg(self.out()).args(["-c", "copy", "-f", "null", "-"]);
        let said = String::from_utf8_lossy(&finished(&mut command).stderr).into_owned();
        let (input, _) = said.split_once("Output #0").expect("ffmpeg names its input first");
        input.lines().filter(|line| !line.starts_with("Input #0")).collect::<Vec<_>>().join("\n")
    }
}

/// Gives the picture of an MP4 another display matrix: `[a, b, c, d]` make `x' = ax + cy` and `y' = bx + dy`. ffmpeg's own
/// options for it differ from version to version.
pub(crate) fn display(clip: &Path, matrix: [i32; 4]) {
    let mut bytes = std::fs::read(clip).unwrap();
    let header = bytes.windows(4).position(|name| name == b"tkhd").expect("an MP4");
    let [a, b, c, d] = matrix.map(|factor| (factor * 0x1_0000).to_be_bytes());
    for (at, value) in [(0, a), (4, b), (12, c), (16, d)] {
        bytes[header + 44 + at..header + 48 + at].copy_from_slice(&value);
    }
    std::fs::write(clip, bytes).unwrap();
}

/// When the output of 30 frames a second turns white for the first time, in seconds.
pub(crate) fn flash(bench: &Bench) -> f64 {
    let bright = bench.brightness();
    bright.iter().position(|bright| *bright > 128).expect("a flash") as f64 / 30.0
}

/// When the output is heard for the first time, in seconds.
pub(crate) fn beep(bench: &Bench) -> f64 {
    bench.samples().iter().position(|sample| sample.abs() > 0.1).expect("a beep") as f64 / 48_000.0
}

/// How strong a tone of so many Hz is in 48 kHz samples: the amplitude of its sine.
pub(crate) fn level(samples: &[f32], hertz: f64) -> f64 {
    let (mut sine, mut cosine) = (0.0, 0.0);
    for (n, sample) in samples.iter().enumerate() {
        let angle = n as f64 / 48_000.0 * hertz * std::f64::consts::TAU;
        sine += f64::from(*sample) * angle.sin();
        cosine += f64::from(*sample) * angle.cos();
    }
    sine.hypot(cosine) * 2.0 / samples.len() as f64
}

/// A decoded frame in RGB.
pub(crate) struct Frame {
    width: usize,
    pixels: Vec<u8>,
}

impl Frame {
    pub(crate) fn rgb(&self, x: usize, y: usize) -> [u8; 3] {
        let at = (y * self.width + x) * 3;
        [self.pixels[at], self.pixels[at + 1], self.pixels[at + 2]]
    }

    /// By how many steps its samples differ from another's, on average.
    pub(crate) fn differs(&self, other: &Self) -> f64 {
        let sum: u64 = self.pixels.iter().zip(&other.pixels).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        sum as f64 / self.pixels.len() as f64
    }

    /// Whether a pixel is about this colour; coding moves it by a few steps.
    #[track_caller]
    pub(crate) fn assert_near(&self, (x, y): (usize, usize), expected: [u8; 3], tolerance: u8) {
        let found = self.rgb(x, y);
        let near = found.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= tolerance);
        assert!(near, "at {x},{y}: {found:?}, not {expected:?}");
    }
}

pub(crate) fn finished(command: &mut Command) -> Output {
    let output = command.output().expect("these tests need ffmpeg on the PATH");
    assert!(output.status.success(), "{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// The rules that every output keeps, whatever went in.
#[track_caller]
pub(crate) fn assert_playable(done: &Rendered) {
    let facts = &done.facts;
    let video = facts.video.as_ref().unwrap();
    assert!(done.verdict.passes(), "{}", done.verdict.summary());
    assert_eq!(facts.container, "mp4");
    assert_eq!(facts.faststart, Some(true));
    assert_eq!(video.codec, "h264");
    assert!(video.level <= Some(40), "{:?}", video.level);
    assert_eq!((video.pixel_format.as_str(), video.rotation), ("yuv420p", 0));
    assert_eq!(video.sample_aspect_ratio.to_string(), "1");
    assert!(video.width.is_multiple_of(2) && video.height.is_multiple_of(2));
    assert!(!video.variable && !video.interlaced, "{video:?}");
    let color = [&video.color.primaries, &video.color.transfer, &video.color.matrix];
    assert!(color.iter().all(|name| name.as_deref() == Some("bt709")), "{:?}", video.color);
    assert_eq!(video.color.range.as_deref(), Some("tv"));
    // What is copied keeps its profile, and has no sound where there was none.
    if done.rung.keeps_picture() {
        return;
    }
    let audio = facts.audio.as_ref().unwrap();
    assert_eq!((video.profile.as_deref(), facts.streams), (Some("High"), 2));
    assert_eq!((audio.codec.as_str(), audio.profile.as_deref()), ("aac", Some("LC")));
    assert_eq!((audio.channels, audio.sample_rate), (2, 48_000));
}
