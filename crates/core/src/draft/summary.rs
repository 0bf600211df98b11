//! The timeline in one line, in the format of PROTOCOL.md.

use std::fmt::Write as _;

use crate::printable::printable;

use super::{Draft, Segment, Track, TrackKind};

/// More tracks than this are counted, not listed.
const TRACKS_SHOWN: usize = 20;

/// More segments of a track than this are counted, not listed.
const SEGMENTS_SHOWN: usize = 3;

/// The longest name in a summary: a line of subtitles fits.
const NAME_CHARS: usize = 60;

pub(super) fn summary(draft: &Draft) -> String {
    let tracks = draft.tracks();
    let mut line = match tracks.len() {
        0 => return "Timeline (0 tracks): empty".to_owned(),
        1 => "Timeline (1 track):".to_owned(),
        count => format!("Timeline ({count} tracks):"),
    };
    for (at, track) in tracks.iter().take(TRACKS_SHOWN).enumerate() {
        line.push_str(&format!(" {}. {}", at + 1, described(track)));
    }
    if let Some(more) = tracks.len().checked_sub(TRACKS_SHOWN).filter(|more| *more > 0) {
        line.push_str(&format!(" and {more} more"));
    }
    printable(&line, Draft::SUMMARY_CHARS)
}

/// What people call a track of this kind.
pub(super) fn label(track: &Track) -> String {
    let role = track.role.as_deref().unwrap_or_default().to_lowercase();
    let is = |words: &[&str]| words.iter().any(|word| role.contains(word));
    match track.kind {
        TrackKind::Video => "Video".to_owned(),
        TrackKind::Audio if is(&["voice", "narrat", "speech", "tts"]) => "Voiceover".to_owned(),
        TrackKind::Audio if is(&["sfx", "effect"]) => "Sound effect".to_owned(),
        TrackKind::Audio => "BGM".to_owned(),
        TrackKind::Text if is(&["subtitle", "caption"]) => "Subtitles".to_owned(),
        TrackKind::Text if is(&["watermark"]) => "Watermark".to_owned(),
        TrackKind::Text => "Title".to_owned(),
        TrackKind::Other(-1) => "Track".to_owned(),
        TrackKind::Other(number) => format!("Track of type {number}"),
    }
}

/// A name made safe to show; writing is quoted.
pub(super) fn shown_name(kind: TrackKind, name: &str) -> Option<String> {
    let name = printable(name, NAME_CHARS);
    match kind {
        _ if name.is_empty() => None,
        TrackKind::Text => Some(format!("\"{name}\"")),
        TrackKind::Video | TrackKind::Audio | TrackKind::Other(_) => Some(name),
    }
}

/// Milliseconds in seconds, to the hundredth, without idle zeros: `0`, `2.5`, `0.04`.
pub(super) fn seconds(ms: u64) -> String {
    let hundredths = ms.saturating_add(5) / 10;
    let written = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    written.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn described(track: &Track) -> String {
    let label = label(track);
    match track.segments.as_slice() {
        [] => format!("{label} (empty)"),
        [only] => {
            let name = only.name.as_deref().or(track.name.as_deref());
            let shown = piece(track.kind, name, only);
            let colon = if shown.starts_with('(') || shown.is_empty() { "" } else { ":" };
            format!("{label}{colon} {shown}").trim_end().to_owned()
        }
        several => format!("{label}: {}", listed(track.kind, several)),
    }
}

fn listed(kind: TrackKind, segments: &[Segment]) -> String {
    let (shown, rest) = segments.split_at(segments.len().min(SEGMENTS_SHOWN));
    let mut pieces: Vec<String> = Vec::with_capacity(shown.len());
    for (at, segment) in shown.iter().enumerate() {
        let unnamed = format!("no. {}", at + 1);
        let name = segment.name.as_deref().and_then(|name| shown_name(kind, name));
        pieces.push(with_time(name.unwrap_or(unnamed), segment));
    }
    let mut list = pieces.join(", ");
    if !rest.is_empty() {
        let end = rest.iter().filter_map(Segment::end_ms).max().map(seconds);
        let until = end.map_or(String::new(), |end| format!(" (to {end}s)"));
        let _infallible = write!(list, ", and {} more{until}", rest.len());
    }
    list
}

fn piece(kind: TrackKind, name: Option<&str>, segment: &Segment) -> String {
    let name = name.and_then(|name| shown_name(kind, name));
    with_time(name.unwrap_or_default(), segment).trim_start().to_owned()
}

/// `name (0-10s, 35%)`, with what is known of the part in parentheses.
fn with_time(name: String, segment: &Segment) -> String {
    let start = seconds(segment.start_ms);
    let time = match segment.end_ms() {
        Some(end) => Some(format!("{start}-{}s", seconds(end))),
        None if segment.start_ms > 0 => Some(format!("from {start}s")),
        None => None,
    };
    let volume = segment.volume_percent.map(|percent| format!("{percent}%"));
    let facts: Vec<String> = time.into_iter().chain(volume).collect();
    if facts.is_empty() { name } else { format!("{name} ({})", facts.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary_of(tracks: &str) -> String {
        Draft::parse(&format!(r#"{{"t":{tracks}}}"#)).unwrap().summary()
    }

    #[test]
    fn every_shape_has_its_line() {
        for (tracks, line) in [
            ("[]", "Timeline (0 tracks): empty"),
            (r#"[{"tt":7,"sg":[{"d":2500}]}]"#, "Timeline (1 track): 1. Title (0-2.5s)"),
            (r#"[{"tt":0,"sg":[]}]"#, "Timeline (1 track): 1. Video (empty)"),
            (r#"[{"tt":0,"sg":[{}]}]"#, "Timeline (1 track): 1. Video"),
            (
                r#"[{"tt":0,"sg":[{"d":10000,"m":{"name":"city"}},{"d":5040}]}]"#,
                "Timeline (1 track): 1. Video: city (0-10s), no. 2 (10-15.04s)",
            ),
            (
                r#"[{"tt":7,"m":{"role":"subtitles"},"sg":[{"d":1000,"m":{"text":"a"}},
                    {"d":1000,"m":{"text":"b"}},{"d":1000,"m":{"text":"c"}},{"d":1000},{"d":1000}]}]"#,
                "Timeline (1 track): 1. Subtitles: \"a\" (0-1s), \"b\" (1-2s), \"c\" (2-3s), \
                 and 2 more (to 5s)",
            ),
            (
                r#"[{"tt":1,"m":{"name":"Rain","volume":35},"sg":[{"s":2000}]},{"tt":4,"sg":[{"d":1}]}]"#,
                "Timeline (2 tracks): 1. BGM: Rain (from 2s, 35%) 2. Track of type 4 (0-0s)",
            ),
        ] {
            assert_eq!(summary_of(tracks), line);
        }
    }

    #[test]
    fn hostile_names_are_harmless() {
        let line = summary_of(r#"[{"tt":7,"sg":[{"d":1000,"m":{"text":"\u001b[2Ja\nb\u202ec"}}]}]"#);
        assert_eq!(line, "Timeline (1 track): 1. Title: \"a bc\" (0-1s)");
        let many = format!("[{}]", vec![r#"{"tt":0,"sg":[{"d":1}]}"#; 1_000].join(","));
        assert!(summary_of(&many).ends_with("20. Video (0-0s) and 980 more"));
    }
}
