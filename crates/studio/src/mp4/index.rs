//! The index of a new file: every box is made here, from what was read and understood.

use super::{
    entry,
    track::{Edit, Movie, Track},
    walk::{Kind, children},
};

/// A track on its way into the new file.
#[derive(Debug)]
pub(super) struct Piece<'a> {
    pub(super) track: &'a Track<'a>,
    /// Where each chunk lies, from the first byte of the data.
    pub(super) places: Vec<u64>,
}

/// A length that isn't known.
const UNKNOWN: u64 = u32::MAX as u64;

/// Everything before the data, of which there are so many bytes.
pub(super) fn write(movie: &Movie<'_>, pieces: &[Piece<'_>], bytes: u64) -> Result<Vec<u8>, &'static str> {
    let brands = brands(pieces);
    let data = if bytes > u64::from(u32::MAX) - 8 {
        [&1u32.to_be_bytes()[..], b"mdat", &(bytes + 16).to_be_bytes()].concat()
    } else {
        [&u32::try_from(bytes + 8).unwrap_or(u32::MAX).to_be_bytes()[..], b"mdat"].concat()
    };
    // How long it is doesn't depend on where the data begins, only on how wide places are.
    let before = |index: &[u8]| (brands.len() + index.len() + data.len()) as u64;
    let narrow = moov(movie, pieces, 0, false)?;
    let wide = before(&narrow) + bytes > u64::from(u32::MAX);
    let begin = before(&if wide { moov(movie, pieces, 0, true)? } else { narrow });
    let index = moov(movie, pieces, begin, wide)?;
    Ok([brands, index, data].concat())
}

fn brands(pieces: &[Piece<'_>]) -> Vec<u8> {
    // Frames that are shown before they are decoded are known from the fourth edition on.
    let signed = pieces.iter().any(|piece| piece.track.table.delays.is_some_and(|(version, _)| version == 1));
    let fourth: &[u8] = if signed { b"iso4" } else { b"" };
    boxed(b"ftyp", &[b"isom", &0x200u32.to_be_bytes(), b"isom", b"iso2", b"avc1", b"mp41", fourth])
}

fn moov(movie: &Movie<'_>, pieces: &[Piece<'_>], begin: u64, wide: bool) -> Result<Vec<u8>, &'static str> {
    let mut content = Vec::new();
    let lengths: Vec<u64> = pieces.iter().map(|piece| presented(movie, piece.track)).collect();
    content.extend(movie_header(movie, lengths.iter().copied().max().unwrap_or(0), pieces.len()));
    for (at, (piece, length)) in pieces.iter().zip(lengths).enumerate() {
        content.extend(trak(piece, at + 1, length, begin, wide)?);
    }
    Ok(boxed(b"moov", &[&content]))
}

/// How long a track goes on, in units of the movie: its edits, else its media.
fn presented(movie: &Movie<'_>, track: &Track<'_>) -> u64 {
    let whole = || {
        let units = u128::from(track.length) * u128::from(movie.scale);
        u64::try_from(units.div_ceil(track.scale.into())).unwrap_or(u64::MAX)
    };
    let edited = track.edits.iter().map(|edit| edit.length).fold(0, u64::saturating_add);
    if edited > 0 { edited } else { whole() }
}

fn movie_header(movie: &Movie<'_>, length: u64, tracks: usize) -> Vec<u8> {
    let next = u32::try_from(tracks + 1).unwrap_or(u32::MAX);
    let times = times(&movie.scale.to_be_bytes(), length);
    let tail = [&0x1_0000u32.to_be_bytes()[..], &[1, 0], &[0; 10], &matrix(&movie.matrix), &[0; 24]].concat();
    full(b"mvhd", version(length), 0, &[&times, &tail, &next.to_be_bytes()])
}

/// No day of making, no day of change, then what stands between and the length, all as wide as the length needs.
fn times(between: &[u8], length: u64) -> Vec<u8> {
    if version(length) == 1 {
        [&[0; 16], between, &length.to_be_bytes()].concat()
    } else {
        [&[0; 8], between, &u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes()].concat()
    }
}

