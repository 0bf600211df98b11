//! One case from its first run to its end.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use serde_json::Value;
use weixin_video_fake_backend::Route;

use crate::case::{Case, Cut, Kind, Place};
use crate::rule::{Counts, Finding, Rule, counts};
use crate::scene::{FOREIGN, Ran, Running, Scene, VIDEO};

/// How long the server is silent where the program is to go on afterwards: enough on a busy machine.
const MOMENT: Duration = Duration::from_secs(3);
/// Points that are passed as often as the network has pieces.
const AS_PIECES_COME: [&str; 3] = ["part.block", "op.read", "op.answered"];

/// What came of a case.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    pub(crate) findings: Vec<Finding>,
    /// The points that the last run came to.
    pub(crate) reached: Vec<String>,
    /// The requests, in their order.
    pub(crate) routes: Vec<Route>,
    /// The same, counted.
    pub(crate) counts: Counts,
    /// How the runs ended, in words.
    pub(crate) ends: Vec<String>,
}

/// A case on its way.
pub(crate) struct Walk {
    pub(crate) scene: Scene,
    pub(crate) breaks: usize,
    /// How often the command was begun again because nothing was known of it, or its message was not heard.
    pub(crate) again: usize,
    pub(crate) walked: Walked,
    /// Whether the last cut did not happen.
    missed: bool,
}

/// Goes through a case; `happy` is what the same command asks for without a crash.
pub(crate) fn walk(case: &Case, happy: Option<&Counts>, bug: Option<&str>) -> Walked {
    let mut case = case.clone();
    loop {
        let attempted = catch_unwind(AssertUnwindSafe(|| attempt(&case, happy, bug)));
        let (walked, missed) = attempted.unwrap_or_else(|panic| (panicked(panic.as_ref()), None));
        match missed.map(|missed| &mut case.cuts[missed]) {
            // Fewer pieces came than when the case was made.
            Some(Cut::At { point, nth }) if *nth > 1 && AS_PIECES_COME.contains(&point.as_str()) => *nth -= 1,
            Some(_) | None => return walked,
        }
    }
}

/// The second is the cut that did not happen.
fn attempt(case: &Case, happy: Option<&Counts>, bug: Option<&str>) -> (Walked, Option<usize>) {
    let scene = Scene::new(case, bug);
    let mut walk = Walk { scene, breaks: 0, again: 0, walked: Walked::default(), missed: false };
    for (number, cut) in case.cuts.iter().enumerate() {
        walk.suffer(cut);
        if walk.missed {
            return (walk.walked, Some(number));
        }
        walk.output_is_whole();
    }
    if walk.walked.findings.is_empty() {
        walk.go_on_to_the_end(case, happy);
    }
    (walk.walked, None)
}

/// What could not be done is a finding too.
fn panicked(panic: &dyn Any) -> Walked {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let why = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or_default().to_owned();
    Walked { findings: vec![Finding { rule: Rule::CanBeDone, why }], ..Walked::default() }
}

impl Walk {
    pub(crate) fn find(&mut self, rule: Rule, why: impl Into<String>) {
        self.walked.findings.push(Finding { rule, why: why.into() });
    }

    fn suffer(&mut self, cut: &Cut) {
        self.breaks += usize::from(cut.breaks());
        match cut {
            Cut::At { point, nth } => {
                let ran = self.run(&self.scene.next(), &[("WEIXIN_VIDEO_CRASH", &format!("{point}:{nth}"))]);
                self.was_killed(&ran);
            }
            Cut::Silent(place) => {
                if let Some(running) = self.until_silent(place, None) {
                    self.kill(running);
                }
            }
            Cut::Rival(place) => {
                if let Some(running) = self.until_silent(place, None) {
                    self.others_are_refused();
                    self.kill(running);
                }
            }
            Cut::Both(place) => {
                if let Some(running) = self.until_silent(place, Some(MOMENT)) {
                    self.others_are_refused();
                    let ran = self.see(running.end());
                    self.ended_well(&ran);
                }
            }
            Cut::Overtaken(place) => {
                if let Some(running) = self.until_silent(place, Some(MOMENT)) {
                    self.scene.block();
                    let ran = self.see(running.end());
                    self.left_the_foreign_file(&ran, VIDEO.len() as u64);
                }
            }
            Cut::Blocked => {
                let part = self.scene.part();
                self.scene.block();
                let ran = self.run(&self.scene.next(), &[]);
                self.left_the_foreign_file(&ran, part);
            }
            Cut::Torn(bytes) => self.scene.tear(*bytes, false),
            Cut::Zeros(bytes) => self.scene.tear(*bytes, true),
        }
    }

    /// Runs to the end, and looks at what it says.
    pub(crate) fn run<S: AsRef<str>>(&mut self, args: &[S], variables: &[(&str, &str)]) -> Ran {
        let ran = self.scene.run(args, variables);
        self.see(ran)
    }

