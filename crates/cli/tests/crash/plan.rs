//! Which cases there are, made from what runs without a crash come to.

use std::collections::BTreeMap;

use weixin_video_fake_backend::Route;

use crate::case::{Case, Cut, Kind, Place};
use crate::scene::VIDEO;

/// A run of a command from beginning to end.
#[derive(Debug)]
pub(crate) struct Recording {
    pub(crate) kind: Kind,
    /// The points it came to.
    pub(crate) points: Vec<String>,
    /// What it asked for.
    pub(crate) routes: Vec<Route>,
    /// How long the lines of its journal are, in bytes.
    pub(crate) lines: Vec<usize>,
}

/// Where a job has come to each checkpoint: the kills behind which everything is tried again.
const STAGES: [(Kind, &[&str]); 4] = [
    (
        Kind::Format,
        &[
            "op.session:1",
            "op.upload:1",
            "op.state:1",
            "op.read:2",
            "op.state:2",
            "op.status:1",
            "part.block:3",
            "op.other:1",
        ],
    ),
    (Kind::Export, &["op.export:1", "op.status:2", "part.block:2"]),
    (Kind::Say, &["op.read:1", "op.status:1", "part.full:1"]),
    (Kind::Chat, &["op.state:1", "op.read:1"]),
];

/// Cases that no list makes.
const BY_HAND: [&str; 35] = [
    // Killed three times, and each run gets a little further, or none does.
    "format: at part.block:2, at part.block:1, at part.block:1",
    "format: at journal.torn:3, at journal.torn:1, at journal.torn:2",
    "format: at op.read:2, at journal.written:1, at publish.begun:1",
    "format force: at op.status:1, at op.save:1, at publish.renamed:1",
    "format: at journal.listed:1, at op.upload:1, at op.read:2",
    "format: at op.token:1, at token.kept:1, at op.session:1, at journal.torn:2",
    "say: at op.read:1, at op.status:1, at part.block:2",
    "say force: at journal.torn:2, at op.read:2, at op.publish:1",
    "export force: at op.answered:3, at part.full:1, at publish.synced:1",
    "chat: at journal.torn:2, at op.state:1, at op.read:2",
    // Another process wants the job that runs, or that is gone on with.
    "format: rival asked session:1",
    "format: rival asked upload:1",
    "format force: rival event 1",
    "format: rival asked export-status:1",
    "format: rival byte 5000",
    "format: rival asked credits:1",
    "say: rival event 1",
    "export: rival byte 5000",
    "format: both byte 100000",
    "format: at op.status:1, both byte 100000",
    "format force: at op.upload:1, both event 1",
    "say: at op.read:2, both byte 1000",
    "chat: both event 1",
    "export: at op.status:1, both byte 1",
    // A file of somebody else's appears under the output's name.
    "format: overtaken byte 100000",
    "format: at op.status:1, overtaken byte 50000",
    "export: overtaken byte 0",
    "say: at op.read:2, overtaken byte 200000",
    "format: at op.upload:1, blocked",
    "format: at op.status:1, blocked",
    "format: at part.block:3, blocked, at part.block:1",
    "format: at publish.begun:1, blocked",
    "format: at publish.renamed:1, blocked",
    "say: at op.status:1, blocked",
    "export: at op.save:1, blocked",
];

/// A kill at every point of a run, each time it is reached.
pub(crate) fn kills(recording: &Recording) -> Vec<Case> {
    let points = each(&recording.points).into_iter().map(|(point, nth)| vec![Cut::at(point, nth)]);
    numbered(recording.kind, points)
}

/// The same cases with a file to replace where there was none, and the other way round.
pub(crate) fn turned(cases: &[Case]) -> Vec<Case> {
    let cases = cases.iter().filter(|case| case.kind.makes_video());
    cases.map(|case| Case { force: !case.force, ..case.clone() }).collect()
}

/// A kill by what the server sees: each request before and after its work, each event of a stream, bytes of the video.
pub(crate) fn silences(recording: &Recording) -> Vec<Case> {
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    let mut places = Vec::new();
    for route in &recording.routes {
        let nth = seen.entry(route.name()).and_modify(|seen| *seen += 1).or_insert(1);
        places.extend([Place::Asked(*route, *nth), Place::Done(*route, *nth)]);
    }
    if recording.routes.contains(&Route::Chat) {
        places.extend((1..=3).map(Place::Event));
    }
    if recording.kind.makes_video() {
        let last = VIDEO.len() as u64 - 1;
        places.extend([0, 1, 12, 14_000, 65_536, 200_001, last].map(Place::Byte));
    }
    numbered(recording.kind, places.into_iter().map(|place| vec![Cut::Silent(place)]))
}

/// Each line of the journal but the first, which has no name before it is whole, as a power cut may leave it: killed before it
/// was synced, and cut at every `stride`-th byte or filled with zeros from there.
pub(crate) fn torn(recording: &Recording, stride: usize) -> Vec<Case> {
    let lines = recording.lines.iter().enumerate().skip(1);
    let cuts = lines.flat_map(|(line, bytes)| {
        let at = Cut::at("journal.written", u32::try_from(line + 1).unwrap());
        let cut = (0..*bytes).filter(move |byte| byte % stride == line % stride || byte + 1 == *bytes);
        cut.map(move |byte| {
            vec![at.clone(), if (byte / stride).is_multiple_of(2) { Cut::Torn(byte) } else { Cut::Zeros(byte) }]
        })
    });
    numbered(recording.kind, cuts)
}

/// The first kills of [`again`].
pub(crate) fn stages(kind: Kind) -> Vec<Case> {
    let (_, stages) = STAGES.iter().find(|(of, _)| *of == kind).unwrap();
    stages.iter().map(|stage| format!("{}: at {stage}", kind.name()).parse().unwrap()).collect()
}

/// A kill during the `resume` after `first`, which came to `reached`: at every point each time, or at every `stride`-th, the
/// first or the last time.
pub(crate) fn again(first: &Case, reached: &[String], stride: Option<usize>) -> Vec<Case> {
    let all = each(reached);
    let points: Vec<(&str, u32)> = match stride {
        None => all,
        Some(stride) => {
            let hits = hits(reached).into_iter().enumerate();
            let chosen = hits.filter(|(number, _)| (number + first.to_string().len()).is_multiple_of(stride));
            chosen.map(|(number, (point, hits))| (point, if number % 2 == 0 { 1 } else { hits })).collect()
        }
    };
    let cuts = points.into_iter().map(|(point, nth)| [&first.cuts[..], &[Cut::at(point, nth)]].concat());
    numbered(first.kind, cuts)
}

pub(crate) fn by_hand() -> Vec<Case> {
    BY_HAND.iter().map(|line| line.parse().unwrap()).collect()
}

/// Cases of which every other one replaces a file.
fn numbered(kind: Kind, cuts: impl Iterator<Item = Vec<Cut>>) -> Vec<Case> {
    let cases = cuts.enumerate();
    cases.map(|(number, cuts)| Case { kind, force: kind.makes_video() && number % 2 == 1, cuts }).collect()
}

/// Every point with how often it was reached.
fn hits(reached: &[String]) -> BTreeMap<&str, u32> {
    let mut hits = BTreeMap::new();
    for point in reached {
        *hits.entry(point.as_str()).or_default() += 1;
    }
    hits
}

/// Every point, each time.
fn each(reached: &[String]) -> Vec<(&str, u32)> {
    hits(reached).into_iter().flat_map(|(point, hits)| (1..=hits).map(move |nth| (point, nth))).collect()
}
