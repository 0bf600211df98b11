//! The last `resume`, and what has to be true after it.

use serde_json::Value;
use weixin_video_fake_backend::{Route, Rule as Judged};

use crate::case::{Case, Kind};
use crate::desk::walk as files_below;
use crate::rule::{Counts, Rule, done_again};
use crate::scene::VIDEO;
use crate::walk::Walk;

impl Walk {
    /// Goes on with the job as a user would, and judges where that leads.
    pub(crate) fn go_on_to_the_end(&mut self, case: &Case, happy: Option<&Counts>) {
        let jobs = self.jobs();
        self.cost_is_told(&jobs);
        let rest = self.rest_to_fetch(&jobs);
        if self.reaches_the_end() {
            if let Some(from) = rest {
                self.fetched_the_rest(from);
            }
            self.is_the_same_end();
            self.nothing_is_left();
            self.little_was_done_again(case, happy);
        }
        self.books_add_up();
    }

    /// Whether the end is there; else that it can't be is found, or is known to be nobody's fault.
    fn reaches_the_end(&mut self) -> bool {
        let ran = self.recorded(&["resume", "--json"]);
        match (ran.code(), ran.refusal().as_str()) {
            (Some(0), _) => true,
            (Some(3), "no_job") => self.is_over() || self.begins_again(),
            (Some(7), "unconfirmed") if self.scene.charged() == 0 => self.gives_up_what_was_not_heard(),
            (Some(75), "rate_limited") if self.lost_its_token() => false,
            _ => {
                self.find(Rule::SameEnd, ran.end());
                false
            }
        }
    }

    /// Whether the run before came to the end, and was killed after that.
    fn is_over(&self) -> bool {
        let said = self.asked(Route::Chat) > 0;
        if self.scene.kind == Kind::Chat { said } else { self.scene.output().as_deref() == Some(&VIDEO[..]) }
    }

    /// Nothing is known of the job; that is well as long as nothing was done for it.
    fn begins_again(&mut self) -> bool {
        if self.asked(Route::Session) + self.asked(Route::Chat) + self.asked(Route::Export) > 0 {
            self.find(Rule::JobIsKept, "something was done for it, and no job is listed");
            return false;
        }
        self.again += 1;
        let ran = self.recorded(&self.scene.command());
        self.ended_well(&ran)
    }

    /// The message was about to leave and did not, which the program can't know: it is the user who begins again.
    fn gives_up_what_was_not_heard(&mut self) -> bool {
        let jobs = self.jobs();
        let [job] = &jobs[..] else {
            self.find(Rule::JobIsKept, "the outcome is unknown, and no job is listed");
            return false;
        };
        if (&job["stage"], &job["charged"]) != (&"editing".into(), &Value::Null) {
            self.find(Rule::CostIsTold, format!("unconfirmed, and the job is {job}"));
        }
        let forgotten = self.run(&["forget", job["job_id"].as_str().unwrap(), "--json"], &[]);
        self.again += 1;
        let ran = self.run(&self.scene.command(), &[]);
        self.ended_well(&forgotten) && self.ended_well(&ran)
    }

    /// Whether the server gave a token that never arrived: it gives no other for its time.
    fn lost_its_token(&self) -> bool {
        let kept = self.scene.desk.home().join(".config/nemovideo/tokens.json").exists();
        !kept && self.asked(Route::AnonymousToken) > 0 && self.scene.charged() == 0
    }

    fn cost_is_told(&mut self, jobs: &[Value]) {
        if jobs.len() > 1 {
            self.find(Rule::JobIsKept, format!("{} jobs are listed", jobs.len()));
        }
        let charged = self.scene.charged();
        let wrong = jobs.iter().find(|job| match job["charged"].as_bool() {
            // To render costs nothing, whatever the edits before it did.
            Some(told) => told != (charged > 0) && self.scene.kind != Kind::Export,
            None => job["stage"] != "editing",
        });
        if let Some(wrong) = wrong {
            self.find(Rule::CostIsTold, format!("{charged} charges, and the job is {wrong}"));
        }
    }