    fn see(&mut self, ran: Ran) -> Ran {
        self.walked.ends.push(ran.end());
        if ran.hung() {
            self.find(Rule::Ends, ran.end());
        }
        if ran.stdout.contains("nmv_usr_") || ran.stderr.contains("nmv_usr_") {
            self.find(Rule::NoSecretShows, format!("{ran:?}"));
        }
        ran
    }

    /// Begins the next run, and waits until the server is silent there.
    fn until_silent(&mut self, place: &Place, moment: Option<Duration>) -> Option<Running> {
        self.scene.backend.fault(place.fault(moment));
        let mut running = self.scene.start(&self.scene.next(), &[]);
        if self.scene.wait_for(place, &mut running) {
            return Some(running);
        }
        let ran = self.see(running.kill());
        self.find(Rule::IsKilled, format!("the server is never asked at {place}: {}", ran.end()));
        None
    }

    fn kill(&mut self, running: Running) {
        let ran = self.see(running.kill());
        self.was_killed(&ran);
    }

    fn was_killed(&mut self, ran: &Ran) {
        if !ran.was_killed() {
            self.find(Rule::IsKilled, ran.end());
            self.missed = true;
        }
    }

    pub(crate) fn ended_well(&mut self, ran: &Ran) -> bool {
        let well = ran.code() == Some(0) && ran.json()["ok"] == true;
        if !well {
            self.find(Rule::SameEnd, ran.end());
        }
        well
    }

    /// Whoever else tries to do the job, or to do away with it, is told that it is being done.
    fn others_are_refused(&mut self) {
        let Some(id) = self.scene.journals().first().map(|path| path.file_stem().unwrap().display().to_string()) else {
            self.find(Rule::JobIsKept, "it runs, and has no journal");
            return;
        };
        for command in ["resume", "forget"] {
            let ran = self.run(&[command, &id, "--json"], &[]);
            let refused = (ran.code(), ran.refusal().as_str()) == (Some(7), "job_running");
            // Where the machine is so busy that the first one came to its end meanwhile.
            let late = ran.refusal() == "no_job" && self.scene.journals().is_empty();
            if !refused && !late {
                self.find(Rule::OneAtATime, format!("{command}: {}", ran.end()));
            }
        }
    }

    /// The video could not get its name, and what has it is as it was.
    fn left_the_foreign_file(&mut self, ran: &Ran, part: u64) {
        if self.scene.output().as_deref() != Some(FOREIGN) {
            self.find(Rule::ForeignFileStays, ran.end());
        } else if ran.refusal() != "output_exists" {
            self.find(Rule::SameEnd, ran.end());
        } else if self.scene.part() < part {
            self.find(Rule::DownloadGoesOn, format!("of {part} bytes, {} are left", self.scene.part()));
        }
        self.scene.unblock();
    }

    pub(crate) fn output_is_whole(&mut self) {
        let now = self.scene.output();
        if now.as_deref() != self.scene.old() && now.as_deref() != Some(&VIDEO[..]) {
            self.find(Rule::OutputIsWhole, format!("{:?} bytes of something", now.map(|now| now.len())));
        }
    }

    /// What `jobs` lists.
    pub(crate) fn jobs(&mut self) -> Vec<Value> {
        let ran = self.run(&["jobs", "--json"], &[]);
        if !self.ended_well(&ran) {
            return Vec::new();
        }
        ran.json()["data"]["jobs"].as_array().cloned().unwrap_or_default()
    }

    /// Runs to the end, and keeps which points it came to.
    pub(crate) fn recorded<S: AsRef<str>>(&mut self, args: &[S]) -> Ran {
        let path = self.scene.desk.aside("reached");
        let _ = std::fs::remove_file(&path);
        let ran = self.run(args, &[("WEIXIN_VIDEO_REACHED", path.to_str().unwrap())]);
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        self.walked.reached = text.lines().map(str::to_owned).collect();
        ran
    }

    /// How many requests of a kind came.
    pub(crate) fn asked(&self, route: Route) -> usize {
        self.scene.exchanges().iter().filter(|exchange| exchange.route == route).count()
    }

    pub(crate) fn counted(&mut self) -> Counts {
        let exchanges = self.scene.exchanges();
        self.walked.routes = exchanges.iter().map(|exchange| exchange.route).collect();
        self.walked.counts = counts(&exchanges);
        self.walked.counts.clone()
    }
}

/// How long the lines of a journal are when the job is over, in bytes.
pub(crate) fn lines(kind: Kind) -> Vec<usize> {
    let mut scene = Scene::new(&Case { kind, force: false, cuts: Vec::new() }, None);
    let ran = scene.run(&scene.command(), &[("WEIXIN_VIDEO_CRASH", "journal.over:1")]);
    assert!(ran.was_killed(), "{ran:#?}");
    let text = std::fs::read(&scene.journals()[0]).unwrap();
    text.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::len).collect()
}
