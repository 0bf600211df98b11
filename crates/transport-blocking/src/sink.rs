//! The file to keep, as a stream fills it.

use std::time::{Duration, Instant};

use weixin_video_files::Complete;
pub(crate) use weixin_video_files::Sink;

use crate::clock::Clock;
use crate::core::error::Fault;
use crate::core::event::{Direction, Observer};
use crate::core::machine::Input;
use crate::core::meter::Meter;
use crate::core::stall::Stall;
use crate::stream::{Got, Stream};

/// How much is written, and how long it may take to get on.
#[derive(Clone, Copy)]
pub(crate) struct Saving<'a> {
    /// Where in the file it begins, in bytes.
    pub(crate) from: u64,
    /// In bytes, of the whole file.
    pub(crate) limit: u64,
    pub(crate) stall: Duration,
    /// Measures the stall.
    pub(crate) clock: &'a dyn Clock,
}

/// Writes the rest of `stream` into the part file.
pub(crate) fn save(sink: &mut Sink, stream: &mut Stream, saving: Saving<'_>, observer: &mut dyn Observer) -> Input {
    write(sink, stream, saving, observer).unwrap_or_else(Input::Failed)
}

fn write(
    sink: &mut Sink,
    stream: &mut Stream,
    saving: Saving<'_>,
    observer: &mut dyn Observer,
) -> Result<Input, Fault> {
    sink.begin(saving.from, saving.limit)?;
    let mut meter = Meter::new(Direction::Down, stream.announced().map(|rest| saving.from.saturating_add(rest)));
    let mut bytes = saving.from;
    let mut stall = Stall::new(saving.stall, saving.clock.now().monotonic, bytes);
    let cut = loop {
        match stream.read(saving.clock.deadline(stall.until())) {
            Got::Bytes(piece) => {
                sink.append(piece)?;
                bytes = bytes.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
                stall.moved(saving.clock.now().monotonic, bytes);
                meter.at(Instant::now(), bytes, observer);
            }
            Got::End => break None,
            Got::Nothing(halt) => break Some(halt.why(saving.stall)),
        }
    };
    meter.last(Instant::now(), bytes, observer);
    match cut {
        Some(why) => Ok(Input::Cut { bytes, why }),
        None => {
            let Complete { start, whole } = sink.finish()?;
            Ok(Input::Saved { bytes, start, whole })
        }
    }
}
