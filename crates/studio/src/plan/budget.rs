//! What a size in bytes leaves for the picture and the sound.

use super::{Demand, Form, Plan, SAMPLE_RATE};
use crate::error::Error;

/// Of what is allowed, so much is planned for, in thousandths: encoders miss their aim by a little.
const AIM: u64 = 987;

/// What an output made again is planned for: the miss is known by then.
const SECOND_AIM: f64 = 0.99;

/// A file with less of what is allowed than this, in thousandths, is made again.
const FULL: u64 = 975;

/// What the container writes for each frame, for each packet of sound, and once.
const FRAME_BYTES: u64 = 22;
const PACKET_BYTES: u64 = 8;
const CONTAINER_BYTES: u64 = 1_800;

/// Samples in a packet of sound.
const PACKET_SAMPLES: u64 = 1_024;

/// Beyond a petabyte a limit is none.
const MOST_BYTES: u64 = 1 << 50;

/// What silence takes, in kbit/s.
const SILENCE_KBIT: u32 = 4;

/// Of a sound that isn't compressed: a sample of two channels, and what comes before the first.
const WAV_SAMPLE_BYTES: u64 = 4;
const WAV_HEAD_BYTES: u64 = 100;

/// Rates of the sound that are tried, best first, in kbit/s. It gets at most a fifth of the whole.
const SOUND_KBIT: [u32; 5] = [128, 96, 64, 48, 32];

/// Rates of a sound without a picture, best first, in kbit/s.
const SOUND_ALONE_KBIT: [u32; 9] = [320, 256, 192, 160, 128, 96, 64, 48, 32];

/// Less than this many bits a second show nothing that anybody wants to see, or this many a pixel of a tiny picture.
const LEAST_BITS: u64 = 150_000;
const LEAST_PIXEL_BITS: f64 = 0.1;

/// How a size is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Budget {
    /// Bits a second of the picture; 0 where there is none.
    pub(crate) picture: u64,
    /// Bits a second of the sound, in thousands.
    pub(crate) sound_kbit: u32,
}

impl Budget {
    /// Shares `bytes`, or says how many would be enough.
    pub(crate) fn of(plan: &Plan, bytes: u64) -> Result<Self, Error> {
        let too_small = || Error::TooSmall { asked: bytes, least: least(plan) };
        let room = room(plan, bytes);
        if plan.form == Form::Wav {
            // Nothing about it can be chosen: so many samples are so many bytes.
            let least = plan.samples_at(plan.frames()) * WAV_SAMPLE_BYTES + WAV_HEAD_BYTES;
            return if least <= bytes {
                Ok(Self { picture: 0, sound_kbit: Self::WAV_KBIT })
            } else {
                Err(Error::TooSmall { asked: bytes, least })
            };
        }
        if !plan.form.has_picture() {
            let kbit = (room * 8 / plan.duration_ms().max(1)).min(320);
            let rate = SOUND_ALONE_KBIT.into_iter().find(|rate| u64::from(*rate) <= kbit).ok_or_else(too_small)?;
            return Ok(Self { picture: 0, sound_kbit: rate.min(plan.form.usual_sound_kbit().unwrap_or(rate)) });
        }
        let sound = |kbit: u32| u64::from(kbit) * 125 * plan.duration_ms() / 1000;
        if plan.is_silent() {
            // Silence takes next to nothing, whatever rate it is given.
            let picture = room.saturating_sub(sound(SILENCE_KBIT)) * 8_000 / plan.duration_ms().max(1);
            return if picture < least_bits(plan) { Err(too_small()) } else { Ok(Self { picture, sound_kbit: 32 }) };
        }
        let fits = |kbit: &u32| sound(*kbit).saturating_mul(5) <= room;
        let sound_kbit = SOUND_KBIT.into_iter().find(fits).unwrap_or(32);
        let picture = room.saturating_sub(sound(sound_kbit)) * 8_000 / plan.duration_ms().max(1);
        if picture < least_bits(plan) { Err(too_small()) } else { Ok(Self { picture, sound_kbit }) }
    }

    /// The same with what the picture may really have, now that the sound has its size in bytes.
    pub(crate) fn with_sound(self, plan: &Plan, bytes: u64, sound: u64) -> Self {
        // Its packets are accounted for already.
        let sound = sound.saturating_sub(packets(plan) * PACKET_BYTES);
        let picture = room(plan, bytes).saturating_sub(sound) * 8_000 / plan.duration_ms().max(1);
        Self { picture: picture.max(self.picture / 2), ..self }
    }

