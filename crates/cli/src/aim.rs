//! Where the videos of a command go.

use std::path::PathBuf;

use weixin_video::journal::Order;
use weixin_video_studio::timeline::Output as Wishes;
use weixin_video_studio::{Context, Destination, Destinations, EditOp, Reading, interpret, is_chinese};

use crate::args::look;
use crate::destinations;
use crate::failure::Failure;

/// Where the videos of a command go.
#[derive(Clone, Debug)]
pub(crate) struct Aim {
    /// The table to go by.
    pub(crate) destinations: Destinations,
    /// The file that was given with `--destinations`.
    pub(crate) table: Option<PathBuf>,
    /// The id that `--for` named.
    pub(crate) named: Option<String>,
}

impl Aim {
    /// Nothing was said, and nothing is rendered.
    pub(crate) fn none() -> Self {
        Self { destinations: Destinations::built_in().clone(), table: None, named: None }
    }

    /// As the arguments say.
    pub(crate) fn of(args: &look::Aim) -> Result<Self, Failure> {
        let (all, _) = destinations::load(&args.table)?;
        let named = match &args.destination {
            Some(words) => Some(destinations::find(&all, words)?.id.clone()),
            None => None,
        };
        Ok(Self { destinations: all, table: args.table.laid_over.clone(), named })
    }

    /// As it was when a job was begun.
    pub(crate) fn of_job(order: &Order) -> Result<Self, Failure> {
        let table = look::Table { laid_over: order.destinations.clone() };
        Self::of(&look::Aim { destination: order.goes_to.clone(), table })
    }

    /// Where a video goes that these words asked for.
    pub(crate) fn destination(&self, words: &str) -> &Destination {
        let said = || wishes(words).destination;
        let id = self.named.clone().or_else(said);
        id.and_then(|id| self.destinations.get(&id)).unwrap_or_else(|| self.destinations.anywhere())
    }

    /// What an editor elsewhere is told: the words, and where the video goes if that was said apart from them.
    pub(crate) fn told(&self, words: &str) -> String {
        let Some(destination) = self.named.as_ref().and_then(|id| self.destinations.get(id)) else {
            return words.to_owned();
        };
        let words = words.trim_end_matches(['.', '。', ' ']);
        if is_chinese(words) {
            format!("{words}，用途：{}", destination.title_zh)
        } else {
            format!("{words}, for {} (WeChat)", destination.title)
        }
    }
}

/// What the words say of the file as a whole: where it goes, how large it may be.
pub(crate) fn wishes(words: &str) -> Wishes {
    let mut wishes = Wishes::default();
    let Reading::Edits(ops) = interpret(words, &Context::default()) else { return wishes };
    for op in ops {
        if let EditOp::Preset { name } = op {
            wishes.destination = Some(name);
        } else if let EditOp::MaxSize { bytes } = op {
            wishes.max_bytes = Some(bytes);
        } else if let EditOp::Resolution(resolution) = op {
            wishes.resolution = Some(resolution);
        } else if let EditOp::Fps { value } = op {
            wishes.fps_milli = milli(value);
        }
    }
    wishes
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded right here")]
fn milli(fps: f64) -> Option<u32> {
    (1.0..=240.0).contains(&fps).then(|| (fps * 1000.0).round() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aim(named: Option<&str>) -> Aim {
        Aim { named: named.map(str::to_owned), ..Aim::none() }
    }

    #[test]
    fn what_was_named_wins_over_the_words_and_nothing_said_is_a_file() {
        let id = |named, words: &str| aim(named).destination(words).id.clone();
        let usual = "format and compress this video for sharing on WeChat";
        assert_eq!(id(None, usual), "chat");
        assert_eq!(id(Some("moments"), usual), "moments");
        assert_eq!(id(None, "压缩一下发朋友圈"), "moments");
        assert_eq!(id(None, ""), "file");
        assert_eq!(id(None, "blorp"), "file");
    }

    #[test]
    fn an_editor_elsewhere_is_told_in_the_language_of_the_words() {
        assert_eq!(aim(None).told("cut the first 3 s."), "cut the first 3 s.");
        assert_eq!(aim(Some("moments")).told("cut the first 3 s."), "cut the first 3 s, for Moments (WeChat)");
        assert_eq!(aim(Some("moments")).told("剪掉前三秒。"), "剪掉前三秒，用途：朋友圈");
    }

    #[test]
    fn what_the_words_say_of_the_file_is_kept() {
        let wishes = wishes("compress to 10 MB, 720p, 60 fps");
        assert_eq!((wishes.max_bytes, wishes.fps_milli), (Some(10_000_000), Some(60_000)));
        assert!(wishes.resolution.is_some());
    }
}
