//! What the environment says about planted bugs and points to be killed at: read once, when the program starts.
//!
//! Only a build with the feature `planted` has this; [`weixin_video_core::planted`] names the points and the variables. With
//! `WEIXIN_VIDEO_TIED` the process does not outlive its parent.

use std::fs::File;
use std::io::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};

#[cfg(target_os = "linux")]
use rustix::process::set_parent_process_death_signal;
use rustix::process::{Signal, getpid, kill_process};
use weixin_video_core::planted::{Bug, POINTS, on_reach, plant};

/// Plants a bug, and listens for the point at which this process is to be killed.
///
/// # Panics
/// When a variable makes no sense: a test that meant something else must not pass.
pub(crate) fn begin() {
    #[cfg(target_os = "linux")]
    if std::env::var_os("WEIXIN_VIDEO_TIED").is_some() {
        // A test that is killed leaves nobody behind who goes on asking at a port that is somebody else's by then.
        set_parent_process_death_signal(Some(Signal::KILL)).expect("a process may be tied to its parent");
    }
    plant(std::env::var("WEIXIN_VIDEO_PLANTED").ok().map(|name| Bug::named(&name).expect("the bug has a name")));
    let end = std::env::var("WEIXIN_VIDEO_CRASH").ok().map(|end| End::of(&end).expect("the end is POINT:NTH"));
    let log = std::env::var_os("WEIXIN_VIDEO_REACHED")
        .map(|path| File::options().create(true).append(true).open(path).expect("the list of points can be written"));
    if end.is_some() || log.is_some() {
        on_reach(move |point| {
            if let Some(mut log) = log.as_ref() {
                log.write_all(format!("{point}\n").as_bytes()).expect("the list of points can be written");
            }
            if let Some(end) = &end {
                end.reached(point);
            }
        });
    }
}

/// The point at which this process ends.
struct End {
    point: String,
    nth: u32,
    seen: AtomicU32,
}

impl End {
    fn of(text: &str) -> Option<Self> {
        let (point, nth) = text.split_once(':')?;
        let nth = nth.parse().ok().filter(|nth| *nth > 0)?;
        POINTS.contains(&point).then(|| Self { point: point.to_owned(), nth, seen: AtomicU32::new(0) })
    }

    /// No destructor runs, nothing is flushed: as when the power goes, but for what the kernel has.
    fn reached(&self, point: &str) {
        if point == self.point && self.seen.fetch_add(1, Ordering::SeqCst) + 1 == self.nth {
            kill_process(getpid(), Signal::KILL).expect("a process may kill itself");
            loop {
                std::thread::park();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_point_and_a_number_is_an_end() {
        assert!(End::of("op.chat:1").is_some());
        for wrong in ["op.chat", "op.chat:0", "op.chat:x", "op.nowhere:1", ""] {
            assert!(End::of(wrong).is_none(), "{wrong}");
        }
    }
}
