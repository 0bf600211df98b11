//! Words in, a video out that WeChat plays sharply and does not mangle, made on this machine.
//!
//! ```text
//! probe      file                 →  MediaFacts: what it is                                 ffprobe
//! context    draft + sources      →  Context: what words may speak of                       pure
//! interpret  text + context       →  Reading: edits, one question, or an honest no          pure
//! apply      draft + edits        →  the next draft, a line for each change, the way back   pure
//! plan       draft + facts        →  Plan: every argument for ffmpeg                        pure
//! predict    plan + files         →  how large it gets, and how long it takes               ffmpeg
//! render     plan + files         →  a file, checked against its plan                       ffmpeg
//! ```
//!
//! ```no_run
//! use std::{collections::BTreeMap, path::{Path, PathBuf}};
//! use weixin_video_studio::{
//!     Control, Language, Reading, Source, Tools, answer, apply, context, interpret, plan, probe, render,
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let tools = Tools::find();
//! let clip = PathBuf::from("clip.mov");
//! let facts = probe(&tools, &clip)?;
//! let sources = [Source { id: "a".into(), name: "clip.mov".into(), facts: facts.clone() }];
//!
//! let text = "cut the first 3 seconds, add title 'Urban Dreams', for WeChat Moments";
//! let draft = serde_json::Value::Null; // nothing was edited yet
//! let known = context(&draft, &sources);
//! let reading = interpret(text, &known);
//! let Reading::Edits(ops) = &reading else {
//!     // A question with its choices, or an honest no. Nothing is edited.
//!     println!("{:?}", answer(&reading, text, &known));
//!     return Ok(());
//! };
//! let edited = apply(&draft, ops, &sources, Language::of(text)).map_err(|refusal| refusal.text)?;
//! println!("{}", edited.changes.join("\n"));
//!
//! let plan = plan(&edited.draft, &BTreeMap::from([("a".into(), facts)]))?;
//! let control = Control::new().on_progress(|percent| eprintln!("{percent} %"));
//! let inputs = BTreeMap::from([("a".into(), clip)]);
//! let done = render(&tools, &plan, &inputs, Path::new("clip.wechat.mp4"), &control)?;
//! println!("{} bytes", done.facts.bytes);
//! # Ok(())
//! # }
//! ```
//!
//! Invariant: only `probe`, `render`, `predict`, `compare`, `mp4`, `Cache` and `Tools` touch the machine, and they start
//! nothing but ffprobe, ffmpeg and the transcriber that was named. No word of a person's stands among the arguments, no
//! network address is opened, no file but the named inputs is read (on Linux the kernel sees to that), and an output has its
//! name only when it is whole, as planned, and right for where it goes.
//!
//! A message is done as a whole or not at all: what can't be read, applied or rendered is asked about or refused with the
//! reason, and no file is ever made in which an edit is missing.
//!
//! Left out: HTTP and asynchrony.
#![forbid(unsafe_code)]

mod cache;
mod child;
mod compare;
mod confine;
mod control;
mod destination;
mod edit;
mod error;
mod facts;
mod ffprobe;
mod interpret;
mod interpreter;
mod ladder;
pub mod mp4;
mod ops;
mod plan;
mod probe;
mod progress;
mod rational;
mod render;
mod scan;
mod sniff;
mod source;
mod subtitles;
pub mod timeline;
mod tools;
mod transcribe;
mod verify;

pub use cache::Cache;
pub use compare::{Compared, Scores, Side, Vmaf, compare};
pub use confine::{Confinement, confinement};
pub use control::Control;
pub use destination::{
    Aim, Becomes, Caps, Confidence, Destination, Destinations, DestinationsError, Does, Gate, Known, Limits, Misfit,
};
pub use edit::{Edited, Language, Refusal, apply, context};
pub use error::Error;
pub use facts::{AudioFacts, Color, MediaFacts, VideoFacts};
pub use interpret::{Answer, answer, interpret, is_chinese};
pub use interpreter::{Grammar, Interpreter, Invalid, LONGEST_ANSWER, MOST_OPS, prompt, validated};
pub use ladder::Rung;
pub use ops::{
    About, Axis, Codec, Container, Context, Direction, EditOp, FadeKind, FadeTarget, Fit, Length, Level, Part, Parts,
    Position, Ratio, Reading, Resolution, Sound, Span, Steps, TextPlace, TextRole, Track, TransitionKind, What,
};
pub use plan::{Plan, Run, parts, plan};
pub use probe::probe;
pub use rational::Rational;
pub use render::{Prediction, Rendered, predict, render};
pub use source::Source;
pub use subtitles::Cue;
pub use tools::{ToolReport, Tools};
pub use transcribe::{Transcriber, TranscriberError};
pub use verify::{
    Boxes, Fate, FileTrack, Finding, Fix, Inspected, Rule, Standing, TrackKind, Verdict, inspect, verify,
};