fn version(length: u64) -> u8 {
    u8::from(length > UNKNOWN)
}

fn matrix(matrix: &[i32; 9]) -> Vec<u8> {
    matrix.iter().flat_map(|cell| cell.to_be_bytes()).collect()
}

fn trak(piece: &Piece<'_>, number: usize, length: u64, begin: u64, wide: bool) -> Result<Vec<u8>, &'static str> {
    let track = piece.track;
    let is_sound = &track.handler == b"soun";
    let number = u32::try_from(number).unwrap_or(u32::MAX);
    let times = times(&[number.to_be_bytes(), [0; 4]].concat(), length);
    let volume = if is_sound { [1, 0] } else { [0, 0] };
    let (width, height) = track.shown;
    let header = full(
        b"tkhd",
        version(length),
        3,
        &[&times, &[0; 12], &volume, &[0; 2], &matrix(&track.matrix), &width.to_be_bytes(), &height.to_be_bytes()],
    );
    let media = boxed(b"mdia", &[&media_header(track), &handler(track), &info(piece, begin, wide)?]);
    Ok(boxed(b"trak", &[&header, &edits(&track.edits), &media]))
}

fn media_header(track: &Track<'_>) -> Vec<u8> {
    let times = times(&track.scale.to_be_bytes(), track.length);
    full(b"mdhd", version(track.length), 0, &[&times, &language(track.language).to_be_bytes(), &[0; 2]])
}

/// QuickTime numbers some languages; the letters of an MP4 are packed into 15 bits.
fn language(language: u16) -> u16 {
    let packed = |letters: [u8; 3]| letters.iter().fold(0, |word, letter| word << 5 | u16::from(letter - 0x60));
    match language {
        0 => packed(*b"eng"),
        11 => packed(*b"jpn"),
        19 | 33 => packed(*b"chi"),
        0x400..0x7fff => language,
        _ => packed(*b"und"),
    }
}

fn handler(track: &Track<'_>) -> Vec<u8> {
    let name: &[u8] = if &track.handler == b"soun" { b"SoundHandler\0" } else { b"VideoHandler\0" };
    full(b"hdlr", 0, 0, &[&[0; 4], &track.handler, &[0; 12], name])
}

fn edits(edits: &[Edit]) -> Vec<u8> {
    if edits.is_empty() {
        return Vec::new();
    }
    let narrow = edits.iter().all(|edit| edit.length <= UNKNOWN && edit.begin.is_none_or(|begin| begin <= UNKNOWN / 2));
    let rows: Vec<u8> = edits.iter().flat_map(|edit| row(edit, narrow)).collect();
    let count = u32::try_from(edits.len()).unwrap_or(u32::MAX).to_be_bytes();
    boxed(b"edts", &[&full(b"elst", u8::from(!narrow), 0, &[&count, &rows])])
}

fn row(edit: &Edit, narrow: bool) -> Vec<u8> {
    let begin = edit.begin.unwrap_or(u64::MAX).to_be_bytes();
    let length = edit.length.to_be_bytes();
    let from = if narrow { 4 } else { 0 };
    [&length[from..], &begin[from..], &0x1_0000u32.to_be_bytes()].concat()
}

fn info(piece: &Piece<'_>, begin: u64, wide: bool) -> Result<Vec<u8>, &'static str> {
    let kind = match &piece.track.handler {
        b"soun" => full(b"smhd", 0, 0, &[&[0; 4]]),
        _ => full(b"vmhd", 0, 1, &[&[0; 8]]),
    };
    let here = full(b"url ", 0, 1, &[]);
    let source = boxed(b"dinf", &[&full(b"dref", 0, 0, &[&1u32.to_be_bytes(), &here])]);
    Ok(boxed(b"minf", &[&kind, &source, &tables(piece, begin, wide)?]))
}

fn tables(piece: &Piece<'_>, begin: u64, wide: bool) -> Result<Vec<u8>, &'static str> {
    let track = piece.track;
    let mut content = entry::write(track)?;
    for (kind, table) in children(track.tables) {
        content.extend(match &kind {
            b"stts" => table_of(&kind, table, 8)?,
            b"ctts" => table_of(&kind, table, 8)?,
            b"stss" => table_of(&kind, table, 4)?,
            b"stsc" => table_of(&kind, table, 12)?,
            b"stsz" => sizes(table, track.table.samples())?,
            b"sdtp" => dependencies(table, track.table.samples())?,
            b"sgpd" | b"sbgp" if is_known_group(table) => boxed(&kind, &[table]),
            b"saiz" | b"saio" | b"senc" => return Err("it is encrypted"),
            _ => Vec::new(),
        });
    }
    content.extend(places(piece, begin, wide));
    Ok(boxed(b"stbl", &[&content]))
}

/// A table of rows, without what may hang on it.
fn table_of(kind: &Kind, table: &[u8], row: usize) -> Result<Vec<u8>, &'static str> {
    let count = table.get(4..8).and_then(|count| count.try_into().ok()).map(u32::from_be_bytes);
    let length = count.and_then(|count| usize::try_from(count).ok()?.checked_mul(row)?.checked_add(8));
    let table = length.and_then(|length| table.get(..length)).ok_or("a table is shorter than it says")?;
    Ok(boxed(kind, &[table]))
}

fn sizes(table: &[u8], samples: u64) -> Result<Vec<u8>, &'static str> {
    let each = table.get(4..8) == Some(&[0; 4]);
    let rows = if each { usize::try_from(samples).ok().and_then(|samples| samples.checked_mul(4)) } else { Some(0) };
    let table = rows.and_then(|rows| table.get(..rows.checked_add(12)?)).ok_or("a table is shorter than it says")?;
    Ok(boxed(b"stsz", &[table]))
}

fn dependencies(table: &[u8], samples: u64) -> Result<Vec<u8>, &'static str> {
    let length = usize::try_from(samples).ok().and_then(|samples| samples.checked_add(4));
    let table = length.and_then(|length| table.get(..length)).ok_or("a table is shorter than it says")?;
    Ok(boxed(b"sdtp", &[table]))
}

