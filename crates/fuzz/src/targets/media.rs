//! Which files may be uploaded.

use weixin_video_core::media::{Accept, MAX_UPLOAD_BYTES, Refusal, by_name, check as judged, content_type, is_mp4};

use crate::judge;
use crate::steer::Tail;

/// A file's name, a NUL, its first bytes.
pub(super) fn check(input: &[u8]) {
    let mut parts = input.splitn(2, |byte| *byte == 0);
    let name = String::from_utf8_lossy(parts.next().unwrap_or_default());
    let head = parts.next().unwrap_or_default();
    let bytes = [1, 0, 4_096, MAX_UPLOAD_BYTES, MAX_UPLOAD_BYTES + 1, u64::MAX][Tail::of(input).below(6)];

    let cloud = judged(&name, bytes, head, Accept::Cloud);
    let local = judged(&name, bytes, head, Accept::Local);
    assert!(cloud.is_err() || local.is_ok(), "this machine takes all that the cloud takes");
    assert!(content_type(&name).is_ascii());
    if local.is_ok() {
        assert!(bytes > 0 && bytes <= MAX_UPLOAD_BYTES && by_name(&name).is_some());
    }
    assert_eq!(matches!(local, Err(Refusal::Empty)), bytes == 0);
    assert!(!(is_mp4(head) && matches!(local, Err(Refusal::NotMedia { .. }))), "an MP4 is media");
    for refusal in [cloud, local].into_iter().filter_map(Result::err) {
        judge::line(&refusal.to_string(), 200);
        judge::line(&refusal.advice(), 300);
    }
}
