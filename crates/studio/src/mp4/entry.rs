//! Sample entries of a new file.

use super::{
    avc,
    index::{boxed, full},
    picture::Picture,
    sound::Sound,
    track::Track,
};

/// The sample description; an error for everything but H.264 and AAC.
pub(super) fn write(track: &Track<'_>) -> Result<Vec<u8>, &'static str> {
    let (kind, content) = track.entry;
    let entry = match (&track.handler, &kind) {
        (b"vide", b"avc1") => picture(&Picture::read(content).ok_or("its picture isn't described as known")?)?,
        (b"soun", b"mp4a") => sound(&Sound::read(content).ok_or("its sound isn't described as known")?),
        _ => return Err("a track holds another codec"),
    };
    Ok(full(b"stsd", 0, 0, &[&1u32.to_be_bytes(), &entry]))
}

/// 72 pixels an inch, which nobody reads, but which all write.
const DENSITY: [u8; 4] = [0, 0x48, 0, 0];

fn picture(picture: &Picture<'_>) -> Result<Vec<u8>, &'static str> {
    let config = avc::Config::read(picture.config).ok_or("its picture isn't configured as known")?;
    let sequence = config.sequence().ok_or("its picture isn't of a kind that is known")?;
    if picture.has_fields() {
        return Err("its frames hold two fields");
    }
    let mut boxes = boxed(b"avcC", &[picture.config]);
    for kind in [b"pasp", b"clap", b"btrt"] {
        if let Some(content) = picture.at_most_one(kind).ok_or("a box is there twice")? {
            boxes.extend(boxed(kind, &[content]));
        }
    }
    if let Some(color) = picture.color().ok_or("its colours aren't told as known")? {
        let names: Vec<u8> = color.names.iter().flat_map(|name| name.to_be_bytes()).collect();
        let full_range = color.full_range.or(sequence.usage.full_range).unwrap_or(false);
        boxes.extend(boxed(b"colr", &[b"nclx", &names, &[u8::from(full_range) << 7]]));
    }
    let (width, height) = (picture.width.to_be_bytes(), picture.height.to_be_bytes());
    let depth = [0, 0x18, 0xff, 0xff];
    let before: &[&[u8]] = &[&[0; 6], &[0, 1], &[0; 16], &width, &height];
    let after: &[&[u8]] = &[&DENSITY, &DENSITY, &[0; 4], &[0, 1], &[0; 32], &depth, &boxes];
    Ok(boxed(b"avc1", &[before, after].concat()))
}

fn sound(sound: &Sound<'_>) -> Vec<u8> {
    let config = descriptor(5, &[sound.config]);
    // MPEG-4 audio, downwards.
    let decoder = descriptor(4, &[&[0x40, 0x15], &sound.buffer, &sound.bit_rates[0], &sound.bit_rates[1], &config]);
    let stream = descriptor(3, &[&[0; 3], &decoder, &descriptor(6, &[&[2]])]);
    let described = full(b"esds", 0, 0, &[&stream]);
    let (channels, rate) = (sound.channels.to_be_bytes(), sound.rate.to_be_bytes());
    boxed(b"mp4a", &[&[0; 6], &[0, 1], &[0; 8], &channels, &[0, 16], &[0; 4], &rate, &described])
}

/// A descriptor; the longest one here is that of a configuration of 64 bytes.
fn descriptor(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u8::try_from(content.len()).unwrap_or(0x7f) & 0x7f;
    [&[tag, length][..], &content].concat()
}
