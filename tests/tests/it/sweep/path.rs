//! The ways of a client that are recorded and then broken.

use std::time::Duration;

use weixin_video_core::config::{Config, Recovery};
use weixin_video_core::error::Error;
use weixin_video_core::event::{Checkpoint, Event, Observer};
use weixin_video_core::files::{Media, Output};
use weixin_video_core::ids::Credential;
use weixin_video_core::pace::Polls;
use weixin_video_fake_backend::{Builder, Dialect, Exchange, Fault, Kind, Route, SilentEnding, kind};

use super::verdict::PATIENT;
use super::walk::OLD;
use crate::adapter::{Adapter, Asynchronous, Blocking};
use crate::clock::Impatient;
use crate::world::{WORDS, Who, World};
use kind::Request as Asked;

/// Bytes of the clip.
const CLIP: usize = 20_000;

/// What a client does from beginning to end, on a server that may have something wrong with it already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Path {
    /// The whole job.
    Job,
    /// The whole job, with the agent's events in the other dialect.
    Adk,
    /// The whole job, where the agent edits without a word.
    Silent,
    /// The whole job, where the CDN's link is dead.
    Fallback,
    /// The whole job, where the token expires on the way.
    Renewal,
    /// The whole job, where somebody else's file comes to stand under the output's name meanwhile.
    Occupied,
    /// Each operation by hand.
    Parts,
}

/// Who is asked to do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    Blocking,
    Asynchronous,
}

impl Path {
    pub(crate) const ALL: [Self; 7] =
        [Self::Job, Self::Adk, Self::Silent, Self::Fallback, Self::Renewal, Self::Occupied, Self::Parts];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Job => "job",
            Self::Adk => "adk",
            Self::Silent => "silent",
            Self::Fallback => "fallback",
            Self::Renewal => "renewal",
            Self::Occupied => "occupied",
            Self::Parts => "parts",
        }
    }

    /// Whether breaking this shows something that breaking the same in [`Path::Job`] does not.
    pub(crate) fn is_new_in(self, program: &[Fault]) -> bool {
        let Some(fault) = program.last() else { return false };
        let is_first = fault.to_toml().is_some_and(|toml| toml.lines().any(|line| line == "nth = 1"));
        match self {
            Self::Job => true,
            Self::Adk => fault.route() == Route::Chat,
            Self::Silent => {
                let has_no_place = fault.kind() == Some(kind::Stream::TextTwice.into());
                matches!(fault.route(), Route::Chat | Route::State) && !has_no_place
            }
            Self::Fallback => fault.route() == Route::Download,
            Self::Renewal => fault.route() == Route::AnonymousToken && !is_first,
            Self::Occupied => {
                let harmless = [Asked::Late, Asked::FinMidBody].map(Kind::from);
                fault.route() == Route::Cdn && fault.kind().is_some_and(|kind| harmless.contains(&kind))
            }
            Self::Parts => matches!(fault.route(), Route::ClaimToken | Route::CancelExport | Route::Chat),
        }
    }

    /// The server, without the fault of the case.
    pub(crate) fn server(self, server: Builder) -> Builder {
        let server = server.keep_alive(false);
        match self {
            Self::Job | Self::Renewal | Self::Occupied | Self::Parts => server,
            Self::Adk => server.dialect(Dialect::AdkPartial),
            Self::Silent => server.dialect(Dialect::Adk).silent_edits(SilentEnding::NoContent),
            Self::Fallback => server.fault(Fault::on(Route::Cdn).does(kind::Download::Expired)),
        }
    }

    /// A client and its server.
    pub(crate) fn world(self, faults: &[Fault], which: Which, patience: Duration) -> World {
        let client = |config: Config, credential: Credential| -> Box<dyn Adapter> {
            let clock = Impatient::with_patience(patience);
            // Waits are as long as with the cloud: they take no time here.
            let config = Config { render_polls: Polls::CLOUD, recovery: Recovery::CLOUD, ..config };
            match which {
                Which::Blocking => Box::new(Blocking::timed(config, credential, clock)),
                Which::Asynchronous => Box::new(Asynchronous::timed(config, credential, clock)),
            }
        };
        let faults = faults.to_vec();
        World::new(Who::Anonymous, &move |server| self.server(server).faults(faults.clone()), client)
    }

    /// Goes all the way; the length of the video.
    pub(crate) fn walk(self, world: &World, output: &Output) -> Result<u64, Error> {
        let clip = world.clip(CLIP);
        if self == Self::Parts {
            return by_hand(world, &clip, output);
        }
        let (mut observer, mut token, backend) = (world.observer(), None, &world.backend);
        let mut expiring = |event: Event| {
            if let Event::Granted(grant) = &event {
                token.get_or_insert_with(|| grant.token.reveal().to_owned());
            }
            if self == Self::Renewal && matches!(event, Event::Checkpoint(Checkpoint::Opened { .. })) {
                token.iter().filter_map(|token| backend.space(token)).for_each(|space| space.expire_token());
            }
            if self == Self::Occupied && matches!(event, Event::Checkpoint(Checkpoint::Downloading { .. })) {
                std::fs::write(&output.path, OLD).expect("a folder that takes files");
            }
            observer.see(event);
        };
        world.client.format(&clip, WORDS, output, &mut expiring).map(|delivered| delivered.bytes)
    }

    /// Goes on from what the first walk told last.
    pub(crate) fn resume(self, world: &World, output: &Output) -> Result<u64, Error> {
        let (clip, mut observer) = (world.clip(CLIP), world.observer());
        if self == Self::Occupied {
            let removed = std::fs::remove_file(&output.path);
            assert!(removed.is_ok(), "somebody else's file is still there");
        }
        match (world.checkpoints().pop(), self) {
            (None, _) => self.walk(world, output),
            (Some(Checkpoint::Charging { session, before, since_ms }), Self::Parts) => {
                world.client.recover(&session, before.as_deref(), since_ms, &mut observer)?;
                let rendered = world.client.export(&session, &mut observer)?;
                world.client.download_to(&rendered, output, &mut observer).map(|downloaded| downloaded.bytes)
            }
            (Some(checkpoint), _) => {
                let delivered = world.client.resume(checkpoint, Some(&clip), output, &mut observer)?;
                Ok(delivered.bytes)
            }
        }
    }

    /// The requests of a run without a fault.
    pub(crate) fn record(self) -> Vec<Exchange> {
        // The requests are those of the whole job; the end is not.
        let path = if self == Self::Occupied { Self::Job } else { self };
        let world = path.world(&[], Which::Blocking, PATIENT);
        path.walk(&world, &world.output()).expect("a path without faults ends well");
        world.backend.journal()
    }
}

fn by_hand(world: &World, clip: &std::path::Path, output: &Output) -> Result<u64, Error> {
    let (client, mut observer) = (&world.client, world.observer());
    let session = client.session("en", &mut observer)?;
    client.upload(&session.id, &Media::File(clip.to_owned()), &mut observer)?;
    client.claim(&session, &mut observer)?;
    client.chat(&session.id, WORDS, &mut observer)?;
    let rendered = client.export(&session.id, &mut observer)?;
    client.cancel(&rendered.render, &mut observer)?;
    client.credits(&mut observer)?;
    client.download_to(&rendered, output, &mut observer).map(|downloaded| downloaded.bytes)
}
