//! Whether what an operation ended with is true.

use weixin_video_core::chat::Answer;
use weixin_video_core::error::{Charged, Error, What};
use weixin_video_core::export::Rendered;
use weixin_video_core::job::Delivered;

use super::Watch;
use crate::disk::Disk;
use crate::rule::Rule;
use crate::server::Server;

/// What an operation brought.
#[derive(Debug)]
pub(crate) enum Ended {
    /// A whole job.
    Delivered(Delivered),
    /// A message, with all that was answered.
    Answered(String),
    /// What came of a message.
    Recovered(String),
    /// An export.
    Rendered(Rendered),
    /// A question, with what it showed.
    Told(String),
}

impl Ended {
    /// What came of a message that was sent.
    pub(crate) fn answered(answer: Answer) -> Self {
        Self::Answered(format!("{answer:?}"))
    }

    /// What came of a message that a dead process sent.
    pub(crate) fn recovered(answer: Answer) -> Self {
        Self::Recovered(format!("{answer:?}"))
    }
}

impl Watch {
    /// An operation is over.
    pub(crate) fn ended(&mut self, who: usize, result: &Result<Ended, Error>, server: &Server, disk: &Disk) {
        self.minds_end(who, result);
        match result {
            Ok(Ended::Delivered(delivered)) => {
                self.holds_no_secret(&format!("{delivered:?}"), "a result");
                self.holds_delivered(delivered, server, disk);
            }
            Ok(Ended::Rendered(rendered)) => {
                self.holds_no_secret(&format!("{rendered:?}"), "a result");
                self.holds_rendered(rendered, server);
            }
            Ok(Ended::Answered(shown) | Ended::Recovered(shown)) => {
                self.holds_no_secret(shown, "a result");
                let charged = self.was_charged(server);
                self.hold(Rule::OkIsTheEdit, charged, || "answered, but nothing was charged".into());
                self.conducts[who].holds_edit();
                self.conduct(who);
            }
            Ok(Ended::Told(shown)) => self.holds_no_secret(shown, "a result"),
            Err(error) => self.holds_failure(who, error, server),
        }
    }

    /// What holds of the disk at any time.
    pub(crate) fn holds_disk(&mut self, server: &Server, disk: &Disk) {
        let whole = match &disk.output {
            None => true,
            output if *output == disk.old => true,
            Some(bytes) => {
                let mut versions = server.renders.iter().flat_map(|render| render.versions());
                versions.any(|version| version.bytes == *bytes)
            }
        };
        self.hold(Rule::OutputIsWhole, whole, || format!("{:?} bytes that are no file", disk.output_length()));
    }

    /// What holds of the ledger at any time.
    pub(crate) fn holds_ledger(&mut self, server: &Server) {
        let charges = server.ledger.iter().filter(|charge| charge.message == self.message).count();
        self.hold(Rule::ChargedOnce, charges <= 1, || format!("{charges} charges for one message"));
    }

    fn holds_delivered(&mut self, delivered: &Delivered, server: &Server, disk: &Disk) {
        let render = delivered.render.as_ref().map_or("", |render| render.as_str());
        let matching = server.renders.iter().filter(|known| known.id == render);
        let mut versions = matching.clone().flat_map(|render| render.versions());
        let is_file = versions.any(|version| version.is_video && Some(&version.bytes) == disk.output.as_ref());
        self.hold(Rule::OkIsTheFile, is_file, || format!("the output is no file of render {render:?}"));
        let is_long = disk.output_length() == Some(delivered.bytes);
        self.hold(Rule::OkIsTheFile, is_long, || format!("{} bytes are told", delivered.bytes));
        let edited = matching.clone().any(|known| server.session(&known.session).is_some() && !known.draft.is_empty());
        let charged = self.was_charged(server);
        self.hold(Rule::OkIsTheEdit, edited && charged, || "delivered, but not the edit that was paid for".into());
    }

    fn holds_rendered(&mut self, rendered: &Rendered, server: &Server) {
        let known = server.render(rendered.render.as_str()).is_some();
        self.hold(Rule::OkIsTheFile, known, || format!("{:?} is no render", rendered.render));
    }

    fn holds_failure(&mut self, who: usize, error: &Error, server: &Server) {
        let charged = self.is_charged(server);
        match error.charged() {
            Charged::No | Charged::Yes if who != self.speaker => {}
            Charged::No => {
                self.hold(Rule::NotChargedIsTrue, !charged, || {
                    format!("\"{error}\" ({}) says not charged", error.code())
                });
            }
            Charged::Yes => {
                let has_one = self.was_charged(server);
                self.hold(Rule::ChargedIsTrue, has_one, || format!("\"{error}\" ({}) says charged", error.code()));
            }
            Charged::Unknown => {}
        }
        if matches!(error.what(), What::Unconfirmed { .. }) {
            let shown = self.conducts[who].was_shown_change;
            self.hold(Rule::UnconfirmedIsTrue, !shown, || "a change was shown before".into());
        }
        self.holds_error(error);
    }

    fn was_charged(&self, server: &Server) -> bool {
        server.ledger.iter().any(|charge| charge.message == self.message)
    }

    fn is_charged(&self, server: &Server) -> bool {
        server.ledger.iter().any(|charge| charge.message == self.message && !charge.is_given_back)
    }
}
