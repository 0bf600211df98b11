//! What goes on, on stderr: a bar on a terminal, a line a stage elsewhere.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use weixin_video_core::event::{Event, Observer, Stage};
use weixin_video_core::ids::Grant;

use crate::output::say;

/// Watches one job.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    name: String,
    stage: Option<Stage>,
    keep: Box<dyn Fn(&Grant) + Send>,
}

impl Progress {
    /// Watches the job on `name`; `keep` puts a granted token away. The agent's words are the result's to show.
    pub(crate) fn new(name: &str, keep: impl Fn(&Grant) + Send + 'static) -> Self {
        let bar = std::io::stderr().is_terminal().then(bar);
        let name = weixin_video_core::printable::printable(name, 40);
        Self { bar, name, stage: None, keep: Box::new(keep) }
    }

    fn began(&mut self, stage: Stage) {
        if self.stage == Some(stage) {
            return;
        }
        self.stage = Some(stage);
        match &self.bar {
            Some(bar) => {
                bar.set_length(0);
                bar.set_position(0);
                bar.set_message(format!("{}: {stage}", self.name));
            }
            None => say(&format!("{}: {stage}…", self.name)),
        }
    }

    fn filled(&self, done: u64, of: u64) {
        if let Some(bar) = &self.bar {
            bar.set_length(of);
            bar.set_position(done);
        }
    }

    fn line(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| say(line)),
            None => say(line),
        }
    }
}

impl Observer for Progress {
    fn see(&mut self, event: Event) {
        match event {
            Event::Began(stage) => self.began(stage),
            Event::StillWorking(elapsed) => self.line(&format!("⏳ Still working... ({} min)", elapsed.as_secs() / 60)),
            Event::Rendering(Some(percent)) => self.filled(u64::from(percent), 100),
            Event::Moved { bytes, total: Some(total), .. } => self.filled(bytes, total),
            Event::Note(note) => self.line(&format!("note: {note}")),
            Event::Granted(grant) => (self.keep)(&grant),
            // Nothing in these moves the bar; a checkpoint is the journal's.
            Event::Said(_)
            | Event::Checkpoint(_)
            | Event::Editing
            | Event::Rendering(None)
            | Event::Moved { total: None, .. }
            | _ => {}
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    let template = "{spinner} {msg:40} {bar:30} {percent:>3}%  {elapsed}";
    bar.set_style(ProgressStyle::with_template(template).expect("the template is a constant that parses"));
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}
