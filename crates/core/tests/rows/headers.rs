//! Section "Headers".

use weixin_video_core::api::{
    CancelExport, Claim, Endpoint, OpenSession, ReadCredits, ReadExport, ReadState, Session, SourceUrl, StartExport,
    Upload, UploadUrl,
};
use weixin_video_core::attribution::Attribution;
use weixin_video_core::call::{Call, SinkId};
use weixin_video_core::download::Download;
use weixin_video_core::ids::Seed;
use weixin_video_core::one_call::OneCall;
use weixin_video_core::time::Instant;

use crate::script::Script;
use crate::wire::*;

/// A request of every endpoint that is a plain exchange, with the token's own left out.
fn requests() -> Vec<Call> {
    fn request(endpoint: &impl Endpoint) -> Call {
        endpoint.request(&config(), Instant::ORIGIN)
    }
    let (render, session) = (render(), session());
    let opened = Session { id: session.clone(), task_id: Some("t1".into()), user_id: None };
    let url = SourceUrl::new("https://clips.example/a.mp4").expect("a URL");
    vec![
        request(&OpenSession::new("en")),
        request(&Claim::new(opened)),
        request(&Upload::new(&config(), session.clone(), source(), Seed::new(1)).expect("an upload")),
        request(&UploadUrl::new(session.clone(), url)),
        request(&ReadCredits),
        request(&ReadState::new(session.clone())),
        request(&StartExport { render: render.clone(), session, draft: draft(TITLE) }),
        request(&ReadExport { render: render.clone() }),
        request(&CancelExport { render }),
    ]
}

/// The same header on every request to the API: the plain ones, the token's, the chat's and the download's fallback.
fn everywhere(name: &str, value: &str) {
    for call in requests() {
        assert_eq!(header(&call, name), Some(value), "{call:?}");
    }
    let check = |call: &Call| assert_eq!(header(call, name), Some(value), "{call:?}");
    sent().with(check);
    authorized(anonymous(None), OneCall::new(config(), ReadCredits, Seed::new(1))).sends(TOKEN).with(check);
    download(None).sends("GET /api/render/proxy/render_1/download").with(check);
}

fn download(url: Option<&str>) -> Script<Download> {
    Script::new(Download::new(config(), rendered(url), SinkId(0)))
}

#[test]
fn authorization_goes_to_the_api_alone() {
    let bearer = |call: &Call| header(call, "authorization").map(str::to_owned);
    authorized(given(), OneCall::new(config(), ReadCredits, Seed::new(1)))
        .sends(CREDITS)
        .with(|call| assert_eq!(bearer(call).as_deref(), Some("Bearer mine")));
    authorized(given(), Download::new(config(), rendered(Some("https://cdn.example/v?sig=s")), SinkId(0)))
        .sends("GET /v")
        .with(|call| assert_eq!(bearer(call), None))
        .begins(403, &[])
        .ends()
        .sends("GET /api/render/proxy/render_1/download")
        .with(|call| assert_eq!(bearer(call).as_deref(), Some("Bearer mine")));
}

/// Not by a redirect of the API's own route, nor by a link that only looks like the API.
#[test]
fn authorization_stays_when_a_download_leads_elsewhere() {
    for (location, path) in [
        ("https://cdn.example/w", "GET /w"),
        ("https://api.example:8443/w", "GET /w"),
        ("https://api.example.evil.example/w", "GET /w"),
        ("//api.example.evil.example/w", "GET /w"),
    ] {
        authorized(given(), Download::new(config(), rendered(None), SinkId(0)))
            .sends("GET /api/render/proxy/render_1/download")
            .begins(302, &[("location", location)])
            .sends(path)
            .with(|call| assert_eq!(header(call, "authorization"), None, "{location}"));
    }
}

#[test]
fn authorization_is_never_in_a_url_and_never_shows() {
    authorized(given(), OneCall::new(config(), ReadCredits, Seed::new(1))).sends(CREDITS).with(|call| {
        assert!(!call.request().uri().to_string().contains("mine"));
        assert!(!format!("{call:?} {:?}", call.request().headers()).contains("mine"));
    });
}

/// A grant is asked for by the client id alone.
#[test]
fn authorization_is_not_asked_for_with_itself() {
    authorized(anonymous(None), OneCall::new(config(), ReadCredits, Seed::new(1)))
        .sends(TOKEN)
        .with(|call| assert_eq!(header(call, "authorization"), None));
}

#[test]
fn x_skill_source_is_the_name_of_the_skill() {
    everywhere("x-skill-source", "weixin-video");
}

#[test]
fn x_skill_version_is_the_version_of_the_skill() {
    everywhere("x-skill-version", env!("CARGO_PKG_VERSION"));
}

#[test]
fn x_skill_platform_is_unknown_without_a_skill() {
    everywhere("x-skill-platform", "unknown");
}

#[test]
fn x_skill_platform_follows_the_folder_unless_it_is_told() {
    const SKILL: &str = "---\nname: weixin-video\nversion: 1.2.3\n---\n";
    let platform = |path: &str, told: Option<&str>| {
        let attribution = Attribution::from_skill_md(SKILL, path, told, "/home/u").expect("a skill");
        assert_eq!((attribution.source(), attribution.version()), ("weixin-video", "1.2.3"));
        attribution.platform().to_owned()
    };
    assert_eq!(platform("/home/u/.clawhub/weixin-video/SKILL.md", None), "clawhub");
    assert_eq!(platform("/home/u/.cursor/skills/weixin-video/SKILL.md", None), "cursor");
    assert_eq!(platform("/opt/skills/SKILL.md", None), "unknown");
    assert_eq!(platform("/home/u/.clawhub/weixin-video/SKILL.md", Some("shop")), "shop");
    assert_eq!(platform("/home/u/.clawhub/weixin-video/SKILL.md", Some("")), "clawhub");
}

/// Another host sees nothing that is ours.
#[test]
fn x_skill_source_is_no_business_of_a_download_host() {
    download(Some("https://cdn.example/v")).sends("GET /v").with(|call| {
        let ours = call.request().headers().keys().filter(|name| name.as_str().starts_with("x-"));
        assert_eq!(ours.count(), 0);
    });
}
