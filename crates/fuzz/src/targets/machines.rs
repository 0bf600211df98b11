//! The machines, each with a world that answers as the input says.

use std::sync::Arc;

use weixin_video_core::account::Account;
use weixin_video_core::api::{Message, Source};
use weixin_video_core::authorize::Authorized;
use weixin_video_core::call::{SinkId, SourceId};
use weixin_video_core::chat::Chat;
use weixin_video_core::config::Config;
use weixin_video_core::download::Download;
use weixin_video_core::draft::Draft;
use weixin_video_core::error::Charged;
use weixin_video_core::export::{Export, Rendered};
use weixin_video_core::ids::{ClientId, Credential, Seed, Token};
use weixin_video_core::job::{Job, Order};

use crate::drive::{self, Run};
use crate::server;
use crate::steer::Steer;

pub(super) fn chat(input: &[u8]) {
    let (first, decisions) = first(input);
    let (config, seed) = (config(), Seed::new(1));
    if first % 4 == 3 {
        let before = Draft::parse(server::DRAFT);
        let since_ms = 1_700_000_000_000;
        let run = drive::run(Chat::recover(config, server::session(), before, since_ms, seed), decisions);
        assert_eq!(run.charged, 0, "looking costs nothing");
        return;
    }
    let run = drive::run(Chat::new(config, server::session(), Message::new("add a title"), seed), decisions);
    truthful(&run);
    assert!(run.result.is_err() || run.charged == 1, "an answer to a message that never left");
}

pub(super) fn export(input: &[u8]) {
    let (first, decisions) = first(input);
    let (config, seed) = (config(), Seed::new(2));
    let export = match first % 4 {
        0 => Export::new(config, server::session(), Draft::parse(server::DRAFT).expect("a draft"), seed),
        1 => Export::latest(config, server::session(), seed),
        kind => Export::resume(config, server::session(), server::render(), kind == 3, seed),
    };
    let run = drive::run(export, decisions);
    assert_eq!(run.charged, 0, "a render is free");
}

pub(super) fn download(input: &[u8]) {
    let (first, decisions) = first(input);
    let link = if first % 2 == 0 { server::link(server::VIDEO) } else { None };
    let rendered = Rendered { session: server::session(), render: server::render(), link };
    let download = match first % 4 {
        0 | 1 => Download::new(config(), rendered, SinkId(0)),
        2 => Download::resume(config(), rendered, SinkId(0), Some("\"v1\"".into())),
        _ => Download::resume(config(), rendered, SinkId(0), None),
    };
    let run = drive::run(download, decisions);
    assert_eq!(run.charged, 0, "a download is free");
    assert_eq!(run.result.is_ok(), run.published, "done is said of a file that has its name");
}

pub(super) fn job(input: &[u8]) {
    judged(&drive::run(Job::new(config(), order(), Seed::new(4)), input));
}

pub(super) fn authorized(input: &[u8]) {
    let (first, decisions) = first(input);
    let credential = match first % 3 {
        0 => Credential::Anonymous { client: ClientId::new("5f1c").expect("an id"), grant: None },
        1 => Credential::Given(Token::new(server::TOKEN).expect("a token")),
        _ => Credential::Anonymous { client: ClientId::new("5f1c").expect("an id"), grant: Some(server::old_grant()) },
    };
    let inner = Job::new(config(), order(), Seed::new(4));
    let account = Account::new(credential);
    judged(&drive::run(Authorized::new(config(), account, Seed::new(5), inner), decisions));
}

fn judged<T>(run: &Run<T>) {
    truthful(run);
    assert!(run.result.is_err() || (run.charged == 1 && run.published), "a video that nobody made");
}

/// Credits are told as gone, or as maybe gone, where they may be; and nowhere else.
fn truthful<T>(run: &Run<T>) {
    if let Err(error) = &run.result {
        let told = error.charged();
        assert!(told == Charged::No || run.charged == 1, "told as charged, but nothing left: {error}");
        assert!(told != Charged::No || !run.unanswered, "a message left without an answer, told as free: {error}");
    }
}

fn first(input: &[u8]) -> (u8, &[u8]) {
    let mut steer = Steer::new(input);
    (steer.next().unwrap_or(0), input.get(1..).unwrap_or_default())
}

fn config() -> Arc<Config> {
    Arc::new(Config::new(server::API).expect("an origin"))
}

fn order() -> Order {
    Order { source: clip(), message: Message::new("add a title"), sink: SinkId(0), language: "en".into() }
}

/// A clip as an adapter found it.
pub(super) fn clip() -> Source {
    let start = b"\0\0\0\x18ftypmp42".to_vec();
    Source { id: SourceId(0), name: "a.mp4".into(), bytes: 4_096, start }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_lead_to_a_video() {
        let job = || Job::new(config(), order(), Seed::new(4));
        let run = drive::run(job(), &[0; 60]);
        assert!(run.result.is_ok() && run.published && run.charged == 1, "{:?}", run.result);
        let account = Account::new(Credential::Anonymous { client: ClientId::new("c").expect("an id"), grant: None });
        let run = drive::run(Authorized::new(config(), account, Seed::new(5), job()), &[0; 60]);
        assert!(run.result.is_ok() && run.published && run.charged == 1, "{:?}", run.result);
    }

    #[test]
    fn silence_ends_in_an_error_that_knows_what_it_cost() {
        // The session, the upload, the look before, then a charged message that nobody answers.
        let run = drive::run(Job::new(config(), order(), Seed::new(4)), &[0, 0, 0, 0x0d]);
        let error = run.result.expect_err("nobody answers");
        assert_eq!((run.charged, run.unanswered, error.charged()), (1, true, Charged::Unknown));
    }
}
