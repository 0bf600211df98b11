//! Every endpoint's reading of a reply: whatever status, headers and body come.

use std::time::SystemTime;

use weixin_video_core::api::{
    CancelExport, Claim, Credits, Endpoint, ExportStatus, GrantAnonymousToken, OpenSession, ReadCredits, ReadExport,
    ReadState, RenderStatus, Session, Source, SourceUrl, StartExport, State, Upload, UploadUrl, Uploaded,
};
use weixin_video_core::call::{Reply, SourceId};
use weixin_video_core::config::Config;
use weixin_video_core::draft::Draft;
use weixin_video_core::ids::{ClientId, Grant, Seed, SessionId};
use weixin_video_core::time::{Instant, Now};

use super::draft;
use crate::{judge, server};

/// Of a name that a server gave, in characters.
const NAME_CHARS: usize = 128;

/// As HTTP writes it: a status, header lines, an empty line, the body.
pub(super) fn check(input: &[u8]) {
    let reply = server::exchange(input);
    let config = Config::new("https://api.example").expect("an origin");
    let session = server::session();
    let render = server::render();

    let now = Now { monotonic: Instant::ORIGIN, wall: SystemTime::UNIX_EPOCH };
    let client = ClientId::new("5f1c").expect("an id");
    asked(&GrantAnonymousToken::new(client, now), &reply, granted);
    asked(&OpenSession::new("en"), &reply, opened);
    let owner = Session { id: session.clone(), task_id: None, user_id: None };
    asked(&Claim::new(owner), &reply, |link| {
        let url: http::Uri = link.url(&config).parse().expect("a claim link is a URL");
        assert_eq!(url.host(), Some("nemovideo.com"));
    });
    let source = Source { id: SourceId(0), name: "a.mp4".into(), bytes: 9, start: Vec::new() };
    let upload = Upload::new(&config, session.clone(), source, Seed::new(1)).expect("a clip");
    asked(&upload, &reply, uploaded);
    let url = SourceUrl::new("https://cdn.example/a.mp4").expect("a URL");
    asked(&UploadUrl::new(session.clone(), url), &reply, uploaded);
    asked(&ReadCredits, &reply, counted);
    asked(&ReadState::new(session.clone()), &reply, looked);
    let draft = Draft::parse(r#"{"t":[]}"#).expect("a draft");
    asked(&StartExport { render: render.clone(), session, draft }, &reply, |_| {});
    asked(&ReadExport { render: render.clone() }, &reply, watched);
    asked(&CancelExport { render }, &reply, |()| {});
}

fn asked<E: Endpoint>(endpoint: &E, reply: &Reply, judged: impl Fn(E::Answer)) {
    match endpoint.reply(reply) {
        Ok(answer) => {
            assert!(reply.head.is_success(), "an answer of status {}", reply.head.status);
            judged(answer);
        }
        Err(error) => judge::plain_error(&error),
    }
}

fn granted(grant: Grant) {
    let token = grant.token.reveal();
    assert!(token.bytes().all(|byte| byte.is_ascii_graphic()), "a token fits a header");
    let named = grant.user_id.as_deref().is_some_and(|id| id.contains(token));
    assert!(named || token.len() < 12 || !format!("{grant:?}").contains(token), "the token shows");
    let written = serde_json::to_string(&grant).expect("a grant is JSON");
    assert_eq!(serde_json::from_str::<Grant>(&written).expect("what was written is read"), grant);
}

fn opened(session: Session) {
    assert_eq!(SessionId::new(session.id.as_str()).as_ref(), Some(&session.id), "it fits a URL");
    for name in [session.task_id, session.user_id].into_iter().flatten() {
        judge::line(&name, NAME_CHARS);
    }
}

fn uploaded(uploaded: Uploaded) {
    uploaded.names.iter().for_each(|name| judge::line(name, NAME_CHARS));
}

fn counted(credits: Credits) {
    assert!(credits.available.is_finite() && credits.frozen.is_finite(), "{credits:?}");
}

fn looked(state: State) {
    assert!(state.clips.len() <= 100, "{} clips", state.clips.len());
    for name in state.clips.iter().chain(&state.task_id).chain(&state.user_id) {
        judge::line(name, NAME_CHARS);
    }
    if let Some(found) = &state.draft {
        draft::judged(found);
    }
}

fn watched(status: ExportStatus) {
    assert!(status.percent.is_none_or(|percent| percent <= 100), "{:?}", status.percent);
    if let RenderStatus::Failed { why } = status.status {
        judge::line(&why, 400);
    }
}
