//! A movie and its tracks, as far as they are needed to tell what they are and to write them anew.

use super::{
    table::{Table, rows},
    walk::{Fields, Kind, child, children, is_tidy, only},
};

/// The matrix that leaves a picture as it is, in the fixed point numbers of files.
pub(super) const UPRIGHT: [i32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];

/// What the index (`moov`) says.
#[derive(Debug)]
pub(super) struct Movie<'a> {
    /// Units of [`Edit::length`] a second.
    pub(super) scale: u32,
    pub(super) matrix: [i32; 9],
    /// The contents of all `trak`, in the order of the file.
    pub(super) tracks: Vec<&'a [u8]>,
}

impl<'a> Movie<'a> {
    /// `None` when it isn't whole, or speaks of fragments.
    pub(super) fn read(index: &'a [u8]) -> Option<Self> {
        if child(index, b"mvex").is_some() || !is_tidy(index) {
            return None;
        }
        let mut fields = Fields(only(index, b"mvhd")?);
        let (version, _) = fields.version()?;
        fields.wide(version)?;
        fields.wide(version)?;
        let scale = fields.u32().filter(|scale| *scale > 0)?;
        fields.wide(version)?;
        fields.take(16)?;
        let matrix = matrix(&mut fields)?;
        let tracks = children(index).filter(|(kind, _)| kind == b"trak").map(|(_, content)| content).collect();
        Some(Self { scale, matrix, tracks })
    }
}

/// A track whose tables are all there.
#[derive(Debug)]
pub(super) struct Track<'a> {
    /// Whether players take it without being asked.
    pub(super) enabled: bool,
    /// How the picture is turned before it is shown.
    pub(super) matrix: [i32; 9],
    /// The size at which it is shown, in 65536ths of a pixel.
    pub(super) shown: (u32, u32),
    /// Units a second.
    pub(super) scale: u32,
    /// How long the samples go on, in units.
    pub(super) length: u64,
    /// The language, packed; below 0x400 it is a number of the Macintosh's.
    pub(super) language: u16,
    /// `vide`, `soun`…
    pub(super) handler: Kind,
    /// The only sample description: its type and content.
    pub(super) entry: (Kind, &'a [u8]),
    pub(super) edits: Vec<Edit>,
    pub(super) table: Table<'a>,
    /// The box of all tables, for those that are copied as they are.
    pub(super) tables: &'a [u8],
    /// Whether the samples lie in this file.
    pub(super) is_here: bool,
}

/// A part of the media, in the order of the presentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edit {
    /// In units of the movie.
    pub(super) length: u64,
    /// Where in the media it begins, in units of the track; `None` where nothing is shown.
    pub(super) begin: Option<u64>,
}

impl<'a> Track<'a> {
    /// `None` when something is missing, is there twice, or isn't known.
    pub(super) fn read(track: &'a [u8]) -> Option<Self> {
        let media = only(track, b"mdia")?;
        let info = only(media, b"minf")?;
        let tables = only(info, b"stbl")?;
        let places = child(track, b"edts").into_iter().chain(child(info, b"dinf")).chain([track, media, info, tables]);
        if !places.into_iter().all(is_tidy) {
            return None;
        }
        let (enabled, matrix, shown) = header(only(track, b"tkhd")?)?;
        let (scale, length, language) = media_header(only(media, b"mdhd")?)?;
        Some(Self {
            enabled,
            matrix,
            shown,
            scale,
            length,
            language,
            handler: handler(track)?,
            entry: entry(only(tables, b"stsd")?)?,
            edits: edits(track)?,
            table: Table::read(tables)?,
            tables,
            is_here: is_here(info),
        })
    }
}

/// What a track is for; `None` when it doesn't say.
pub(super) fn handler(track: &[u8]) -> Option<Kind> {
    let content = only(only(track, b"mdia")?, b"hdlr")?;
    content.get(8..12)?.try_into().ok()
}

fn header(content: &[u8]) -> Option<(bool, [i32; 9], (u32, u32))> {
    let mut fields = Fields(content);
    let (version, flags) = fields.version()?;
    fields.wide(version)?;
    fields.wide(version)?;
    fields.take(8)?;
    fields.wide(version)?;
    fields.take(16)?;
    let matrix = matrix(&mut fields)?;
    Some((flags & 1 != 0, matrix, (fields.u32()?, fields.u32()?)))
}

fn matrix(fields: &mut Fields<'_>) -> Option<[i32; 9]> {
    let mut matrix = [0; 9];
    for cell in &mut matrix {
        *cell = fields.bytes().map(i32::from_be_bytes)?;
    }
    Some(matrix)
}

fn media_header(content: &[u8]) -> Option<(u32, u64, u16)> {
    let mut fields = Fields(content);
    let (version, _) = fields.version()?;
    fields.wide(version)?;
    fields.wide(version)?;
    let scale = fields.u32().filter(|scale| *scale > 0)?;
    Some((scale, fields.wide(version)?, fields.u16()?))
}

/// Two descriptions would need a look at every chunk.
fn entry(content: &[u8]) -> Option<(Kind, &[u8])> {
    let mut fields = Fields(content);
    fields.version()?;
    let one = fields.u32()? == 1 && is_tidy(fields.0);
    let mut entries = children(fields.0);
    entries.next().filter(|_| one && entries.next().is_none())
}

/// `None` for parts that are played at another speed than that of the media, and for places before its beginning.
fn edits(track: &[u8]) -> Option<Vec<Edit>> {
    let Some(list) = only(track, b"edts") else {
        return child(track, b"edts").is_none().then(Vec::new);
    };
    let Some(content) = only(list, b"elst") else {
        return child(list, b"elst").is_none().then(Vec::new);
    };
    let version = content.first()?;
    let read = |mut fields: Fields<'_>| {
        let length = fields.wide(*version)?;
        let begin = fields.wide(*version)?;
        let nothing = if *version == 1 { u64::MAX } else { u32::MAX.into() };
        let begin = (begin != nothing).then_some(begin);
        let known = begin.is_none_or(|begin| begin <= nothing / 2) && fields.u32()? == 0x1_0000;
        known.then_some(Edit { length, begin })
    };
    match version {
        1 => rows::<20>(content)?.iter().map(|row| read(Fields(row))).collect(),
        _ => rows::<12>(content)?.iter().map(|row| read(Fields(row))).collect(),
    }
}

/// Whether the only reference to data is to the file itself.
fn is_here(info: &[u8]) -> bool {
    let reference = || {
        let mut fields = Fields(only(only(info, b"dinf")?, b"dref")?);
        fields.version()?;
        let one = fields.u32()? == 1;
        let (_, mut content) = children(fields.0).next().map(|(kind, content)| (kind, Fields(content)))?;
        Some(one && content.u32()? & 1 == 1)
    };
    reference().unwrap_or(false)
}
