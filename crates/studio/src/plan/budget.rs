//! What a size in bytes leaves for the picture and the sound.

use super::{Form, Plan, SAMPLE_RATE};
use crate::error::Error;

/// Of what is allowed, so much is planned for, in thousandths: encoders miss their aim by a little.
const AIM: u64 = 985;

/// What the container writes for each frame, for each packet of sound, and once.
const FRAME_BYTES: u64 = 14;
const PACKET_BYTES: u64 = 8;
const CONTAINER_BYTES: u64 = 6_000;

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

/// Less than this many bits a second show nothing that anybody wants to see.
const LEAST_BITS: u64 = 150_000;

/// Short sides that a picture is made smaller to, in pixels.
const SHORT_SIDES: [u32; 4] = [720, 540, 480, 360];

/// Bits a pixel and frame from which on a picture of at least so many pixels on its short side is worth them. What is
/// filmed as 1080p is seldom sharp to the pixel and often noisy, so it gains most by being made smaller.
const WORTH: [(u32, f64); 3] = [(900, 0.04), (700, 0.032), (0, 0.025)];

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
            let sound_kbit = SAMPLE_RATE * 32 / 1000;
            return if least <= bytes {
                Ok(Self { picture: 0, sound_kbit })
            } else {
                Err(Error::TooSmall { asked: bytes, least })
            };
        }
        if !plan.form.has_picture() {
            let kbit = (room * 8 / plan.duration_ms().max(1)).min(320);
            let rates = [320u32, 256, 192, 160, 128, 96, 64, 48, 32];
            let rate = rates.into_iter().find(|rate| u64::from(*rate) <= kbit).ok_or_else(too_small)?;
            return Ok(Self { picture: 0, sound_kbit: rate.min(plan.form.usual_sound_kbit().unwrap_or(rate)) });
        }
        let sound = |kbit: u32| u64::from(kbit) * 125 * plan.duration_ms() / 1000;
        if plan.is_silent() {
            // Silence takes next to nothing, whatever rate it is given.
            let picture = room.saturating_sub(sound(SILENCE_KBIT)) * 8_000 / plan.duration_ms().max(1);
            return if picture < LEAST_BITS { Err(too_small()) } else { Ok(Self { picture, sound_kbit: 32 }) };
        }
        let fits = |kbit: &u32| sound(*kbit).saturating_mul(5) <= room;
        let sound_kbit = SOUND_KBIT.into_iter().find(fits).unwrap_or(32);
        let picture = room.saturating_sub(sound(sound_kbit)) * 8_000 / plan.duration_ms().max(1);
        if picture < LEAST_BITS { Err(too_small()) } else { Ok(Self { picture, sound_kbit }) }
    }

    /// The same with what the picture may really have, now that the sound has its size in bytes.
    pub(crate) fn with_sound(self, plan: &Plan, bytes: u64, sound: u64) -> Self {
        // Its packets are accounted for already.
        let sound = sound.saturating_sub(packets(plan) * PACKET_BYTES);
        let picture = room(plan, bytes).saturating_sub(sound) * 8_000 / plan.duration_ms().max(1);
        Self { picture: picture.max(self.picture / 2), ..self }
    }

    /// The same with a picture smaller by as much as the file came out too large.
    pub(crate) fn corrected(self, made: u64, bytes: u64) -> Self {
        let ratio = bytes as f64 / made.max(1) as f64;
        Self { picture: (self.picture as f64 * ratio * 0.99) as u64, ..self }
    }
}

/// A smaller short side at which this budget looks better; `None` where the present one is right, or was asked for.
pub(crate) fn smaller(plan: &Plan, budget: Budget) -> Option<u32> {
    if plan.most.size_is_wished {
        return None;
    }
    let now = plan.width.min(plan.height);
    let pixels = f64::from(plan.width) * f64::from(plan.height) * plan.frame_rate.value();
    let is_worth = |side: u32| {
        let scale = f64::from(side) / f64::from(now);
        let enough = WORTH.iter().find(|(from, _)| side >= *from).map_or(0.0, |(_, bits)| *bits);
        budget.picture as f64 / (pixels * scale * scale) >= enough
    };
    if is_worth(now) {
        return None;
    }
    let below: Vec<u32> = SHORT_SIDES.into_iter().filter(|side| *side < now).collect();
    below.iter().find(|side| is_worth(**side)).or_else(|| below.last()).copied()
}

/// The smallest file that still shows something, in bytes.
fn least(plan: &Plan) -> u64 {
    let sound = 48_000 * u64::from(plan.form.has_sound());
    let picture = LEAST_BITS * u64::from(plan.form.has_picture());
    let content = (sound + picture) * plan.duration_ms().max(1) / 8_000;
    // To the next ten thousand, so that it can be said in a word and is enough.
    ((content + overhead(plan)) * 1000 / AIM * 102 / 100).div_ceil(10_000) * 10_000
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
