//! A client and a server that have come as far as one request, which then breaks in one way after the other.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, OnceLock};

use weixin_video_core::api::Session;
use weixin_video_core::config::{Config, Recovery};
use weixin_video_core::error::Error;
use weixin_video_core::event::{Checkpoint, Event, Observer};
use weixin_video_core::export::Rendered;
use weixin_video_core::files::Media;
use weixin_video_core::ids::Credential;
use weixin_video_core::pace::Polls;
use weixin_video_fake_backend::{Fault, Kind, Route, kind};

use super::told::shown;
use crate::adapter::{Adapter, Asynchronous, Blocking};
use crate::world::{WORDS, Who, World};

/// What signs the download's URL.
pub(crate) const SIGNATURE: &str = "5b2e7c1f0d9a4e83b6c7-Signature";

/// Which adapter.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Which {
    Blocking,
    Asynchronous,
}

impl Which {
    pub(crate) const ALL: [Self; 2] = [Self::Blocking, Self::Asynchronous];

    pub(crate) fn client(self, config: Config, credential: Credential) -> Box<dyn Adapter> {
        // Asking every 200 ms for a quarter of an hour takes long; waits as with the cloud take no time here.
        let config = Config { render_polls: Polls::CLOUD, recovery: Recovery::CLOUD, ..config };
        match self {
            Self::Blocking => Box::new(Blocking::new(config, credential)),
            Self::Asynchronous => Box::new(Asynchronous::new(config, credential)),
        }
    }
}

pub(crate) struct Stand {
    pub(crate) world: World,
    route: Route,
    session: Option<Session>,
    rendered: Option<Rendered>,
    heard: Arc<Mutex<Vec<Event>>>,
}

/// The token that a fresh server grants first.
pub(crate) fn first_token() -> String {
    static TOKEN: OnceLock<String> = OnceLock::new();
    let learn = || {
        let stand = Stand::at(Route::State, Which::Blocking);
        let Credential::Anonymous { grant: Some(grant), .. } = stand.world.client.credential() else {
            panic!("a grant")
        };
        grant.token.reveal().to_owned()
    };
    TOKEN.get_or_init(learn).clone()
}

impl Stand {
    /// Has done all that comes before `route`.
    pub(crate) fn at(route: Route, which: Which) -> Self {
        let server =
            |server: weixin_video_fake_backend::Builder| server.admin().unjudged().credits(u64::from(u32::MAX));
        let world = World::new(Who::Anonymous, &server, |config, credential| which.client(config, credential));
        let mut stand = Self { world, route, session: None, rendered: None, heard: Arc::default() };
        stand.prepare().expect("nothing is broken yet");
        stand
    }

    fn prepare(&mut self) -> Result<(), Error> {
        let (client, mut observer) = (&self.world.client, self.observer());
        if matches!(self.route, Route::AnonymousToken | Route::Session) {
            return Ok(());
        }
        let session = client.session("en", &mut observer)?;
        if matches!(
            self.route,
            Route::Export | Route::ExportStatus | Route::CancelExport | Route::Cdn | Route::Download
        ) {
            client.upload(&session.id, &Media::File(self.world.clip(2_000)), &mut observer)?;
            client.chat(&session.id, WORDS, &mut observer)?;
            self.rendered = Some(client.export(&session.id, &mut observer)?);
        }
        self.session = Some(session);
        Ok(())
    }

    /// Asks `route` while it is broken; all that is told of it.
    pub(crate) fn broken_by(&self, kind: Kind) -> Vec<String> {
        let fault = Fault::on(self.route).does(kind);
        let once = takes_a_while(kind) || matches!(kind, Kind::Connection(_));
        self.world.backend.fault(if once { fault } else { fault.always() });
        let told = self.walk();
        self.mend();
        told
    }

    /// Asks `route`.
    pub(crate) fn walk(&self) -> Vec<String> {
        self.heard.lock().expect("no panic in an observer").clear();
        let mut told = vec![self.step().unwrap_or_else(|error| shown(&error))];
        let events = self.heard.lock().expect("no panic in an observer");
        told.push(format!("{events:?}"));
        told.push(format!("{events:#?}"));
        told
    }