    /// The same with a picture that is larger or smaller by as much as the file missed its aim.
    pub(crate) fn corrected(self, plan: &Plan, made: u64, bytes: u64) -> Self {
        // What isn't picture stays as it was.
        let rest = made.saturating_sub(self.picture / 8 * plan.duration_ms() / 1000).min(made / 2);
        let rest = rest.min(overhead(plan) + u64::from(self.sound_kbit) * plan.duration_ms() / 8);
        let aim = (bytes as f64 * SECOND_AIM - rest as f64).max(1.0);
        let ratio = (aim / (made - rest).max(1) as f64).clamp(0.25, 1.6);
        Self { picture: (self.picture as f64 * ratio) as u64, ..self }
    }
}

impl Budget {
    /// Of sound that isn't compressed, in kbit/s.
    pub(crate) const WAV_KBIT: u32 = SAMPLE_RATE * 32 / 1000;

    /// What a file that may have so many bytes is going to have.
    pub(crate) fn aim(bytes: u64) -> u64 {
        (u128::from(bytes) * u128::from(AIM) / 1000) as u64
    }

    /// The rate below one that was too much for sound alone, in kbit/s.
    pub(crate) fn next_sound(kbit: u32) -> Option<u32> {
        SOUND_ALONE_KBIT.into_iter().find(|rate| *rate < kbit)
    }
}

impl Plan {
    /// What the picture takes by what a pass at constant quality had made of it, sound included.
    pub(crate) fn demand_of(&self, bytes: u64, frames: u64) -> Option<Demand> {
        let seconds = frames as f64 / self.frame_rate.value();
        let sound = f64::from(self.form.usual_sound_kbit().filter(|_| !self.is_silent()).unwrap_or(0)) * 1000.0;
        let bits = bytes as f64 * 8.0 / seconds - sound;
        (frames > 0 && bits > 0.0).then(|| Demand { bits, losses: Vec::new() })
    }

    /// How many bytes the file has with so many bits a second of the picture, and sound as usual.
    pub(crate) fn bytes_at(&self, bits: f64) -> u64 {
        let kbit = if self.is_silent() { SILENCE_KBIT } else { self.form.usual_sound_kbit().unwrap_or(0) };
        let kbit = if self.form.has_sound() { kbit } else { 0 };
        let content = (bits + f64::from(kbit) * 1000.0) * self.duration_ms() as f64 / 8_000.0;
        content as u64 + overhead(self)
    }

    /// How many bytes a file without a picture has, at so many kbit/s.
    pub(crate) fn sound_bytes(&self, kbit: u32) -> u64 {
        u64::from(kbit) * self.duration_ms() / 8 + if self.form == Form::Wav { WAV_HEAD_BYTES } else { overhead(self) }
    }

    /// Whether something else than the budget keeps the picture small: a peak rate that its destination sets.
    pub(crate) fn is_held_back(&self, budget: Budget) -> bool {
        self.most.kbit.is_some_and(|most| budget.picture / 1000 >= u64::from(most) * 9 / 10)
    }
}

/// Whether a file uses what it was allowed.
pub(crate) fn is_full(made: u64, bytes: u64) -> bool {
    u128::from(made) * 1000 >= u128::from(bytes) * u128::from(FULL)
}

/// The smallest file that still shows something, in bytes.
fn least(plan: &Plan) -> u64 {
    let sound = 48_000 * u64::from(plan.form.has_sound());
    let picture = least_bits(plan) * u64::from(plan.form.has_picture());
    let content = (sound + picture) * plan.duration_ms().max(1) / 8_000;
    // To the next ten thousand, so that it can be said in a word and is enough.
    ((content + overhead(plan)) * 1000 / AIM * 102 / 100).div_ceil(10_000) * 10_000
}

/// Bits a second of the smallest picture that is made of it.
fn least_bits(plan: &Plan) -> u64 {
    let own = plan.width.min(plan.height);
    let side = plan.smaller_sides().pop().filter(|_| !plan.most.size_is_wished).unwrap_or(own);
    let scale = f64::from(side) / f64::from(own);
    let pixels = f64::from(plan.width) * f64::from(plan.height) * scale * scale * plan.frame_rate.value();
    ((pixels * LEAST_PIXEL_BITS) as u64).min(LEAST_BITS)
}

fn room(plan: &Plan, bytes: u64) -> u64 {
    let bytes = bytes.min(MOST_BYTES);
    (bytes / 1000 * AIM + bytes % 1000 * AIM / 1000).saturating_sub(overhead(plan))
}

fn overhead(plan: &Plan) -> u64 {
    let frames = if plan.form.has_picture() { plan.frames() } else { 0 };
    CONTAINER_BYTES + frames * FRAME_BYTES + packets(plan) * PACKET_BYTES
}

fn packets(plan: &Plan) -> u64 {
    // The encoder puts one before the first, and rounds up at the end.
    plan.samples_at(plan.frames()) / PACKET_SAMPLES + 2
}
