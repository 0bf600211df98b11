//! The rest of a job that was cut off with its process.

use std::sync::Arc;

use super::{At, Delivered, Job};
use crate::api::{DOWNLOAD, Message, Source};
use crate::call::SinkId;
use crate::chat::Chat;
use crate::config::Config;
use crate::draft::Draft;
use crate::error::What;
use crate::event::Checkpoint;
use crate::export::Export;
use crate::ids::{RenderId, Seed};
use crate::machine::Input;
use crate::planted;

impl Job {
    /// The rest of a job that was cut off. A message that may have left is not sent again; `source` is the clip, where it is
    /// still at hand, for a job that was cut off before it was uploaded.
    #[must_use]
    pub fn resume(
        config: Arc<Config>,
        checkpoint: Checkpoint,
        source: Option<Source>,
        sink: SinkId,
        seed: Seed,
    ) -> Self {
        let (session, charged) = (checkpoint.session().clone(), checkpoint.charged());
        let delivered =
            Delivered { session: Some(session), render: checkpoint.render().cloned(), ..Delivered::default() };
        let job = Self::begin(config, source, sink, seed, At::Over(None));
        let mut job = Self { charged, delivered, ..job };
        job.stage = job.at(checkpoint);
        job
    }

    fn at(&mut self, checkpoint: Checkpoint) -> At {
        let (config, seed) = (self.config.clone(), self.seed);
        match checkpoint {
            Checkpoint::Opened { words, .. } => {
                At::Checking { call: self.look(), message: Message::new(words), lost: None }
            }
            Checkpoint::Uploaded { words, .. } if planted!(ResumeUploadsAgain) => {
                let uploading = self.upload(Message::new(words));
                self.go_on(uploading)
            }
            Checkpoint::Uploaded { words, .. } => self.chatting(Message::new(words)),
            Checkpoint::Charging { .. } if planted!(ResumeSendsAgain) => self.chatting(Message::new("go on")),
            Checkpoint::Charging { session, before, since_ms } => {
                let before = before.and_then(|text| Draft::parse(&text));
                At::Chatting(Box::new(Chat::recover(config, session, before, since_ms, seed)))
            }
            Checkpoint::Edited { .. } => At::Reading { call: self.look(), before: None },
            Checkpoint::Exporting { .. } if planted!(ResumeForgetsRender) => {
                At::Reading { call: self.look(), before: None }
            }
            Checkpoint::Exporting { session, render, again } => {
                At::Exporting(Box::new(Export::resume(config, session, render, again, seed)))
            }
            Checkpoint::Downloading { session, render, etag } => {
                self.etag = etag.filter(|_| !planted!(ResumeForgetsVersion));
                At::Exporting(Box::new(Export::resume(config, session, render, false, seed)))
            }
            Checkpoint::Publishing { render, bytes, .. } => At::Placing { render, bytes, publishing: false },
        }
    }

    /// What the process left that was cut off between the last byte and the end.
    fn placed(&mut self, render: RenderId, expected: u64, part: u64, output: Option<u64>) -> At {
        if part == expected {
            return At::Placing { render, bytes: expected, publishing: true };
        }
        let is_there = output == Some(expected) || (output.is_some() && planted!(OutputIsTheFile));
        if part == 0 && is_there {
            return self.downloaded(expected);
        }
        self.fetch(render)
    }

    pub(super) fn place(&mut self, render: RenderId, bytes: u64, input: Input) -> At {
        match input {
            Input::Measured { part, output } => self.placed(render, bytes, part, output),
            Input::Published => self.downloaded(bytes),
            Input::Failed(fault) => self.fail(What::Transport { endpoint: DOWNLOAD, fault }.into()),
            // The driver answered something that was not asked: as if nothing were there.
            Input::Reply(_) | Input::Head(_) | Input::Chunk(_) | Input::End | Input::Saved { .. } => self.fetch(render),
            Input::Cut { .. } | Input::Elapsed | Input::NotSent { .. } => self.fetch(render),
        }
    }

    fn fetch(&self, render: RenderId) -> At {
        At::Exporting(Box::new(Export::resume(self.config.clone(), self.session_id(), render, false, self.seed)))
    }
}