/// What groups of samples may tell: how far before one a decoder begins.
fn is_known_group(table: &[u8]) -> bool {
    matches!(table.get(4..8), Some(b"roll" | b"prol" | b"rap " | b"sync"))
}

fn places(piece: &Piece<'_>, begin: u64, wide: bool) -> Vec<u8> {
    let count = u32::try_from(piece.places.len()).unwrap_or(u32::MAX).to_be_bytes();
    let places = piece.places.iter().map(|place| place + begin);
    if wide {
        let rows: Vec<u8> = places.flat_map(u64::to_be_bytes).collect();
        full(b"co64", 0, 0, &[&count, &rows])
    } else {
        let rows: Vec<u8> = places.flat_map(|place| u32::try_from(place).unwrap_or(u32::MAX).to_be_bytes()).collect();
        full(b"stco", 0, 0, &[&count, &rows])
    }
}

/// A box. None here is near the length that a box can have: the index that it is made of was read within bounds.
pub(super) fn boxed(kind: &Kind, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = 8 + parts.iter().map(|part| part.len()).sum::<usize>();
    let mut whole = Vec::with_capacity(length);
    whole.extend(u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
    whole.extend(kind);
    parts.iter().for_each(|part| whole.extend_from_slice(part));
    whole
}

/// A box with a version and flags.
pub(super) fn full(kind: &Kind, version: u8, flags: u32, parts: &[&[u8]]) -> Vec<u8> {
    let word = (u32::from(version) << 24 | flags).to_be_bytes();
    let parts: Vec<&[u8]> = std::iter::once(&word[..]).chain(parts.iter().copied()).collect();
    boxed(kind, &parts)
}
