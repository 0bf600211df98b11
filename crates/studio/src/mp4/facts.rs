//! What a file of H.264 and AAC is, told as ffprobe would tell it, without asking.

use std::io::{self, Read, Seek, SeekFrom};

use super::{
    avc::{Config, Sequence},
    names,
    picture::Picture,
    sound::Sound,
    track::{Movie, Track, UPRIGHT},
    walk::{Fields, Layout, children},
};
use crate::{
    facts::MediaFacts,
    ffprobe::{self, Answer, Format, SideData, Stream},
    sniff::Kind,
};

/// Bytes of the first picture that are looked at: its parameter sets and notes, if any, and its first slice.
const FRONT: u64 = 64 * 1024;

/// Tracks that are neither picture nor sound for anybody: timecodes, texts, notes of cameras.
const NOTES: [&[u8; 4]; 10] =
    [b"tmcd", b"text", b"tx3g", b"mebx", b"mett", b"metx", b"gpmd", b"camm", b"fdsc", b"rtmd"];

/// `None` where ffprobe is to be asked.
pub(super) fn read(file: &mut (impl Read + Seek), layout: &Layout) -> io::Result<Option<MediaFacts>> {
    let Some(known) = known(layout) else { return Ok(None) };
    let mut front = Vec::new();
    file.seek(SeekFrom::Start(known.first.0))?;
    file.take(FRONT.min(known.first.1.into())).read_to_end(&mut front)?;
    if !known.config.opens(&front, &known.sequence) || !is_chain(file, known.first, known.config.length_bytes)? {
        return Ok(None);
    }
    let facts = ffprobe::facts(&known.answer, Kind::Mov, layout.bytes);
    // What has no length is measured by reading all of it.
    Ok((facts.duration_ms > 0).then_some(facts))
}

/// Whether a sample consists of units that end where it ends.
fn is_chain(file: &mut (impl Read + Seek), (at, size): (u64, u32), length_bytes: usize) -> io::Result<bool> {
    /// A picture of 8K in slices of one row of blocks has half of it.
    const MOST_UNITS: u32 = 1024;
    let header = length_bytes as u64;
    let (mut place, end) = (at, at + u64::from(size));
    for _ in 0..MOST_UNITS {
        if place + header >= end {
            return Ok(place == end);
        }
        let mut length = [0; 4];
        file.seek(SeekFrom::Start(place))?;
        file.read_exact(&mut length[4 - length_bytes..])?;
        place += header + u64::from(u32::from_be_bytes(length));
    }
    Ok(false)
}

/// A file that is known but for a look at its first picture.
struct Known<'a> {
    answer: Answer,
    config: Config<'a>,
    sequence: Sequence,
    /// Where the first picture lies, and how large it is.
    first: (u64, u32),
}

fn known(layout: &Layout) -> Option<Known<'_>> {
    let index = layout.index.as_deref().filter(|index| is_plain(layout, index))?;
    let movie = Movie::read(index).filter(|movie| movie.matrix == UPRIGHT)?;
    let (mut picture, mut begins, mut streams) = (None, Vec::new(), Vec::new());
    for (place, content) in movie.tracks.iter().enumerate() {
        let track = Track::read(content).filter(|track| is_there(track, layout))?;
        let mut stream = Stream { index: u32::try_from(place).ok()?, ..Stream::default() };
        stream.disposition.insert("default".to_owned(), track.enabled.into());
        match &track.handler {
            b"soun" => heard(&mut stream, &track)?,
            b"vide" if picture.is_none() => picture = Some((seen(&mut stream, &track)?, track.table.first()?)),
            _ if NOTES.contains(&&track.entry.0) => {}
            _ => return None,
        }
        if !stream.codec_type.is_empty() {
            begins.push(timed(&mut stream, &movie, &track)?);
        }
        streams.push(stream);
    }
    let begin = begins.iter().copied().min()?;
    // Other tracks may begin earlier.
    if begin > 0 && begins.len() < streams.len() {
        return None;
    }
    let format = Format { start_time: Some(seconds(begin, 1_000_000)), ..Format::default() };
    let ((config, sequence), first) = picture?;
    Some(Known { answer: Answer { streams, format }, config, sequence, first })
}

/// Whether there is one index, all of the data, and nothing else that adds tracks or moves sound.
fn is_plain(layout: &Layout, index: &[u8]) -> bool {
    let others: [&[u8; 4]; 6] = [b"meta", b"sidx", b"styp", b"ssix", b"emsg", b"mfra"];
    let has_others = layout.beside.iter().any(|kind| others.contains(&kind));
    let tells = |content: &[u8]| {
        let mut tags = children(content).filter(|(kind, _)| matches!(kind, b"udta" | b"meta"));
        tags.any(|(_, tags)| {
            tags.windows(4).any(|word| word == b"covr") || tags.windows(8).any(|word| word == b"iTunSMPB")
        })
    };
    let tracks_tell = children(index).any(|(kind, content)| &kind == b"trak" && tells(content));
    layout.whole && layout.indexes == 1 && !layout.fragments && !has_others && !tells(index) && !tracks_tell
}

