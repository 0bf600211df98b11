//! MP4 files: what they are, and the same pictures and sound in a new one.

use std::io::Cursor;

use weixin_video_studio::{Control, MediaFacts, mp4};

/// A file.
pub(super) fn check(input: &[u8]) {
    let facts = mp4::read_from(&mut Cursor::new(input)).expect("memory can be read");
    if let Some(facts) = &facts {
        told(facts, input.len());
    }
    let named = facts.as_ref().and_then(|facts| {
        let picture = facts.video.as_ref()?.index;
        Some(mp4::Keep { picture, sound: facts.audio.as_ref().map(|audio| audio.index) })
    });
    let usual = mp4::Keep { picture: 0, sound: Some(1) };
    let alone = mp4::Keep { picture: 0, sound: None };
    for keep in [usual, alone].into_iter().chain(named) {
        let Some(new) = rewritten(input, keep) else { continue };
        let again = mp4::Keep { picture: 0, sound: keep.sound.map(|_| 1) };
        assert_eq!(rewritten(&new, again).as_ref(), Some(&new), "what is written is understood, and stays as it is");
        if Some(keep) == named {
            same(facts.as_ref().expect("it names them"), &new);
        }
    }
}

fn told(facts: &MediaFacts, bytes: usize) {
    let video = facts.video.as_ref().expect("there is a picture");
    assert_eq!((video.codec.as_str(), facts.bytes), ("h264", bytes as u64));
    assert!(facts.duration_ms > 0 && video.width > 0 && video.height > 0 && facts.boxes.is_some());
}

fn rewritten(input: &[u8], keep: mp4::Keep) -> Option<Vec<u8>> {
    let mut new = Vec::new();
    let made = mp4::rewrite_into(&mut Cursor::new(input), &mut new, keep, &Control::new());
    assert!(!matches!(made, Err(mp4::Stop::Io(_))), "memory can be read: {made:?}");
    made.is_ok().then_some(new)
}

/// The new file has the picture and the sound of the old one, and tells nothing else.
fn same(old: &MediaFacts, new: &[u8]) {
    let new = mp4::read_from(&mut Cursor::new(new)).expect("memory can be read").expect("what is written is known");
    let (mut video, mut audio) = (old.video.clone(), old.audio.clone());
    if let (Some(video), Some(new)) = (&mut video, &new.video) {
        // QuickTime doesn't tell the range of colours that it names.
        (video.index, video.color.range) = (0, new.color.range.clone());
    }
    if let Some(audio) = &mut audio {
        audio.index = 1;
    }
    assert_eq!((&video, &audio), (&new.video, &new.audio));
    let boxes = new.boxes.expect("it has boxes");
    assert_eq!(new.faststart, Some(true));
    assert!(boxes.whole && !boxes.dated && !boxes.located && boxes.tags.is_empty(), "{boxes:?}");
}
