//! What a plan is going to run, for people who want to see it before it is done.

use serde::Serialize;

use super::{Budget, Form, Pass, Plan};
use crate::ladder::Rung;

/// A run of ffmpeg.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Run {
    /// What it is for.
    pub what: String,
    /// Its arguments. Inputs and outputs are names in a job folder: [`Plan::inputs`] says whose.
    pub arguments: Vec<String>,
}

impl Plan {
    /// The runs of ffmpeg that it takes, in order; none where this process does it all.
    ///
    /// What is known only by then is left out: how loud the sound turned out to be, and a picture that is made smaller for a
    /// size in bytes.
    pub fn runs(&self) -> Vec<Run> {
        let listen = self.lufs().map(|_| self.run("listen how loud it is", &Pass::Listen));
        let rest = match self.rung().0 {
            Rung::Copy | Rung::Remux => Vec::new(),
            Rung::Retag => vec![self.run("write container and colour tags anew", &Pass::Retag)],
            Rung::EncodeSound => vec![self.run("copy the picture, encode the sound", &Pass::KeepPicture)],
            Rung::Encode | Rung::Segments => self.encoding(),
        };
        listen.into_iter().chain(rest).collect()
    }

    /// The name of each input in the job folder, with the id of its source.
    pub fn inputs(&self) -> Vec<(String, &str)> {
        self.links().map(|(name, source, _)| (name, source)).collect()
    }

    fn encoding(&self) -> Vec<Run> {
        let budget = self.max_bytes().and_then(|most| Some((most, Budget::of(self, most).ok()?)));
        let once = self.run("encode at the quality that looks right", &Pass::Quality);
        match budget {
            Some((most, Budget { sound_kbit, .. })) if !self.form().has_picture() => {
                vec![self.run(&format!("encode within {most} bytes"), &Pass::Sound(sound_kbit))]
            }
            Some((most, Budget { picture, sound_kbit })) if self.form() != Form::Gif => {
                let first = format!("where that is more than {most} bytes: look where bits are needed");
                vec![
                    once,
                    self.run(&first, &Pass::First(picture, sound_kbit)),
                    self.run("then encode within that size", &Pass::Second(picture, sound_kbit)),
                ]
            }
            Some(_) | None => vec![once],
        }
    }

    fn run(&self, what: &str, pass: &Pass) -> Run {
        Run { what: what.to_owned(), arguments: self.arguments_of(pass, None) }
    }
}