/// Whether all samples are in this file.
fn is_there(track: &Track<'_>, layout: &Layout) -> bool {
    let holds = |at: u64, length: u64| {
        let end = at.checked_add(length)?;
        (length == 0 || layout.holds(&(at..end))).then_some(())
    };
    track.is_here && track.table.each_chunk(holds).is_some()
}

/// When a track begins and how long it goes on. The result is the beginning in microseconds.
fn timed(stream: &mut Stream, movie: &Movie<'_>, track: &Track<'_>) -> Option<u64> {
    let media = track.length.min(track.table.units()?);
    // As many as there may be mean that it isn't known.
    if media == 0 || track.length >= u32::MAX.into() {
        return None;
    }
    let in_units = |length: u64| rescaled(length, track.scale, movie.scale);
    let empty = track.edits.iter().take_while(|edit| edit.begin.is_none()).count();
    let (begin, length) = match track.edits.get(empty..)? {
        [] if empty == 0 => (delay(track)?, media),
        [edit] if edit.length > 0 => {
            let before = track.edits.iter().take(empty).map(|edit| in_units(edit.length)).sum();
            (before, media.min(before + in_units(edit.length)))
        }
        _ => return None,
    };
    stream.start_time = Some(seconds(begin, track.scale));
    stream.duration = Some(seconds(length, track.scale));
    Some(rescaled(begin, 1_000_000, track.scale))
}

/// How much later than it is decoded the first sample is shown, in units of its track.
fn delay(track: &Track<'_>) -> Option<u64> {
    let Some((_, rows)) = track.table.delays else { return Some(0) };
    let mut delays = rows.iter().map(|row| {
        let mut row = Fields(row);
        row.u32()?;
        row.bytes().map(i32::from_be_bytes)
    });
    let first = delays.next()??;
    delays.all(|delay| delay.is_some_and(|delay| delay >= 0)).then_some(u64::try_from(first).ok()?)
}

/// Units of one scale in those of another, to the nearest, halves up.
fn rescaled(units: u64, to: u32, from: u32) -> u64 {
    let from = u128::from(from.max(1));
    u64::try_from((u128::from(units) * u128::from(to) + from / 2) / from).unwrap_or(u64::MAX)
}

/// As ffprobe writes and rounds them.
fn seconds(units: u64, scale: u32) -> String {
    format!("{:.6}", (1.0 / f64::from(scale)) * units as f64)
}

fn heard(stream: &mut Stream, track: &Track<'_>) -> Option<()> {
    let (kind, content) = track.entry;
    let sound = Sound::read(content).filter(|_| &kind == b"mp4a")?.plain()?;
    // Samples of one unit are an old way to keep sound that isn't packed.
    let is_packed = track.table.durations().all(|(_, each)| each > 1) && track.table.first()?.1 > 0;
    if track.table.delays.is_some() || !is_packed {
        return None;
    }
    stream.codec_type = "audio".to_owned();
    stream.codec_name = Some("aac".to_owned());
    stream.profile = Some("LC".to_owned());
    stream.channels = sound.channels;
    stream.sample_rate = Some(sound.rate.to_string());
    Some(())
}

fn seen<'a>(stream: &mut Stream, track: &Track<'a>) -> Option<(Config<'a>, Sequence)> {
    let (kind, content) = track.entry;
    let picture = Picture::read(content).filter(|picture| &kind == b"avc1" && !picture.has_fields())?;
    let config = Config::read(picture.config)?;
    let sequence = config.sequence()?;
    if (u32::from(picture.width), u32::from(picture.height)) != (sequence.width, sequence.height) {
        return None;
    }
    stream.codec_type = "video".to_owned();
    stream.codec_name = Some("h264".to_owned());
    stream.profile = Some(names::profile(&sequence)?.to_owned());
    stream.level = Some(sequence.level.into());
    (stream.width, stream.height) = (sequence.width, sequence.height);
    stream.field_order = Some("progressive".to_owned());
    stream.nb_frames = Some(track.table.samples().to_string());
    let turned = Some(turn(&track.matrix)?).filter(|turn| *turn != 0.0);
    stream.side_data_list = turned.map(|turn| SideData { rotation: Some(turn) }).into_iter().collect();
    stream.sample_aspect_ratio = shape(track, &picture, &sequence)?;
    (stream.avg_frame_rate, stream.r_frame_rate) = rates(track)?;
    colored(stream, &picture, &sequence)?;
    Some((config, sequence))
}

