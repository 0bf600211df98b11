//! Any operations in any order.

use proptest::prelude::*;

use super::*;
use crate::Destinations;
use crate::ops::*;
use crate::plan::{Plan, tests::pieces_cover_once};
use crate::timeline::Subtitles;

/// Mostly ones that are there, and now and then one that is not.
fn time() -> impl Strategy<Value = i64> {
    prop_oneof![20 => -6_000_i64..12_000, 4 => Just(0_i64), 1 => -40_000_i64..40_000, 1 => Just(i64::MIN)]
}

fn span() -> impl Strategy<Value = Span> {
    let likely = (0_i64..9_000, 1_i64..3_000).prop_map(|(from, length)| Span { from, to: Some(from + length) });
    prop_oneof![9 => likely, 1 => (time(), proptest::option::of(time())).prop_map(|(from, to)| Span { from, to })]
}

fn part() -> impl Strategy<Value = Part> {
    proptest::option::of(span()).prop_map(Part)
}

fn clip() -> impl Strategy<Value = Option<u32>> {
    prop_oneof![9 => Just(None), 3 => (1_u32..3).prop_map(Some), 1 => Just(Some(9))]
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![30 => 0.3_f64..3.0, 1 => Just(f64::NAN), 1 => Just(0.0), 1 => Just(1e300), 1 => -2.0_f64..0.0]
}

fn one<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    proptest::sample::select(all)
}

fn cuts() -> impl Strategy<Value = EditOp> {
    prop_oneof![
        (proptest::collection::vec(span(), 1..3), clip(), any::<bool>()).prop_map(|(parts, clip, then)| EditOp::Keep {
            parts: Parts(parts),
            clip,
            then
        }),
        (span(), clip(), any::<bool>()).prop_map(|(span, clip, then)| EditOp::Remove { span, clip, then }),
        (number(), part(), clip(), any::<bool>()).prop_map(|(factor, part, clip, then)| EditOp::Speed {
            factor,
            part,
            clip,
            then
        }),
        proptest::option::of(proptest::collection::vec(0_u32..4, 0..3)).prop_map(|clips| EditOp::Merge { clips }),
        Just(vec![1_u32, 2, 3]).prop_shuffle().prop_map(|order| EditOp::Reorder { order }),
        (0_u32..4).prop_map(|index| EditOp::RemoveClip { index }),
        (one(TransitionKind::ALL), proptest::option::of(0_u64..3_000))
            .prop_map(|(kind, ms)| EditOp::Transition { kind, ms }),
    ]
}

fn others() -> impl Strategy<Value = EditOp> {
    let length = prop_oneof![(0_u64..9_000).prop_map(Length::Ms), Just(Length::ToEnd)];
    let place = (proptest::option::of(time()), proptest::option::of(length));
    let place = place.prop_map(|(start, dur)| TextPlace { start, dur, pos: None }).boxed();
    let level = prop_oneof![
        number().prop_map(Level::Value),
        number().prop_map(Level::Scale),
        number().prop_map(Level::Db),
        one(Direction::ALL).prop_map(Level::Rel)
    ];
    prop_oneof![
        (one(TextRole::ALL), ".{0,4}", place.clone(), any::<bool>())
            .prop_map(|(role, text, place, then)| EditOp::Text { role, text, place, then }),
        (one(TextRole::ALL), place).prop_map(|(role, place)| EditOp::EditText { role, text: None, place }),
        one(Track::ALL).prop_map(|target| EditOp::RemoveTrack { target }),
        one(&["talk.srt", "a.srt"]).prop_map(|asset| EditOp::Subtitles { asset: asset.to_owned() }),
        (proptest::option::of(number()), part(), any::<bool>()).prop_map(|(volume, part, then)| EditOp::Bgm {
            volume,
            query: None,
            asset: None,
            part,
            then
        }),
        (one(Sound::ALL), level).prop_map(|(target, level)| EditOp::Volume { target, level }),
        (one(Sound::ALL), part(), clip()).prop_map(|(target, part, clip)| EditOp::Mute { target, part, clip }),
        (one(FadeKind::ALL), one(FadeTarget::ALL), proptest::option::of(0_u64..9_000))
            .prop_map(|(kind, target, ms)| EditOp::Fade { kind, target, ms }),
        number().prop_map(|lufs| EditOp::Loudness { lufs: Some(lufs * -10.0) }),
        one(Ratio::ALL).prop_map(|ratio| EditOp::Canvas { ratio, fit: None }),
        (prop_oneof![9 => one(&[90, -90, 180]), 1 => any::<i32>()], clip())
            .prop_map(|(deg, clip)| EditOp::Rotate { deg, clip }),
        one(Axis::ALL).prop_map(|axis| EditOp::Flip { axis }),
        number().prop_map(|value| EditOp::Fps { value }),
        (10_u32..4_000, 10_u32..9_000).prop_map(|(w, h)| EditOp::Resolution(Resolution::Exact { w, h })),
        proptest::option::of(0_u32..5).prop_map(|steps| EditOp::Undo { steps: steps.map(Steps::Some) }),
        Just(EditOp::Redo),
    ]
}

fn message() -> impl Strategy<Value = Vec<EditOp>> {
    proptest::collection::vec(prop_oneof![cuts(), others()], 1..3)
}

