//! The file to keep, as a stream fills it: the disk's part of the work is done on threads for such work.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use weixin_video_files::{self as files, Complete, Measured};

use crate::clock::Clock;
use crate::core::error::{Fault, Phase};
use crate::core::event::{Direction, Observer};
use crate::core::files::Output;
use crate::core::machine::Input;
use crate::core::meter::Meter;
use crate::core::stall::Stall;
use crate::fault::off_thread;
use crate::stream::{Got, Stream};

/// A file that may be written.
///
/// Dropping it waits for a piece that is being written, never for the network; what is not published is gone then, or
/// kept as the output says.
#[derive(Debug)]
pub(crate) struct Sink(Arc<Mutex<Option<files::Sink>>>);

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

impl Sink {
    /// As [`files::Sink::resumed`]. Blocks for a moment.
    pub(crate) fn resumed(output: &Output, may_exist: Option<u64>) -> Result<Self, Fault> {
        let sink = files::Sink::resumed(output, may_exist)?;
        Ok(Self(Arc::new(Mutex::new(Some(sink)))))
    }

    /// Writes the rest of `stream` into the part file.
    pub(crate) async fn save(&self, stream: &mut Stream, saving: Saving<'_>, observer: &mut dyn Observer) -> Input {
        self.write(stream, saving, observer).await.unwrap_or_else(Input::Failed)
    }

    async fn write(
        &self,
        stream: &mut Stream,
        saving: Saving<'_>,
        observer: &mut dyn Observer,
    ) -> Result<Input, Fault> {
        let Saving { from, limit, stall: most, clock } = saving;
        self.on_disk(move |file| file.begin(from, limit)).await?;
        let mut meter = Meter::new(Direction::Down, stream.announced().map(|rest| from.saturating_add(rest)));
        let mut bytes = from;
        let mut stall = Stall::new(most, clock.now().monotonic, from);
        let cut = loop {
            match stream.read(Instant::from_std(clock.deadline(stall.until()))).await {
                Got::Bytes(piece) => {
                    bytes = bytes.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
                    self.on_disk(move |file| file.append(&piece)).await?;
                    stall.moved(clock.now().monotonic, bytes);
                    meter.at(std::time::Instant::now(), bytes, observer);
                }
                Got::End => break None,
                Got::Nothing(halt) => break Some(halt.why(most)),
            }
        };
        meter.last(std::time::Instant::now(), bytes, observer);
        match cut {
            Some(why) => Ok(Input::Cut { bytes, why }),
            None => {
                let Complete { start, whole } = self.on_disk(files::Sink::finish).await?;
                Ok(Input::Saved { bytes, start, whole })
            }
        }
    }

    /// As [`files::Sink::measure`].
    pub(crate) async fn measure(&self) -> Result<Measured, Fault> {
        self.on_disk(files::Sink::measure).await
    }

    /// As [`files::Sink::publish`].
    pub(crate) async fn publish(&self) -> Result<(), Fault> {
        self.on_disk(files::Sink::publish).await
    }

    /// Work that is still waiting for its turn when the sink is dropped is not done.
    async fn on_disk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut files::Sink) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let sink = self.0.clone();
        off_thread(Phase::Sink, move || match &mut *sink.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(sink) => work(sink),
            None => Err(Fault { phase: Phase::Sink, source: "it was given up".into() }),
        })
        .await
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}