/// Degrees counter-clockwise, for turns by quarters alone. A turned picture is moved back to where it was; one that is
/// moved and not turned is something else.
fn turn(matrix: &[i32; 9]) -> Option<f64> {
    const ONE: i32 = 0x1_0000;
    let [a, b, 0, c, d, 0, x, y, 0x4000_0000] = *matrix else { return None };
    match [a, b, c, d] {
        [ONE, 0, 0, ONE] => (x == 0 && y == 0).then_some(0.0),
        [0, ONE, c, 0] if c == -ONE => Some(-90.0),
        [a, 0, 0, d] if a == -ONE && d == -ONE => Some(180.0),
        [0, b, ONE, 0] if b == -ONE => Some(90.0),
        _ => None,
    }
}

/// The shape of a pixel: as a box says, else as the size says at which it is shown, else as the picture itself says.
fn shape(track: &Track<'_>, picture: &Picture<'_>, sequence: &Sequence) -> Option<Option<String>> {
    let told = |shape: (u32, u32)| {
        let shape = crate::Rational::new(shape.0, shape.1)?;
        // Larger numbers are rounded by those who read them.
        let exact = shape.num().max(shape.den()) <= 32_767;
        exact.then(|| format!("{}:{}", shape.num(), shape.den()))
    };
    if let Some(shape) = picture.shape()? {
        return told(shape).map(Some);
    }
    let (width, height) = (track.shown.0 >> 16, track.shown.1 >> 16);
    if width == 0 || height == 0 || (width, height) == (sequence.width, sequence.height) {
        return Some(sequence.usage.shape.and_then(told));
    }
    told((sequence.height.checked_mul(width)?, sequence.width.checked_mul(height)?)).map(Some)
}

/// Frames a second on average, and the rate of the grid that they lie on, where that is plain.
fn rates(track: &Track<'_>) -> Option<(Option<String>, Option<String>)> {
    let rate = |frames: u64, units: u64| {
        let upper = frames.checked_mul(track.scale.into())?;
        let common = gcd(upper, units);
        let (upper, lower) = (upper.checked_div(common)?, units.checked_div(common)?);
        let most = u64::from(i32::MAX.unsigned_abs());
        (upper > 0 && lower > 0 && upper.max(lower) <= most).then(|| format!("{upper}/{lower}"))
    };
    let mut rows = track.table.durations();
    let (_, each) = rows.next()?;
    let last = rows.next();
    // The last frame's length says nothing.
    let even = rows.next().is_none() && last.is_none_or(|(count, _)| count == 1);
    let known = |each: u32| (1..=i32::MAX.unsigned_abs()).contains(&each);
    if !even || !known(each) || last.is_some_and(|(_, each)| !known(each)) {
        return None;
    }
    Some((Some(rate(track.table.samples(), track.table.units()?)?), Some(rate(1, each.into())?)))
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// What the picture itself says of its colours goes before what a box says.
fn colored(stream: &mut Stream, picture: &Picture<'_>, sequence: &Sequence) -> Option<()> {
    let told = picture.color()?;
    let codes = sequence.usage.color.map(|color| color.map(u16::from)).or_else(|| Some(told.as_ref()?.names));
    let full_range = sequence.usage.full_range.or_else(|| told?.full_range);
    if let Some(codes) = codes {
        // Samples of red, green and blue are kept otherwise.
        let [primaries, transfer, matrix] = codes;
        if matrix == 0 {
            return None;
        }
        stream.color_primaries = names::primaries(primaries).map(str::to_owned);
        stream.color_transfer = names::transfer(transfer).map(str::to_owned);
        stream.color_space = names::matrix(matrix).map(str::to_owned);
    }
    stream.color_range = full_range.map(|full| if full { "pc" } else { "tv" }.to_owned());
    stream.pix_fmt = Some(names::pixel_format(sequence, full_range == Some(true))?);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_by_quarters_are_told_and_nothing_else() {
        let told = |cells: [i32; 6]| {
            let [a, b, c, d] = [cells[0], cells[1], cells[2], cells[3]].map(|cell| cell << 16);
            turn(&[a, b, 0, c, d, 0, cells[4], cells[5], 0x4000_0000])
        };
        assert_eq!(told([1, 0, 0, 1, 0, 0]), Some(0.0));
        assert_eq!(told([0, 1, -1, 0, 48 << 16, 0]), Some(-90.0));
        assert_eq!(told([-1, 0, 0, -1, 64 << 16, 48 << 16]), Some(180.0));
        assert_eq!(told([0, -1, 1, 0, 0, 64 << 16]), Some(90.0));
        // Moved, mirrored, scaled, blank.
        for other in [[1, 0, 0, 1, 5, 0], [-1, 0, 0, 1, 64 << 16, 0], [2, 0, 0, 2, 0, 0], [0; 6]] {
            assert_eq!(told(other), None, "{other:?}");
        }
    }

    #[test]
    fn times_are_rounded_as_ffprobe_rounds_them() {
        assert_eq!(seconds(33_600, 48_000), "0.700000");
        assert_eq!(seconds(1, 3), "0.333333");
        assert_eq!((rescaled(1, 1000, 3), rescaled(1, 1, 2), rescaled(u64::MAX, u32::MAX, 1)), (333, 1, u64::MAX));
    }
}
