//! Replays the corpus: each input of each target, on any machine, without an engine.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use weixin_video_fuzz::{PLANTED, TARGETS, Target, inputs, target_of};

#[test]
fn every_promise_holds_for_every_input() {
    let mut broken = Vec::new();
    for target in TARGETS {
        for file in inputs(target).expect("each target has a corpus") {
            let input = fs::read(&file).expect("the corpus is there");
            if catch_unwind(|| (target.check)(&input)).is_err() {
                broken.push(format!("cargo xtask fuzz --replay {}", file.display()));
            }
        }
    }
    assert!(broken.is_empty(), "replay with:\n{}", broken.join("\n"));
}

#[test]
fn every_corpus_belongs_to_a_target_and_is_small() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut bytes = 0;
    for folder in fs::read_dir(corpus).expect("a corpus") {
        let folder = folder.expect("a corpus").path();
        let target = target_of(&folder.join("any"));
        assert!(target.is_some() || cfg!(not(feature = "journal")), "{} is no target's", folder.display());
        for file in fs::read_dir(&folder).expect("a folder") {
            bytes += file.expect("a file").metadata().expect("a file").len();
        }
    }
    assert!(bytes <= 300_000, "{bytes} bytes: every clone pays for them");
}

#[test]
fn a_broken_promise_is_noticed() {
    let noticed = |target: &Target, input: &[u8]| catch_unwind(|| (target.check)(input)).is_err();
    assert!(noticed(&PLANTED, b"id: 7\ndata: a\n\n"));
    for file in inputs(&PLANTED).expect("a corpus") {
        assert!(!noticed(&PLANTED, &fs::read(&file).expect("an input")), "it is for the engine to find");
    }
}
