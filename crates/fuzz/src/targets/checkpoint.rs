//! Checkpoints: what a journal may hold after a crash, or after somebody's hand.

use std::sync::Arc;

use weixin_video_core::call::SinkId;
use weixin_video_core::config::Config;
use weixin_video_core::error::Charged;
use weixin_video_core::event::Checkpoint;
use weixin_video_core::ids::Seed;
use weixin_video_core::job::Job;

use super::machines::clip;
use crate::{drive, server};

/// A checkpoint as JSON, a NUL, decisions for the run that goes on from it.
pub(super) fn check(input: &[u8]) {
    let (json, decisions) = match input.iter().position(|byte| *byte == 0) {
        Some(at) => (&input[..at], &input[at + 1..]),
        None => (input, &[][..]),
    };
    let Ok(checkpoint) = serde_json::from_slice::<Checkpoint>(json) else {
        return;
    };
    let written = serde_json::to_string(&checkpoint).expect("a checkpoint is JSON");
    let again: Checkpoint = serde_json::from_str(&written).expect("what was written is read");
    assert_eq!(serde_json::to_string(&again).expect("a checkpoint is JSON"), written);
    assert_eq!(again.session(), checkpoint.session());
    assert_eq!(again.render(), checkpoint.render());

    // The engine learns what the secrets are from the comparisons that look for them.
    if server::names_a_secret(written.as_bytes()) {
        return;
    }
    let paid = checkpoint.charged() != Charged::No;
    for source in [None, Some(clip())] {
        let config = Arc::new(Config::new("https://api.example").expect("an origin"));
        let job = Job::resume(config, again.clone(), source, SinkId(0), Seed::new(3));
        let run = drive::run(job, decisions);
        assert!(!paid || run.charged == 0, "a message that had left is sent again");
    }
}
