//! Bugs planted on purpose, and points at which a process may be killed: what shows that the nets catch something.
//!
//! A net that can't fail proves nothing. With the feature `planted` the clients hold the bugs of `Bug`, each a slip that
//! an engineer could make, none of them at work until `plant` says so; `cargo xtask mutants` plants one after the
//! other and asks each net whether it sees it. Without the feature, which no default has, `planted!` is the constant
//! `false`, [`reach`] does nothing, and neither the bugs nor their names are there.
//!
//! # Where a process may be killed
//! [`reach`] names a point that the program has come to. With the feature a hook hears of it: the command line kills its own
//! process there, by SIGKILL, when the environment says so (`WEIXIN_VIDEO_CRASH=POINT:NTH`, counted from 1), and writes down
//! which points it came to (`WEIXIN_VIDEO_REACHED=FILE`, a line for each).
//!
//! | points | around |
//! |---|---|
//! | `journal.begun` `journal.named` `journal.listed` | the file of a new journal: its order stands in it, it has its name, its folder is synced |
//! | `journal.writing` `journal.torn` `journal.written` `journal.synced` | each line of a journal: before it, half of it is there, before it is synced, after |
//! | `journal.over` `journal.removed` | the end of a job: its last line is there, its file is gone |
//! | `part.made` `part.cut` `part.block` `part.full` `part.synced` | a download: the part file is new, is cut to where it goes on, has one more block, has all of them, is synced |
//! | `publish.begun` `publish.synced` `publish.renamed` `publish.done` | giving the part file its name: before, before the rename, after it, after the folder's sync |
//! | `op.token` `op.session` `op.upload` `op.state` `op.chat` `op.export` `op.status` `op.download` `op.other` | before a request leaves |
//! | `op.read` `op.save` `op.measure` `op.publish` `op.wait` | before any other op |
//! | `op.answered` | an op has its answer, and no machine knows it yet |
//! | `token.writing` `token.written` `token.kept` | the file of the token: before, before it has its name, after |

#[cfg(feature = "planted")]
pub use live::{Bug, Home, POINTS, on_reach, op, plant, reach};
#[cfg(feature = "planted")]
pub(crate) use live::{another_client, export_body};

/// Whether a bug is at work: `planted!(Name)` is an expression, and the constant `false` in a normal build.
/// `planted!(Name => statement)` does the statement if it is, and is nothing at all in a normal build.
#[cfg(not(feature = "planted"))]
#[doc(hidden)]
#[macro_export]
macro_rules! planted {
    ($bug:ident) => {
        false
    };
    ($bug:ident => $($then:tt)*) => {};
}

/// Whether a bug is at work: `planted!(Name)` is an expression, and the constant `false` in a normal build.
/// `planted!(Name => statement)` does the statement if it is, and is nothing at all in a normal build.
#[cfg(feature = "planted")]
#[doc(hidden)]
#[macro_export]
macro_rules! planted {
    ($bug:ident) => {
        $crate::planted::Bug::$bug.is_planted()
    };
    ($bug:ident => $($then:tt)*) => {
        if $crate::planted::Bug::$bug.is_planted() {
            $($then)*
        }
    };
}

/// The program has come to this point. Nothing happens.
#[cfg(not(feature = "planted"))]
#[inline(always)]
pub const fn reach(_point: &str) {}

/// The program is about to do this. Nothing happens.
#[cfg(not(feature = "planted"))]
#[inline(always)]
pub const fn op(_op: &crate::machine::Op) {}

#[cfg(feature = "planted")]
mod bugs;
#[cfg(feature = "planted")]
mod live;
