//! Section "Draft".

use weixin_video_core::api::{Endpoint, StartExport};
use weixin_video_core::call::Body;
use weixin_video_core::draft::{Draft, TrackKind};
use weixin_video_core::time::Instant;

use crate::wire::*;

#[test]
fn opaque_keys_go_back_byte_for_byte() {
    for text in [
        r#"{"t":[{"tt":0,"sg":[{"d":1000,"x":123456789012345678901234567890}]}],"f":1.50}"#,
        r#"{ "z" : null, "t":[{"tt":0,"sg":[{"d":1e3}]}],"emoji":"\ud83c\udf89","zero":-0.0, "z":2}"#,
    ] {
        let export = StartExport { render: render(), session: session(), draft: draft(text) };
        let call = export.request(&config(), Instant::ORIGIN);
        let Body::Bytes(body) = call.request().body() else { panic!("JSON") };
        assert!(String::from_utf8_lossy(body).contains(text), "{text}");
    }
}

#[test]
fn exportable_is_a_track_with_a_segment() {
    for (text, can) in [
        (r#"{"t":[]}"#, false),
        (r#"{"t":[{"tt":0,"sg":[]},{"tt":1}]}"#, false),
        (r#"{"t":[{"tt":0,"sg":[]},{"tt":7,"sg":[{"d":1}]}]}"#, true),
        (r#"{"t":[{"tt":42,"sg":[{}]}]}"#, true),
        (r#"{"x":1}"#, false),
    ] {
        assert_eq!(draft(text).can_export(), can, "{text}");
    }
    for none in ["null", "{}", "[]", "", "7"] {
        assert!(Draft::parse(none).is_none(), "{none}");
    }
}

#[test]
fn exportable_kinds_of_tracks_are_known_by_number() {
    let draft = draft(r#"{"t":[{"tt":0,"sg":[]},{"tt":1,"sg":[]},{"tt":7,"sg":[]},{"tt":3,"sg":[]}]}"#);
    let kinds: Vec<TrackKind> = draft.tracks().iter().map(|track| track.kind).collect();
    assert_eq!(kinds, [TrackKind::Video, TrackKind::Audio, TrackKind::Text, TrackKind::Other(3)]);
}

#[test]
fn one_line_for_people_is_the_documented_one() {
    const LINE: &str = include_str!("../../PROTOCOL.md");
    let draft = draft(
        r#"{"t":[{"tt":0,"sg":[{"d":10000,"m":{"name":"city timelapse"}}]},
        {"tt":1,"sg":[{"d":10000,"m":{"name":"Lo-fi","volume":0.35}}]},
        {"tt":7,"sg":[{"d":3000,"m":{"text":"Urban Dreams"}}]}]}"#,
    );
    let documented = LINE.lines().find(|line| line.trim_start().starts_with("Timeline (")).expect("the line");
    assert_eq!(draft.summary(), documented.trim());
}
