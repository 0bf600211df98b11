//! Both clients behind one face.

use std::path::Path;

use weixin_video_core::api::{ClaimLink, Credits, Session, State, Uploaded};
use weixin_video_core::chat::Answer;
use weixin_video_core::config::Config;
use weixin_video_core::download::Downloaded;
use weixin_video_core::error::Error;
use weixin_video_core::event::{Checkpoint, Observer};
use weixin_video_core::export::Rendered;
use weixin_video_core::files::{Media, Output};
use weixin_video_core::ids::{Credential, RenderId, Seed, SessionId};
use weixin_video_core::job::Delivered;

use crate::clock::Impatient;

/// The blocking one.
pub(crate) struct Blocking(pub(crate) weixin_video_blocking::Client);

/// The asynchronous one, on a runtime of its own.
pub(crate) struct Asynchronous {
    pub(crate) client: weixin_video_async::Client,
    pub(crate) runtime: tokio::runtime::Runtime,
}

/// Ids count from 1 in each, so that both make the same.
fn seeds() -> impl Fn() -> Seed + Send + Sync + 'static {
    let count = std::sync::atomic::AtomicU64::new(1);
    move || Seed::new(count.fetch_add(1, std::sync::atomic::Ordering::SeqCst).into())
}

impl Blocking {
    pub(crate) fn new(config: Config, credential: Credential) -> Self {
        Self::timed(config, credential, Impatient::default())
    }

    pub(crate) fn timed(config: Config, credential: Credential, clock: Impatient) -> Self {
        let client = weixin_video_blocking::Client::new(config, credential).expect("a client");
        Self(client.with_seeds(seeds()).with_clock(clock))
    }
}

impl Asynchronous {
    pub(crate) fn new(config: Config, credential: Credential) -> Self {
        Self::timed(config, credential, Impatient::default())
    }

    pub(crate) fn timed(config: Config, credential: Credential, clock: Impatient) -> Self {
        let client = weixin_video_async::Client::new(config, credential).expect("a client");
        let client = client.with_seeds(seeds()).with_clock(clock);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        Self { client, runtime: runtime.expect("a runtime") }
    }
}

/// Declares the face, and both implementations of it: the same names in the same order, or this does not compile.
macro_rules! adapter {
    ($($name:ident($($argument:ident: $type:ty),*) -> $output:ty;)*) => {
        /// What a client can do.
        pub(crate) trait Adapter {
            fn credential(&self) -> Credential;
            fn config(&self) -> &Config;
            $(fn $name(&self, $($argument: $type,)* observer: &mut dyn Observer) -> Result<$output, Error>;)*
        }

        impl Adapter for Blocking {
            fn credential(&self) -> Credential {
                self.0.credential()
            }

            fn config(&self) -> &Config {
                self.0.config()
            }

            $(fn $name(&self, $($argument: $type,)* observer: &mut dyn Observer) -> Result<$output, Error> {
                self.0.$name($($argument,)* observer)
            })*
        }

        impl Adapter for Asynchronous {
            fn credential(&self) -> Credential {
                self.client.credential()
            }

            fn config(&self) -> &Config {
                self.client.config()
            }

            $(fn $name(&self, $($argument: $type,)* observer: &mut dyn Observer) -> Result<$output, Error> {
                self.runtime.block_on(self.client.$name($($argument,)* observer))
            })*
        }
    };
}

adapter! {
    format(clip: &Path, words: &str, output: &Output) -> Delivered;
    resume(checkpoint: Checkpoint, clip: Option<&Path>, output: &Output) -> Delivered;
    recover(session: &SessionId, before: Option<&str>, since_ms: u64) -> Answer;
    session(language: &str) -> Session;
    upload(session: &SessionId, media: &Media) -> Uploaded;
    chat(session: &SessionId, words: &str) -> Answer;
    state(session: &SessionId) -> State;
    credits() -> Credits;
    export(session: &SessionId) -> Rendered;
    download_to(rendered: &Rendered, output: &Output) -> Downloaded;
    claim(session: &Session) -> ClaimLink;
    cancel(render: &RenderId) -> ();
}
