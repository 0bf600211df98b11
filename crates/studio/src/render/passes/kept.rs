//! Outputs whose picture isn't encoded.

use std::path::PathBuf;

use super::{LISTENING, Made, Work};
use crate::{
    error::Error,
    ladder::Rung,
    mp4::{self, Keep},
    plan::{Pass, Plan},
};

impl Work<'_> {
    /// Makes the output of a plan with the picture of its one source as it is.
    pub(in crate::render) fn keep(&mut self, plan: &Plan, rung: Rung) -> Result<Made, Error> {
        match rung {
            Rung::Copy => self.copy(plan)?,
            Rung::Remux => self.rewrite(plan)?,
            Rung::EncodeSound => {
                let loudness = plan.lufs().map(|_| self.listen(plan)).transpose()?.flatten();
                let from = if plan.lufs().is_some() { LISTENING } else { 0 };
                self.run(plan, &Pass::KeepPicture, loudness.as_ref(), (from, 100), None)?;
            }
            Rung::Retag | Rung::Encode | Rung::Segments => {
                self.run(plan, &Pass::Retag, None, (0, 100), None)?;
            }
        }
        self.look(plan)
    }

    fn copy(&self, plan: &Plan) -> Result<(), Error> {
        let (from, to) = self.ends(plan);
        mp4::copy(&from, &to)
    }

    fn rewrite(&self, plan: &Plan) -> Result<(), Error> {
        let (from, to) = self.ends(plan);
        let tracks = plan.whole().ok().and_then(|source| Some((source.video.as_ref()?, source.audio.as_ref())));
        let (video, audio) = tracks.ok_or_else(|| Error::Render { detail: "there is no one source".to_owned() })?;
        let keep = Keep { picture: video.index, sound: audio.map(|audio| audio.index) };
        mp4::rewrite(&from, &to, keep, self.control)
    }

    /// The one source and the output, in the job folder.
    fn ends(&self, plan: &Plan) -> (PathBuf, PathBuf) {
        let folder = self.job.folder();
        let first = plan.links().next().map(|(name, _, _)| name).unwrap_or_default();
        (folder.join(first), folder.join(plan.output_name()))
    }
}
