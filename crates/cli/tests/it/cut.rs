//! A job that is cut off at a given point: the server goes silent there, and a signal ends the program.

use std::fs;
use std::path::PathBuf;

use rustix::process::Signal;
use serde_json::Value;
use weixin_video_fake_backend::{FakeBackend, Fault, Ledger, Route};

use crate::desk::{Desk, Ran, wait_until};

/// A point where the server goes silent, and what `jobs` says of a job that was cut off there.
pub(crate) struct Cut {
    pub(crate) stage: &'static str,
    /// `None` where it can't be known.
    pub(crate) charged: Option<bool>,
    fault: fn() -> Fault,
}

pub(crate) const OPENING: Cut =
    Cut { stage: "begun", charged: Some(false), fault: || Fault::on(Route::Session).before_commit().stall() };
pub(crate) const UPLOADING: Cut =
    Cut { stage: "uploading", charged: Some(false), fault: || Fault::on(Route::Upload).stall() };
pub(crate) const UPLOADED: Cut =
    Cut { stage: "uploaded", charged: Some(false), fault: || Fault::on(Route::State).stall() };
pub(crate) const CHARGING: Cut =
    Cut { stage: "editing", charged: None, fault: || Fault::on(Route::Chat).stall_after_event(1, None) };
pub(crate) const EDITED: Cut =
    Cut { stage: "edited", charged: Some(true), fault: || Fault::on(Route::State).nth(2).stall() };
pub(crate) const ORDERING: Cut =
    Cut { stage: "rendering", charged: Some(true), fault: || Fault::on(Route::Export).after_commit().stall() };
pub(crate) const RENDERING: Cut =
    Cut { stage: "rendering", charged: Some(true), fault: || Fault::on(Route::ExportStatus).stall() };
pub(crate) const DOWNLOADING: Cut =
    Cut { stage: "downloading", charged: Some(true), fault: || Fault::on(Route::Cdn).stall_at_byte(5_000, None) };
/// The video has its name, and the program has not said so.
pub(crate) const PUBLISHED: Cut =
    Cut { stage: "publishing", charged: Some(true), fault: || Fault::on(Route::Credits).stall() };

pub(crate) const CUTS: [Cut; 9] =
    [OPENING, UPLOADING, UPLOADED, CHARGING, EDITED, ORDERING, RENDERING, DOWNLOADING, PUBLISHED];

/// A desk with a clip, and a backend where a `format` of it was cut off.
pub(crate) struct Scene {
    pub(crate) desk: Desk,
    pub(crate) backend: FakeBackend,
    /// How the program ended.
    pub(crate) ran: Ran,
}

impl Scene {
    pub(crate) fn new(cut: &Cut, signal: Signal) -> Self {
        Self::with(Desk::new(), FakeBackend::start().unwrap(), cut, signal, |_| {})
    }

    /// The same, with a look at what goes on just before the signal.
    pub(crate) fn with(desk: Desk, backend: FakeBackend, cut: &Cut, signal: Signal, look: impl FnOnce(&Desk)) -> Self {
        desk.clip();
        backend.fault((cut.fault)());
        let url = backend.url();
        let running = desk.start(desk.command(&["format", "clip.mp4", "-o", "out.mp4", "--backend", &url]));
        wait_until("the server goes silent", || backend.unfired().is_empty() && desk.has_come_to(cut));
        look(&desk);
        running.signal(signal);
        let ran = running.end();
        Self { desk, backend, ran }
    }

    /// Ends a test whose job is given up, so that the server may be left with a render that nobody fetched.
    pub(crate) fn given_up(self) {
        assert_eq!(self.backend.unfired(), Vec::<String>::new());
        assert_eq!(self.backend.violations(), Vec::<String>::new());
        self.backend.shutdown();
    }

    /// Runs the same command again.
    pub(crate) fn format(&self, more: &[&str]) -> Ran {
        let url = self.backend.url();
        self.desk.run(&[&["format", "clip.mp4", "-o", "out.mp4", "--backend", &url], more].concat())
    }

    /// What was charged to the account of this desk.
    pub(crate) fn ledger(&self) -> Ledger {
        let tokens = fs::read(self.desk.home().join(".config/nemovideo/tokens.json")).unwrap();
        let tokens: Value = serde_json::from_slice(&tokens).unwrap();
        self.backend.ledger(tokens[self.backend.url()]["token"].as_str().unwrap())
    }

    /// How many requests of a kind came.
    pub(crate) fn asked(&self, route: Route) -> usize {
        self.backend.journal().iter().filter(|exchange| exchange.route == route).count()
    }
}

impl Desk {
    /// What `jobs` lists.
    pub(crate) fn jobs(&self) -> Vec<Value> {
        self.data(&["jobs"])["jobs"].as_array().unwrap().clone()
    }

    /// The only job there is.
    pub(crate) fn job(&self) -> Value {
        let mut jobs = self.jobs();
        assert_eq!(jobs.len(), 1, "{jobs:#?}");
        jobs.remove(0)
    }

    /// The id of the only job there is.
    pub(crate) fn job_id(&self) -> String {
        self.job()["job_id"].as_str().unwrap().to_owned()
    }

    /// The only journal there is.
    pub(crate) fn journal(&self) -> PathBuf {
        let mut journals = self.journals();
        assert_eq!(journals.len(), 1, "{journals:?}");
        journals.remove(0)
    }

    /// A request may arrive before what is written of its answer is on the disk.
    fn has_come_to(&self, cut: &Cut) -> bool {
        let there = |name: &str, bytes: u64| fs::metadata(self.work().join(name)).is_ok_and(|file| file.len() >= bytes);
        match cut.stage {
            "downloading" => there(".out.mp4.weixin-video.part", 5_000),
            "publishing" => there("out.mp4", 1),
            _ => true,
        }
    }
}
