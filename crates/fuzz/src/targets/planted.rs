//! A promise that nobody made.

use weixin_video_core::sse::Decoder;

/// Believes that no server names an event `7`. The inputs it starts from hold no such event.
pub(super) fn check(input: &[u8]) {
    let mut decoder = Decoder::new();
    let mut rest = input;
    while let Ok(Some(event)) = decoder.next(&mut rest) {
        assert_ne!(event.last_event_id(), b"7", "the planted failure");
    }
}