fn clips() -> Vec<Source> {
    let files = [
        ("a.mp4", 12_000),
        ("b.mp4", 8_000),
        ("c.jpg", 0),
        ("song.mp3", 5_000),
        ("talk.srt", 30_000),
        ("a.srt", 12_000),
    ];
    files.map(|(name, ms)| source(name, ms)).into()
}

/// Segments follow each other from 0 to the end, over each other only as far as a transition takes them.
fn covers_once(timeline: &Timeline) {
    let mut end = 0;
    for placed in timeline.placed() {
        assert!(placed.on.from < placed.on.to && placed.on.from <= end);
        let crossfade = timeline.settings.transition.is_some_and(|t| t.kind == TransitionKind::Crossfade);
        assert_eq!(end - placed.on.from, if crossfade { placed.enter_ms } else { 0 });
        assert!(placed.on.to > end);
        end = placed.on.to;
    }
    assert_eq!((end, end > 0), (timeline.duration_ms(), true));
    for segment in &timeline.segments {
        let most = match segment.source.as_str() {
            "a" => 12_000,
            "b" => 8_000,
            _ => 3_000,
        };
        assert!(segment.from_ms < segment.to_ms.unwrap() && segment.to_ms.unwrap() <= most, "{segment:?}");
    }
}

/// The parts of a file lie apart from each other, within the timeline.
fn lies_once(file: &Subtitles, total: u64) {
    let mut end = 0;
    for shown in &file.shown {
        assert!(shown.file.from < shown.file.to && end <= shown.on.from && shown.on.from < shown.on.to, "{file:?}");
        end = shown.on.to;
    }
    assert!((1..=total).contains(&end), "{file:?} on {total}");
}

fn is_control(op: &EditOp) -> bool {
    matches!(op, EditOp::Undo { .. } | EditOp::Redo)
}

proptest! {
    #[test]
    fn any_messages_leave_a_timeline_that_is_whole(
        messages in proptest::collection::vec((message(), 1_usize..7), 1..8)
    ) {
        let mut draft = Value::Null;
        let mut uploaded = 0;
        for (ops, by_now) in messages {
            uploaded = uploaded.max(by_now);
            let sources = &clips()[..uploaded];
            let known = context(&draft, sources);
            let Ok(edited) = apply(&draft, &ops, sources, Language::Chinese) else { continue };
            let timeline = Timeline::read(&edited.draft).unwrap();
            covers_once(&timeline);
            let facts = sources.iter().map(|source| (source.id.clone(), source.facts.clone())).collect();
            let plan = Plan::of(timeline.clone(), &facts, Destinations::built_in()).unwrap();
            pieces_cover_once(&plan, &timeline);
            prop_assert!(timeline.texts.iter().all(|text| text.start <= 0 || timeline.text_on(text).is_some()));
            for file in &timeline.subtitles {
                lies_once(file, timeline.duration_ms());
            }
            // What the words could speak of is what was edited.
            if ops.iter().all(|op| matches!(op, EditOp::Fps { .. } | EditOp::Flip { .. })) {
                prop_assert_eq!(known.dur_ms, timeline.duration_ms());
                prop_assert_eq!(usize::try_from(known.clips).unwrap(), timeline.clip_count());
            }
            draft = edited.draft;
        }
    }

    #[test]
    fn what_is_undone_is_as_it_was_and_what_is_done_again_too(
        first in proptest::collection::vec(cuts(), 1..3), second in message()
    ) {
        let sources = clips();
        let Ok(before) = apply(&Value::Null, &first, &sources, Language::English) else { return Ok(()) };
        if second.iter().any(is_control) {
            return Ok(());
        }
        let Ok(after) = apply(&before.draft, &second, &sources, Language::English) else { return Ok(()) };
        if after.draft == before.draft {
            return Ok(());
        }
        let undone = apply(&after.draft, &[EditOp::Undo { steps: None }], &sources, Language::English).unwrap();
        prop_assert_eq!(History::split(&undone.draft).0, History::split(&before.draft).0);
        let redone = apply(&undone.draft, &[EditOp::Redo], &sources, Language::English).unwrap();
        prop_assert_eq!(redone.draft, after.draft);
    }

    /// What is kept and what is taken out add up to what was there.
    #[test]
    fn lengths_add_up(from in 0_i64..20_000, length in 1_i64..20_000, factor in 0.25_f64..4.0) {
        let sources = [source("a.mp4", 12_000), source("b.mp4", 8_000)];
        let speed = EditOp::Speed { factor, part: Part(None), clip: None, then: false };
        let fast = apply(&Value::Null, &[speed], &sources, Language::English).unwrap().draft;
        let total = Timeline::read(&fast).unwrap().duration_ms();
        let span = Span { from, to: Some(from + length) };
        let after = |op| {
            let edited = apply(&fast, &[op], &sources, Language::English).ok()?;
            Some(Timeline::read(&edited.draft).unwrap().duration_ms())
        };
        let kept = after(EditOp::Keep { parts: Parts(vec![span]), clip: None, then: false });
        let left = after(EditOp::Remove { span, clip: None, then: false });
        if let (Some(kept), Some(left)) = (kept, left) {
            // Each border is rounded to a ms of the source, which plays up to 4 ms.
            prop_assert!((kept + left).abs_diff(total) <= 8, "{kept} + {left} of {total}");
            let said = u64::try_from(length).unwrap().min(total.saturating_sub(u64::try_from(from).unwrap()));
            prop_assert!(kept.abs_diff(said) <= 8, "{kept} of {said}");
        }
    }
}