    /// Where the next download has to begin, if there is a part: of one that is whole, the last byte shows that it is.
    fn rest_to_fetch(&self, jobs: &[Value]) -> Option<u64> {
        let part = self.scene.part();
        let fetches = jobs.iter().any(|job| job["stage"] == "downloading");
        (fetches && part > 0).then(|| part.min(VIDEO.len() as u64 - 1))
    }

    fn fetched_the_rest(&mut self, from: u64) {
        let exchanges = self.scene.exchanges();
        let last = exchanges.iter().rfind(|exchange| exchange.route == Route::Cdn);
        let range = last.and_then(|exchange| exchange.header("range"));
        if range != Some(&format!("bytes={from}-")) {
            self.find(Rule::DownloadGoesOn, format!("{from} bytes were there, and it asked for {range:?}"));
        }
    }

    fn is_the_same_end(&mut self) {
        let wanted = if self.scene.kind.makes_video() { Some(&VIDEO[..]) } else { self.scene.old() };
        let output = self.scene.output();
        if output.as_deref() != wanted {
            self.find(Rule::SameEnd, format!("{:?} bytes of something", output.map(|output| output.len())));
        }
        let (charged, said) = (self.scene.charged(), self.asked(Route::Chat));
        if charged != usize::from(self.scene.kind.charges()) {
            self.find(Rule::PaidOnce, format!("{charged} charges"));
        }
        if said > usize::from(self.scene.kind.charges()) + self.again {
            self.find(Rule::SaidOnce, format!("said {said} times"));
        }
    }

    fn nothing_is_left(&mut self) {
        let jobs = self.jobs();
        if !jobs.is_empty() {
            self.find(Rule::NothingIsLeft, format!("a job is listed: {}", jobs[0]));
        }
        let desk = &self.scene.desk;
        let mut left = desk.names();
        left.retain(|name| name != "clip.mp4" && (name != "out.mp4" || !self.scene.kind.makes_video()));
        left.extend(desk.leftovers().iter().map(|path| path.display().to_string()));
        let kept = ["client_id", "tokens.json", "sessions.json"];
        // A beginning is swept up by the next command that begins something, some time later.
        let known = |name: &str| kept.contains(&name) || name.starts_with(".begun-");
        let names = files_below(&desk.home());
        left.extend(
            names.iter().map(|path| path.file_name().unwrap().display().to_string()).filter(|name| !known(name)),
        );
        if !left.is_empty() {
            self.find(Rule::NothingIsLeft, format!("{left:?}"));
        }
    }

    fn little_was_done_again(&mut self, case: &Case, happy: Option<&Counts>) {
        let now = self.counted();
        let (breaks, undone) = (self.breaks, case.undone());
        let happy = happy.filter(|_| self.again == 0);
        if let Some(why) = happy.and_then(|happy| done_again(happy, &now, breaks, &undone)) {
            self.find(Rule::LittleIsDoneAgain, why);
        }
    }

    fn books_add_up(&mut self) {
        let backend = &self.scene.backend;
        let books: Vec<String> = backend.audit().iter().map(ToString::to_string).collect();
        let mut rude = backend.violations();
        let mut verdicts = backend.verdicts();
        // It was the user who said it again, and the first one had come to nothing.
        verdicts.retain(|verdict| verdict.rule != Judged::ChargedTwice || self.again == 0 || self.scene.charged() > 1);
        rude.extend(verdicts.iter().map(ToString::to_string));
        let unfired = backend.unfired();
        books.into_iter().for_each(|why| self.find(Rule::BooksAddUp, why));
        rude.into_iter().for_each(|why| self.find(Rule::IsPolite, why));
        unfired.into_iter().for_each(|why| self.find(Rule::CanBeDone, format!("never happened: {why}")));
    }
}
