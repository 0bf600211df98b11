//! Where a job stands, in words.

use weixin_video::journal::{Kind, Order};
use weixin_video_core::error::Charged;
use weixin_video_core::event::Checkpoint;

use super::JobId;
use crate::backend::LOCAL;

/// How far a job has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    Begun,
    Uploading,
    Uploaded,
    Charging,
    Edited,
    Rendering,
    Downloading,
    Publishing,
}

/// Where a job stands: its stage, and what it cost so far.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    pub(crate) stage: Stage,
    pub(crate) charged: Charged,
    kind: Kind,
    /// Whether the server ended with the process that had it.
    local: bool,
}

/// The command that goes on with a job.
pub(crate) fn resume_line(id: &JobId) -> String {
    format!("weixin-video resume {id}")
}

/// The command that gives a job up.
pub(crate) fn forget_line(id: &JobId) -> String {
    format!("weixin-video forget {id}")
}

impl Standing {
    /// After the last checkpoint.
    pub(crate) fn of(order: &Order, last: Option<&Checkpoint>) -> Self {
        let stage = match last {
            None => Stage::Begun,
            Some(Checkpoint::Opened { .. }) => Stage::Uploading,
            Some(Checkpoint::Uploaded { .. }) => Stage::Uploaded,
            Some(Checkpoint::Charging { .. }) => Stage::Charging,
            Some(Checkpoint::Edited { .. }) => Stage::Edited,
            Some(Checkpoint::Exporting { .. }) => Stage::Rendering,
            Some(Checkpoint::Downloading { .. }) => Stage::Downloading,
            Some(Checkpoint::Publishing { .. }) => Stage::Publishing,
        };
        let charged = match last {
            Some(checkpoint) if order.backend != LOCAL && order.kind != Kind::Export => checkpoint.charged(),
            Some(_) | None => Charged::No,
        };
        Self { stage, charged, kind: order.kind, local: order.backend == LOCAL }
    }

    /// As JSON has it: `None` where it can't be known.
    pub(crate) fn charged_as_told(&self) -> Option<bool> {
        match self.charged {
            Charged::No => Some(false),
            Charged::Yes => Some(true),
            Charged::Unknown => None,
        }
    }

    /// The stage's name for programs.
    pub(crate) fn name(&self) -> &'static str {
        match self.stage {
            Stage::Begun => "begun",
            Stage::Uploading => "uploading",
            Stage::Uploaded => "uploaded",
            Stage::Charging => "editing",
            Stage::Edited => "edited",
            Stage::Rendering => "rendering",
            Stage::Downloading => "downloading",
            Stage::Publishing => "publishing",
        }
    }

    /// What goes on without this program, and what it cost; one sentence or two.
    pub(crate) fn words(&self) -> &'static str {
        match (self.stage, self.charged) {
            (Stage::Begun | Stage::Uploading | Stage::Uploaded, _) => "Nothing was charged.",
            (Stage::Charging, Charged::No) => "The edit may have been done; nothing was charged.",
            (Stage::Charging, _) => "The edit may go on and be charged.",
            (Stage::Edited, Charged::No) => "The edit is done; nothing was charged.",
            (Stage::Edited, _) => "The edit is done and charged.",
            (Stage::Rendering | Stage::Downloading | Stage::Publishing, _) if self.local => {
                "Nothing runs any more, and nothing was charged."
            }
            (Stage::Rendering, Charged::No) => "The render goes on; nothing was charged.",
            (Stage::Rendering, _) => "The edit is done and charged; the render goes on and costs nothing.",
            (Stage::Downloading | Stage::Publishing, Charged::No) => "The video is rendered; nothing was charged.",
            (Stage::Downloading | Stage::Publishing, _) => {
                "The edit is done and charged; the video is rendered and costs nothing more."
            }
        }
    }

    /// For a list: what was being done, in a few words.
    pub(crate) fn doing(&self) -> &'static str {
        match self.stage {
            Stage::Begun => "begun",
            Stage::Uploading => "uploading the clip",
            Stage::Uploaded => "uploaded; the edit is next",
            Stage::Charging if self.charged == Charged::No => "the edit may have been done",
            Stage::Charging => "the edit may have been charged",
            Stage::Edited if self.kind == Kind::Export => "rendering is next",
            Stage::Edited => "edited; rendering is next",
            Stage::Rendering => "rendering",
            Stage::Downloading => "downloading",
            Stage::Publishing => "downloaded; about to get its name",
        }
    }
}
