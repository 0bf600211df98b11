//! Writing on the picture, rendered for real: it is there when and where it was asked for, and says nothing but text.

use serde_json::{Value, json};
use weixin_video_studio::Error;

use crate::bench::{Bench, Frame};

const DARK: &str = "-f lavfi -i color=0x203040:s=320x180:r=10:d=3 -c:v libx264 -preset ultrafast -qp 0";

/// A draft of all of the clip `a` with writings on it: role, text, place in time and on the picture.
fn written(texts: &[(&str, &str, Value)]) -> Value {
    let tracks = texts
        .iter()
        .map(|(role, text, at)| json!({ "tt": 7, "m": { "role": role }, "sg": [{ "m": { "text": text }, "at": at }] }));
    let picture = json!({ "tt": 0, "sg": [{ "src": "a" }] });
    json!({ "t": std::iter::once(picture).chain(tracks).collect::<Vec<Value>>() })
}

/// The box around all that is bright in a frame: left, top, right, bottom.
fn bright_box(frame: &Frame, (width, height): (usize, usize)) -> Option<(usize, usize, usize, usize)> {
    let mut found: Option<(usize, usize, usize, usize)> = None;
    for y in 0..height {
        for x in 0..width {
            if frame.rgb(x, y).iter().all(|c| *c > 180) {
                let (left, top, right, bottom) = found.unwrap_or((x, y, x, y));
                found = Some((left.min(x), top.min(y), right.max(x), bottom.max(y)));
            }
        }
    }
    found
}

fn bench() -> Bench {
    let bench = Bench::new();
    bench.make("a.mp4", DARK);
    bench
}

#[test]
fn a_title_is_there_to_the_frame() {
    let bench = bench();
    bench.render(&written(&[("title", "早安 HELLO", json!({ "start": 1000, "dur": 500 }))]), &["a.mp4"]).unwrap();
    let frames = bench.frames();
    let shown: Vec<usize> = (0..30).filter(|n| bright_box(&frames[*n], (320, 180)).is_some()).collect();
    assert_eq!(shown, [10, 11, 12, 13, 14]);
    let (left, top, right, bottom) = bright_box(&frames[12], (320, 180)).unwrap();
    assert!((left + right).abs_diff(320) < 12 && (top + bottom).abs_diff(180) < 24, "{left} {top} {right} {bottom}");
    assert!(right - left > 60 && bottom - top > 8, "{left} {top} {right} {bottom}");
}

#[test]
fn every_place_is_where_its_name_says() {
    let bench = bench();
    let places = [
        ("top_left", -1, -1),
        ("top", 0, -1),
        ("top_right", 1, -1),
        ("left", -1, 0),
        ("center", 0, 0),
        ("right", 1, 0),
        ("bottom_left", -1, 1),
        ("bottom", 0, 1),
        ("bottom_right", 1, 1),
    ];
    for (place, across, down) in places {
        let at = json!({ "start": 0, "dur": null, "pos": place });
        bench.render(&written(&[("subtitle", "字幕", at)]), &["a.mp4"]).unwrap();
        let (left, top, right, bottom) = bright_box(&bench.frame(1), (320, 180)).unwrap();
        let third = |sum: usize, side: usize| (sum * 3 / (side * 2)).min(2) as i32 - 1;
        assert_eq!((third(left + right, 320), third(top + bottom, 180)), (across, down), "{place}");
        assert!(left >= 8 && top >= 4 && right < 312 && bottom < 176, "{place}: {left} {top} {right} {bottom}");
    }
}

#[test]
fn roles_have_places_of_their_own_and_the_end_is_counted_from_the_end() {
    let bench = bench();
    let draft = written(&[
        ("subtitle", "最后", json!({ "start": -1000, "dur": 1000 })),
        ("watermark", "@me", json!({ "start": 0, "dur": null })),
    ]);
    bench.render(&draft, &["a.mp4"]).unwrap();
    // The watermark is paler, and above.
    let frames = bench.frames();
    let lower = |n: usize| bright_box(&frames[n], (320, 180)).is_some_and(|(_, top, ..)| top > 100);
    assert!(!lower(19) && lower(20) && lower(29));
    let frame = &frames[5];
    let differs = |x, y| frame.rgb(x, y)[0].abs_diff(0x20) > 30;
    assert!((160..320).any(|x| (0..60).any(|y| differs(x, y))), "the watermark is at the upper right");
}

#[test]
fn long_chinese_is_broken_and_stays_on_the_picture() {
    let bench = bench();
    let text = "今天是宝宝的生日，我们全家一起去公园野餐放风筝还吃了一个很大的草莓蛋糕";
    bench.render(&written(&[("title", text, json!({ "start": 0, "dur": null }))]), &["a.mp4"]).unwrap();
    let (left, top, right, bottom) = bright_box(&bench.frame(1), (320, 180)).unwrap();
    assert!(left > 10 && right < 310 && top > 10 && bottom < 170, "{left} {top} {right} {bottom}");
    assert!(bottom - top > 30, "it takes several lines: {top} to {bottom}");
}

#[test]
fn instructions_of_the_format_are_text_like_any_other() {
    let bench = bench();
    let texts = [
        r"{\pos(0,0)\fs200}A".to_owned(),
        r"\N\N\N\N\N\NA".to_owned(),
        "A\nDialogue: 0,0:00:00.00,9:00:00.00,S0,,0,0,0,,{\\p1}m 0 0 l 999 0 999 999 0 999".to_owned(),
        "A,,,[V4+ Styles]:'%{n}".to_owned(),
    ];
    for text in texts {
        bench.render(&written(&[("title", &text, json!({ "start": 0, "dur": null }))]), &["a.mp4"]).unwrap();
        let (left, top, right, bottom) = bright_box(&bench.frame(1), (320, 180)).unwrap();
        let middle = (left + right).abs_diff(320) < 16 && (top + bottom).abs_diff(180) < 30;
        assert!(middle && bottom - top < 110, "{text}: {left} {top} {right} {bottom}");
    }
}

#[test]
fn a_persons_words_are_in_no_argument() {
    let bench = bench();
    let facts = [("a".to_owned(), bench.probe(&bench.path("a.mp4")).unwrap())].into();
    let draft = written(&[("title", "SECRETWORDS", json!({ "start": 0, "dur": null }))]);
    let plan = weixin_video_studio::plan(&draft, &facts).unwrap();
    let all = plan.arguments().join(" ");
    assert!(all.contains("ass=text.ass") && !all.contains("SECRETWORDS"), "{all}");
}

#[test]
fn emoji_are_left_out_with_a_word_and_nothing_else_is() {
    let bench = bench();
    let at = json!({ "start": 0, "dur": null });
    let done = bench.render(&written(&[("title", "生日🎂快乐", at.clone())]), &["a.mp4"]).unwrap();
    assert!(done.warnings.iter().any(|warning| warning.contains("emoji")), "{:?}", done.warnings);
    let error = bench.render(&written(&[("title", "🎂🎉", at.clone())]), &["a.mp4"]).unwrap_err();
    assert!(matches!(error, Error::Draft { .. }), "{error}");
    let error = bench.render(&written(&[("title", &"字".repeat(1900), at)]), &["a.mp4"]).unwrap_err();
    assert!(error.to_string().contains("too long"), "{error}");
}