    fn step(&self) -> Result<String, Error> {
        let (client, mut observer) = (&self.world.client, self.observer());
        let session = || self.session.as_ref().expect("this route comes after the session's");
        Ok(match self.route {
            Route::AnonymousToken | Route::Session | Route::Unknown => {
                format!("{:?}", client.session("en", &mut observer)?)
            }
            Route::ClaimToken => format!("{:?}", client.claim(session(), &mut observer)?),
            Route::Upload => {
                let clip = Media::File(self.world.clip(2_000));
                format!("{:?}", client.upload(&session().id, &clip, &mut observer)?)
            }
            Route::Chat => format!("{:?}", client.chat(&session().id, WORDS, &mut observer)?),
            Route::State => format!("{:?}", client.state(&session().id, &mut observer)?),
            Route::Credits => format!("{:?}", client.credits(&mut observer)?),
            Route::Export | Route::ExportStatus => format!("{:?}", client.export(&session().id, &mut observer)?),
            Route::CancelExport => {
                let rendered = self.rendered.as_ref().expect("this route comes after the export's");
                format!("{:?}", client.cancel(&rendered.render, &mut observer)?)
            }
            Route::Cdn | Route::Download => self.fetch(&mut observer)?,
        })
    }

    /// From a signed URL, and from the API where that is dead.
    fn fetch(&self, observer: &mut dyn Observer) -> Result<String, Error> {
        let backend = &self.world.backend;
        let answers = self.world.exchanges(Route::ExportStatus);
        let key = answers.iter().find_map(|exchange| {
            let key = exchange.answer_text().split(&backend.cdn_url()).nth(1)?.split('"').next()?.to_owned();
            Some(key)
        });
        let url = format!("{}{}?X-Amz-Signature={SIGNATURE}", backend.cdn_url(), key.expect("a URL of the CDN"));
        let status = serde_json::json!({"code": 0, "data": {"status": "completed", "outputUrl": url}});
        backend.fault(Fault::on(Route::ExportStatus).always().json(200, &status));
        if self.route == Route::Download {
            backend.fault(Fault::on(Route::Cdn).always().empty(403));
        }
        let Rendered { session, render, .. } = self.rendered.clone().expect("this route comes after the export's");
        let at = Checkpoint::Downloading { session, render, etag: None };
        let output = self.world.output().replacing().keeping_part();
        let delivered = self.world.client.resume(at, None, &output, observer)?;
        Ok(format!("{delivered:?}"))
    }

    /// Takes all faults back.
    fn mend(&self) {
        let url = self.world.backend.url();
        let host = url.trim_start_matches("http://");
        let asked = || -> std::io::Result<String> {
            let mut connection = TcpStream::connect(host)?;
            write!(connection, "DELETE /__admin/faults HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
            let mut answer = String::new();
            connection.read_to_string(&mut answer)?;
            Ok(answer)
        };
        // A fault of a connection may strike this one.
        while !asked().is_ok_and(|answer| answer.starts_with("HTTP/1.1 2")) {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }

    fn observer(&self) -> impl Observer + use<> {
        let heard = self.heard.clone();
        move |event: Event| heard.lock().expect("no panic in an observer").push(event)
    }
}

fn takes_a_while(kind: Kind) -> bool {
    use kind::{Request as Asked, Stream};
    matches!(
        kind,
        Kind::Request(
            Asked::StallBeforeHead | Asked::StallMidHead | Asked::StallMidBody | Asked::NeverReads | Asked::Trickle
        ) | Kind::Stream(Stream::BeatsJson | Stream::BeatsEmpty | Stream::BeatsComment | Stream::BeatsEvent)
            | Kind::Stream(Stream::CommentFlood | Stream::GiantEvent | Stream::GiantLine)
            | Kind::Body(kind::Body::Giant)
    )
}
