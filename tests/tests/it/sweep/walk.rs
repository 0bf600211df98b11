//! Walking one path on a broken server, with one adapter, and writing down how it went.

use std::time::Duration;

use weixin_video_core::error::{Charged, Error};
use weixin_video_core::event::Checkpoint;
use weixin_video_core::files::Output;
use weixin_video_core::ids::Credential;
use weixin_video_fake_backend::{CANNED_MP4, Exchange, Kind, Route, kind};

use super::case::Case;
use super::path::{Path, Which};
use crate::world::World;

/// What stands under the output's name before a run that may replace it.
pub(crate) const OLD: &[u8] = b"what stood here before";

/// The server listens again by then.
const AWAY: Duration = Duration::from_millis(600);

/// All there is to judge of one adapter's way through a case.
#[derive(Debug, Clone)]
pub(crate) struct Walked {
    /// The run that was broken, and the one that went on from there if it did not end well.
    pub(crate) runs: Vec<Run>,
    pub(crate) exchanges: Vec<Exchange>,
    /// The requests as text, and everything that was told of them.
    pub(crate) wire: String,
    pub(crate) told: String,
    /// What the server found wrong with its books, with the client, with the script, or with where a token went.
    pub(crate) audit: Vec<String>,
    pub(crate) verdicts: Vec<String>,
    pub(crate) unfired: Vec<String>,
    pub(crate) violations: Vec<String>,
    /// What must be nowhere in [`Self::told`].
    pub(crate) secrets: Vec<String>,
}

/// How one run ended.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    /// The bytes of the video, or why there is none.
    pub(crate) outcome: Result<u64, Told>,
    /// Messages that were paid for by then.
    pub(crate) charges: usize,
    pub(crate) output: Option<Vec<u8>>,
    /// The files beside the clip and the output.
    pub(crate) left: Vec<String>,
    pub(crate) checkpoint: &'static str,
}

/// What an error says.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) code: &'static str,
    pub(crate) charged: Charged,
    pub(crate) words: String,
}

impl Run {
    pub(crate) fn code(&self) -> &'static str {
        self.outcome.as_ref().map_or_else(|told| told.code, |_| "ok")
    }
}

impl Walked {
    /// How it ended, and how what came after that did: `unconfirmed@charging, ok@publishing`.
    pub(crate) fn ends(&self) -> String {
        let ends: Vec<String> = self.runs.iter().map(|run| format!("{}@{}", run.code(), run.checkpoint)).collect();
        ends.join(", ")
    }
}

impl Case {
    /// Whether something stands under the output's name that may be replaced.
    pub(crate) fn replaces(&self) -> bool {
        self.number() & 1 == 1 && self.path != Path::Occupied
    }

    /// Whether the part of a download stays for the next run.
    pub(crate) fn keeps_part(&self) -> bool {
        self.number() & 2 == 2
    }

    /// One adapter's way through it.
    pub(crate) fn walk(&self, which: Which, patience: Duration) -> Walked {
        let world = self.path.world(&self.program, which, patience);
        let output = self.output(&world);
        let first = run(&world, &output, self.path.walk(&world, &output));
        // What strikes the second run came too late.
        let unfired = world.backend.unfired();
        let mut runs = vec![first];
        if runs[0].outcome.is_err() {
            if self.kind() == Kind::Connection(kind::Connection::Refuse) {
                std::thread::sleep(AWAY);
            }
            world.backend.begin_run();
            runs.push(run(&world, &output, self.path.resume(&world, &output)));
        }
        written_down(&world, runs, unfired)
    }

    fn output(&self, world: &World) -> Output {
        let output = world.output();
        let output = if self.keeps_part() { output.keeping_part() } else { output };
        if !self.replaces() {
            return output;
        }
        std::fs::write(&output.path, OLD).expect("a folder that takes files");
        output.replacing()
    }
}

/// The evidence.
pub(crate) fn written_down(world: &World, runs: Vec<Run>, unfired: Vec<String>) -> Walked {
    let words = runs.iter().filter_map(|run| run.outcome.as_ref().err()).map(|told| told.words.as_str());
    let told = words.chain([format!("{:?}", world.events()).as_str()]).collect();
    Walked {
        exchanges: world.backend.journal(),
        wire: transcript(world),
        told,
        audit: world.backend.audit().iter().map(ToString::to_string).collect(),
        verdicts: world.backend.verdicts().iter().map(ToString::to_string).collect(),
        unfired,
        violations: world.backend.violations(),
        secrets: secrets(world),
        runs,
    }
}

pub(crate) fn run(world: &World, output: &Output, outcome: Result<u64, Error>) -> Run {
    let own = |name: &String| name != "clip.mp4" && name != "out.mp4";
    let checkpoint = world.checkpoints().pop().map_or("nothing", |checkpoint| match checkpoint {
        Checkpoint::Opened { .. } => "opened",
        Checkpoint::Uploaded { .. } => "uploaded",
        Checkpoint::Charging { .. } => "charging",
        Checkpoint::Edited { .. } => "edited",
        Checkpoint::Exporting { .. } => "exporting",
        Checkpoint::Downloading { .. } => "downloading",
        Checkpoint::Publishing { .. } => "publishing",
    });
    Run {
        outcome: outcome.map_err(|error| told(&error)),
        charges: charges(world),
        output: read(&output.path),
        left: world.files().into_iter().filter(own).collect(),
        checkpoint,
    }
}

fn told(error: &Error) -> Told {
    let mut words = format!("{error}\n{error:?}\n{}\n", error.advice());
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        words += &format!("{inner}\n{inner:?}\n");
        source = inner.source();
    }
    Told { code: error.code(), charged: error.charged(), words }
}

/// By the books where the client knows its token, and by the exchanges in any case.
fn charges(world: &World) -> usize {
    let by_exchange = world.backend.journal().iter().filter(|exchange| exchange.charged > 0).count();
    let Credential::Anonymous { grant: Some(grant), .. } = world.client.credential() else {
        return by_exchange;
    };
    by_exchange.max(world.backend.ledger(grant.token.reveal()).charges.len())
}

fn read(path: &std::path::Path) -> Option<Vec<u8>> {
    std::fs::read(path).ok()
}

/// The CDN has two names, and another port in each run.
fn transcript(world: &World) -> String {
    let cdn = world.backend.cdn_url();
    let port = cdn.rsplit(':').next().unwrap_or_default();
    world.backend.transcript().replace(&format!("localhost:{port}"), "cdn's other name")
}

/// The token, and the signed part of every download's address.
fn secrets(world: &World) -> Vec<String> {
    let token = match world.client.credential() {
        Credential::Anonymous { grant: Some(grant), .. } => Some(grant.token.reveal().to_owned()),
        Credential::Anonymous { grant: None, .. } | Credential::Given(_) => None,
    };
    let cdn = world.exchanges(Route::Cdn).into_iter().map(|exchange| exchange.target);
    cdn.filter(|target| target.len() > 8).chain(token).collect()
}

/// Whether these are all bytes of a file that the server meant to give.
pub(crate) fn is_served(bytes: &[u8], exchanges: &[Exchange]) -> bool {
    let whole = |exchange: &&Exchange| matches!(exchange.route, Route::Cdn | Route::Download);
    bytes == CANNED_MP4 || exchanges.iter().filter(whole).any(|exchange| exchange.answer == bytes)
}
