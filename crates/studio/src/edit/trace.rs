//! Which part of a timeline went where in a step.

use crate::timeline::Range;

/// A part of the timeline before a step, and where it is after it: in the same order within, perhaps longer or shorter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) from: Range,
    pub(super) to: Range,
}

impl Link {
    fn image(&self, part: Range) -> Option<Range> {
        let part = self.from.meet(part)?;
        let place = |ms: u64| {
            let into = u128::from(ms - self.from.from) * u128::from(self.to.length());
            let len = u128::from(self.from.length());
            self.to.from + u64::try_from((into * 2 + len) / (len * 2)).unwrap_or(u64::MAX)
        };
        Range::new(place(part.from), place(part.to))
    }
}

/// What became of a part, as parts apart from each other in the order of the timeline after the step; empty when it is gone.
pub(super) fn images(links: &[Link], part: Range) -> Vec<Range> {
    runs(links, part).into_iter().map(|(_, run)| run).collect()
}

/// The one image of something that is in one piece: where its beginning went, or the earliest part of it that is left.
pub(super) fn image(links: &[Link], part: Range) -> Option<Range> {
    runs(links, part).into_iter().min_by_key(|(earliest, _)| *earliest).map(|(_, run)| run)
}

/// Where a moment went; where it is gone, the first one after it that is left, and the end when there is none.
pub(super) fn moment(links: &[Link], at: u64) -> u64 {
    let after = image(links, Range { from: at, to: u64::MAX }).map(|run| run.from);
    after.unwrap_or_else(|| links.iter().map(|link| link.to.to).max().unwrap_or(0))
}

/// Images that touch each other made one, each with the earliest moment before the step that is in it.
fn runs(links: &[Link], part: Range) -> Vec<(u64, Range)> {
    let image = |link: &Link| Some((link.from.from.max(part.from), link.image(part)?));
    let mut images: Vec<(u64, Range)> = links.iter().filter_map(image).collect();
    images.sort_by_key(|(_, image)| image.from);
    let mut runs: Vec<(u64, Range)> = Vec::with_capacity(images.len());
    for (earliest, image) in images {
        match runs.last_mut() {
            Some((first, run)) if image.from <= run.to => {
                *first = (*first).min(earliest);
                run.to = run.to.max(image.to);
            }
            _ => runs.push((earliest, image)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(from: u64, to: u64) -> Range {
        Range { from, to }
    }

    #[test]
    fn parts_are_found_again() {
        // 0-10 s, of which 4-6 s went and 6-10 s is played twice as fast.
        let links = [
            Link { from: range(0, 4_000), to: range(0, 4_000) },
            Link { from: range(6_000, 10_000), to: range(4_000, 6_000) },
        ];
        assert_eq!(images(&links, range(3_000, 8_000)), [range(3_000, 5_000)]);
        assert_eq!(images(&links, range(4_000, 6_000)), []);
        assert_eq!((moment(&links, 5_000), moment(&links, 8_000), moment(&links, 99_000)), (4_000, 5_000, 6_000));
    }

    #[test]
    fn what_is_in_one_piece_stays_with_its_beginning() {
        let swapped = [
            Link { from: range(0, 4_000), to: range(6_000, 10_000) },
            Link { from: range(4_000, 10_000), to: range(0, 6_000) },
        ];
        assert_eq!(image(&swapped, range(3_000, 8_000)), Some(range(9_000, 10_000)));
        assert_eq!(images(&swapped, range(3_000, 8_000)), [range(0, 4_000), range(9_000, 10_000)]);
    }

    #[test]
    fn a_beginning_that_now_follows_something_later_is_still_the_beginning() {
        let shuffled = [
            Link { from: range(0, 4_000), to: range(4_000, 8_000) },
            Link { from: range(4_000, 6_000), to: range(9_000, 11_000) },
            Link { from: range(6_000, 10_000), to: range(0, 4_000) },
        ];
        assert_eq!(image(&shuffled, range(0, 10_000)), Some(range(0, 8_000)));
    }
}
