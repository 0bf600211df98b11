//! The feature at work: which bug is planted, and who hears of the points.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU16, Ordering};

use crate::ids::ClientId;
use crate::machine::Op;

pub use super::bugs::{Bug, Home};

/// The number of the bug that is planted, from 1 on; 0 is none.
static PLANTED: AtomicU16 = AtomicU16::new(0);

type Hook = Box<dyn Fn(&str) + Send + Sync>;

static HOOK: OnceLock<Hook> = OnceLock::new();

/// All points, in the order in which a job comes to them.
pub const POINTS: &[&str] = &[
    "journal.begun",
    "journal.named",
    "journal.listed",
    "token.writing",
    "token.written",
    "token.kept",
    "op.token",
    "op.session",
    "op.upload",
    "op.state",
    "op.chat",
    "op.export",
    "op.status",
    "op.download",
    "op.other",
    "op.read",
    "op.save",
    "op.measure",
    "op.publish",
    "op.wait",
    "op.answered",
    "journal.writing",
    "journal.torn",
    "journal.written",
    "journal.synced",
    "part.made",
    "part.cut",
    "part.block",
    "part.full",
    "part.synced",
    "publish.begun",
    "publish.synced",
    "publish.renamed",
    "publish.done",
    "journal.over",
    "journal.removed",
];

/// Plants a bug in this process, in the place of the one before; `None` takes it out.
pub fn plant(bug: Option<Bug>) {
    PLANTED.store(bug.map_or(0, |bug| bug as u16 + 1), Ordering::Relaxed);
}

/// Tells `hook` of every point from now on. Only the first hook counts.
pub fn on_reach(hook: impl Fn(&str) + Send + Sync + 'static) {
    // A second one would be a mistake of whoever sets it, and the first still hears everything.
    let _ = HOOK.set(Box::new(hook));
}

/// The program has come to this point.
pub fn reach(point: &str) {
    debug_assert!(POINTS.contains(&point), "{point} is not in the list");
    if let Some(hook) = HOOK.get() {
        hook(point);
    }
}

/// The program is about to do this.
pub fn op(op: &Op) {
    reach(match op {
        Op::Send(call) => asked(call.request().method().as_str(), call.request().uri().path()),
        Op::Read { .. } => "op.read",
        Op::Save { .. } => "op.save",
        Op::Measure(_) => "op.measure",
        Op::Publish(_) => "op.publish",
        Op::Wait { .. } => "op.wait",
    });
}

/// What an export request becomes by the bugs that spoil its body.
pub(crate) fn export_body(json: Vec<u8>) -> Vec<u8> {
    if Bug::SnakeCaseExport.is_planted() {
        return String::from_utf8_lossy(&json).replacen("sessionId", "session_id", 1).into_bytes();
    }
    let floats = |json: &[u8]| serde_json::to_vec(&serde_json::from_slice::<serde_json::Value>(json).ok()?).ok();
    if Bug::DraftThroughFloat.is_planted() { floats(&json).unwrap_or(json) } else { json }
}

/// Who does not ask.
pub(crate) fn another_client() -> ClientId {
    ClientId::new("another").expect("a plain word is an id")
}

fn asked(method: &str, path: &str) -> &'static str {
    match (method, path) {
        (_, "/api/auth/anonymous-token") => "op.token",
        (_, "/run_sse") => "op.chat",
        ("POST", "/api/render/proxy/lambda") => "op.export",
        (_, path) if path.contains("/with-session/") => "op.session",
        (_, path) if path.starts_with("/api/upload-video/") => "op.upload",
        (_, path) if path.starts_with("/api/state/") => "op.state",
        ("GET", path) if path.starts_with("/api/render/proxy/lambda/") => "op.status",
        (_, path) if path.ends_with("/download") || !path.starts_with("/api/") => "op.download",
        _ => "op.other",
    }
}

impl Bug {
    /// Whether this one is planted.
    #[must_use]
    pub fn is_planted(self) -> bool {
        PLANTED.load(Ordering::Relaxed) == self as u16 + 1
    }

    /// The one of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|bug| bug.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bug_has_a_name_of_its_own() {
        for bug in Bug::ALL {
            assert_eq!(Bug::named(bug.name()), Some(*bug));
            assert!(!bug.words().is_empty() && !bug.is_planted());
        }
        assert_eq!(Bug::named("None"), None);
    }

    #[test]
    fn requests_have_points_of_their_own() {
        assert_eq!(asked("GET", "/api/render/proxy/lambda/render_1"), "op.status");
        assert_eq!(asked("GET", "/api/render/proxy/render_1/download"), "op.download");
        assert_eq!(asked("GET", "/v.mp4"), "op.download");
        assert_eq!(asked("GET", "/api/credits/balance/simple"), "op.other");
    }
}
