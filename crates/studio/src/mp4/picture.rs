//! H.264's sample entry.

use super::walk::{Fields, Kind, child, children, is_tidy, only};

/// The sample entry of H.264 (`avc1`).
#[derive(Debug)]
pub(super) struct Picture<'a> {
    /// Pixels.
    pub(super) width: u16,
    pub(super) height: u16,
    /// The configuration for the decoder (`avcC`).
    pub(super) config: &'a [u8],
    pub(super) boxes: &'a [u8],
}

/// How a colour box (`colr`) names the colours.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ColorBox {
    /// Primaries, transfer and matrix.
    pub(super) names: [u16; 3],
    /// Whether samples use their full range; QuickTime doesn't tell.
    pub(super) full_range: Option<bool>,
}

impl<'a> Picture<'a> {
    /// `None` for encrypted pictures too.
    pub(super) fn read(entry: &'a [u8]) -> Option<Self> {
        let mut fields = Fields(entry);
        fields.take(6)?;
        let first_source = fields.u16()? == 1;
        fields.take(16)?;
        let (width, height) = (fields.u16()?, fields.u16()?);
        fields.take(50)?;
        let boxes = fields.0;
        let plain = first_source && child(boxes, b"sinf").is_none() && is_tidy(boxes);
        let config = only(boxes, b"avcC").filter(|_| plain)?;
        Some(Self { width, height, config, boxes })
    }

    /// The shape of a pixel; the outer `None` when more than one is told.
    pub(super) fn shape(&self) -> Option<Option<(u32, u32)>> {
        self.at_most_one(b"pasp")?.map_or(Some(None), |content| {
            let mut fields = Fields(content);
            Some(Some((fields.u32()?, fields.u32()?)))
        })
    }

    /// The names of the colours; the outer `None` when there are several or none that is known. A profile of colours names
    /// none.
    pub(super) fn color(&self) -> Option<Option<ColorBox>> {
        let Some(content) = self.at_most_one(b"colr")? else { return Some(None) };
        let mut fields = Fields(content);
        let kind: Kind = fields.bytes()?;
        if !matches!(&kind, b"nclx" | b"nclc") {
            return matches!(&kind, b"prof" | b"rICC").then_some(None);
        }
        let names = [fields.u16()?, fields.u16()?, fields.u16()?];
        let full_range = if &kind == b"nclx" { Some(fields.u8()? & 0x80 != 0) } else { None };
        Some(Some(ColorBox { names, full_range }))
    }

    /// Whether a box of QuickTime's says that frames hold two fields, or nothing that is known.
    pub(super) fn has_fields(&self) -> bool {
        children(self.boxes).any(|(kind, content)| &kind == b"fiel" && content.first() != Some(&1))
    }

    pub(super) fn at_most_one(&self, kind: &Kind) -> Option<Option<&'a [u8]>> {
        match (child(self.boxes, kind), only(self.boxes, kind)) {
            (None, None) => Some(None),
            (_, Some(content)) => Some(Some(content)),
            (Some(_), None) => None,
        }
    }
}
