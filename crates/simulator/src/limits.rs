//! The numbers that rules hold a client to, in one place.

use std::time::Duration;

/// Requests of one process over one job: a render that is waited for in full takes most of them.
pub(crate) const REQUESTS: u32 = 150;
/// Steps of one process: a stream that trickles takes most of them.
pub(crate) const STEPS: u32 = 40_000;
/// Time of one process on its monotonic clock.
pub(crate) const TIME: Duration = Duration::from_secs(3 * 60 * 60);
/// Bytes of text in the events and the result of one process.
pub(crate) const TEXT: usize = 4 << 20;
/// From a question that got no answer to the same question.
pub(crate) const BACKOFF: Duration = Duration::from_secs(1);
/// How often a question is asked that gets none.
pub(crate) const TRIES: u32 = 4;
/// How often in a row a question is told to wait before it is given up.
pub(crate) const RATE_LIMITS: u32 = 2;
/// Heartbeats alone are listened to no longer.
pub(crate) const IDLE: Duration = Duration::from_secs(10 * 60);
/// Whether a piece is news can be seen in more than one way; hours of silence can't.
pub(crate) const IDLE_SLACK: Duration = Duration::from_secs(10 * 60);
/// Renders of one timeline.
pub(crate) const RENDERS: usize = 2;
/// Tokens that one operation is granted: the first, and one in its place.
pub(crate) const GRANTS: u32 = 2;
/// Redirects in a row.
pub(crate) const HOPS: u32 = 5;
/// Between two words while the agent is at work: every 2 min, and some seconds of grace.
pub(crate) const SILENCE: Duration = Duration::from_secs(130);
/// From the break of a stream to the first look at the state.
pub(crate) const FIRST_LOOK: Duration = Duration::from_secs(30);
/// Between two looks at the state.
pub(crate) const NEXT_LOOK: Duration = Duration::from_secs(60);
/// Between two questions how a render is doing.
pub(crate) const POLL: Duration = Duration::from_secs(2);
/// How often a render of 90 s may be asked for.
pub(crate) const POLLS: u32 = 10;
/// The usual longest render.
pub(crate) const USUAL_RENDER: Duration = Duration::from_secs(90);
/// What a 429 without a number is waited for.
pub(crate) const RATE_LIMIT: Duration = Duration::from_secs(30);
