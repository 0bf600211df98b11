//! A token, a signed address and a client id, in the hands of servers that break or that repeat them, are in nothing that the
//! program writes, starts or says to others.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use rustix::process::Signal;
use serde_json::json;
use weixin_video_fake_backend::{
    AgentReply, Bearer, CANNED_MP4, Exchange, FakeBackend, Fault, Origin, Route, Scope, kind,
};

use super::search::Canary;
use super::{SESSION, answers, each};
use crate::desk::{Desk, Ran, walk};
use crate::tools::HANGS;

const SIGNATURE: &str = "5b2e7c1f0d9a4e83b6c7-Signature";
/// Of no shape that gives it away as a token.
const TOKEN: &str = "Kanari+Vogel/0123456789-abcdef";
const CLIENT: &str = "0b0e7a52-7c55-4c4e-9f0e-3f3f2f7f9a01";

/// What must not show, and where it was looked for in vain.
struct Watch(Vec<Canary>);

impl Watch {
    fn for_token(token: &str) -> Self {
        let known = [("the token", token), ("the signed URL", SIGNATURE), ("the client id", CLIENT)];
        Self(known.map(|(name, secret)| Canary::new(name, secret)).into())
    }

    fn but_the_client_id(mut self) -> Self {
        self.0.pop();
        self
    }

    fn found_in(&self, bytes: &[u8]) -> Option<String> {
        self.0.iter().find_map(|canary| canary.found_in(bytes))
    }

    /// Looks at what a command said, at every file it left but its store, and at what others were asked.
    fn leak(&self, desk: &Desk, ran: &Ran, backend: &FakeBackend) -> Option<String> {
        let streams = [("stdout", ran.stdout.as_bytes()), ("stderr", ran.stderr.as_bytes())];
        let said =
            streams.iter().find_map(|(name, said)| Some(format!("{} on {name}: {ran:#?}", self.found_in(said)?)));
        let kept = || {
            walk(&desk.aside("")).into_iter().filter(|path| !is_store(path)).find_map(|path| {
                let name = path.display().to_string();
                let content = fs::read(&path).unwrap();
                Some(format!("{} in {name}", self.found_in(&content).or_else(|| self.found_in(name.as_bytes()))?))
            })
        };
        let asked = || {
            let journal = backend.journal();
            let mut others = journal.iter().filter(|exchange| exchange.origin == Origin::Cdn).map(whole);
            others
                .find_map(|text| Some(format!("{} in {text}", self.found_in(text.replace(SIGNATURE, "").as_bytes())?)))
        };
        said.or_else(kept).or_else(asked)
    }
}

/// All that a request says.
fn whole(exchange: &Exchange) -> String {
    format!("{} {:?}\n{}", exchange.target, exchange.headers, exchange.body_text())
}

/// Where secrets are kept: for the user alone.
fn is_store(path: &std::path::Path) -> bool {
    let is_store = path.ends_with("nemovideo/tokens.json") || path.ends_with("nemovideo/client_id");
    if is_store {
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{}", path.display());
    }
    is_store
}

/// A desk whose user has this client id.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.clip();
    let folder = desk.home().join(".config/nemovideo");
    fs::create_dir_all(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    fs::write(folder.join("client_id"), CLIENT).unwrap();
    fs::set_permissions(folder.join("client_id"), fs::Permissions::from_mode(0o600)).unwrap();
    desk
}

/// The same, with this token for this server.
fn desk_for(backend: &FakeBackend, token: &str) -> Desk {
    desk().with("NEMO_API_URL", backend.url()).with("NEMO_TOKEN", token)
}

/// Faults below HTTP, in it, and in what it carries, at the routes of a job.
fn faults() -> Vec<(Route, weixin_video_fake_backend::Kind)> {
    use Route::{AnonymousToken, Cdn, Chat, Download, Export, ExportStatus, Session, State, Upload};
    vec![
        (AnonymousToken, kind::Body::Truncated.into()),
        (AnonymousToken, kind::Body::WrongTypes.into()),
        (AnonymousToken, kind::Refusal::Malformed.into()),
        (Session, kind::Refusal::Invalid.into()),
        (Session, kind::Redirect::Elsewhere.into()),
        (Session, kind::Framing::LengthsContradict.into()),
        (Upload, kind::Request::EarlyAnswer.into()),
        (Upload, kind::Head::Garbage.into()),
        (Chat, kind::Request::FinMidBody.into()),
        (Chat, kind::Stream::ErrorOnly.into()),
        (State, kind::Body::Page.into()),
        (Export, kind::Request::LoseReply.into()),
        (ExportStatus, kind::Render::SaysFailed.into()),
        (Cdn, kind::Download::NotMp4.into()),
        (Cdn, kind::Redirect::Loop.into()),
        (Download, kind::Refusal::NotFound.into()),
    ]
}

#[test]
fn nothing_secret_shows_when_a_job_breaks() {
    let cases: Vec<_> = faults().into_iter().flat_map(|fault| [(fault, false), (fault, true)]).collect();
    let found = each(&cases, |((route, kind), json)| {
        let mut server = FakeBackend::builder().unjudged().credits(1_000).fault(Fault::on(*route).times(2).does(*kind));
        if matches!(route, Route::Cdn | Route::Download) {
            server = server.fault(Fault::on(Route::Cdn).nth(2).always().empty(403));
        }
        let (backend, desk) = (server.start().unwrap(), desk());
        let more: &[&str] = if *json { &["--json"] } else { &[] };
        let url = backend.url();
        let ran = desk.run(&[&["format", "clip.mp4", "--backend", &url], more].concat());
        let watch = Watch::for_token(&kept_token(&desk).unwrap_or_else(|| TOKEN.to_owned()));
        if let Some(leak) = watch.leak(&desk, &ran, &backend) {
            return Some(format!("{kind} at {route}: {leak}"));
        }
        for args in [&["jobs"], &["doctor"]] {
            let ran = desk.run(&[args, more].concat());
            if let Some(leak) = watch.leak(&desk, &ran, &backend) {
                return Some(format!("{args:?} after {kind} at {route}: {leak}"));
            }
        }
        backend.violations().pop()
    });
    assert_eq!(found, Vec::<String>::new());
}

/// The token in the store, once there is one.
fn kept_token(desk: &Desk) -> Option<String> {
    let store = fs::read_to_string(desk.home().join(".config/nemovideo/tokens.json")).ok()?;
    let token = store.split('"').find(|word| word.starts_with("nmv_usr_"))?;
    Some(token.to_owned())
}

#[test]
fn the_store_is_where_the_token_is() {
    let (backend, desk) = (FakeBackend::start().unwrap(), desk());
    desk.done(&["format", "clip.mp4", "--backend", &backend.url()]);
    let token = kept_token(&desk).expect("it is kept");
    let store = walk(&desk.home()).into_iter().find(|path| path.ends_with("nemovideo/tokens.json")).unwrap();
    assert!(is_store(&store));
    assert!(Watch::for_token(&token).found_in(&fs::read(store).unwrap()).is_some());
}

/// A server that repeats what it knows, wherever it can say something.
#[test]
fn nothing_secret_shows_when_a_server_repeats_it() {
    let text = format!("said {TOKEN} and {CLIENT} at https://cdn.example/v.mp4?X-Amz-Signature={SIGNATURE}&x=1 ok");
    let cases = answers(&text, &|body| body).into_iter();
    let cases: Vec<_> =
        cases.flat_map(|(args, faults)| [(args, faults.clone(), false), (args, faults, true)]).collect();
    let cases: Vec<_> = cases.into_iter().flat_map(|case| [(case.clone(), false), (case, true)]).collect();
    let found = each(&cases, |((args, faults, json), anonymous)| {
        let grant = json!({"code": 0, "data": {"token": TOKEN, "user_id": "anon_1", "expires_in": 604_800}});
        let grants = Fault::on(Route::AnonymousToken).always().json(200, &grant);
        let server = FakeBackend::builder().unjudged().faults(faults.clone()).fault(grants);
        let backend = server.start().unwrap();
        let watch = Watch::for_token(TOKEN).but_the_client_id();
        let desk = if *anonymous { desk().with("NEMO_API_URL", backend.url()) } else { desk_for(&backend, TOKEN) };
        let more: &[&str] = if *json { &["--json"] } else { &[] };
        let ran = desk.run(&[args, more].concat());
        assert!(backend.journal().iter().any(|exchange| exchange.bearer == Bearer::Unknown), "the token went there");
        Some(format!("{args:?}, anonymous: {anonymous}: {}", watch.leak(&desk, &ran, &backend)?))
    });
    assert_eq!(found, Vec::<String>::new());
}

/// Headers that hold the token.
#[test]
fn nothing_secret_shows_when_a_header_repeats_it() {
    let target = format!("https://cdn.example/{TOKEN}?token={TOKEN}&X-Amz-Signature={SIGNATURE}&client={CLIENT}");
    let commands: [&[&str]; 3] = [&["credits"], &["state", "--session", SESSION], &["format", "clip.mp4"]];
    let headers =
        [("location", 302), ("location", 307), ("www-authenticate", 401), ("retry-after", 400), ("content-type", 200)];
    let cases: Vec<_> = commands.into_iter().flat_map(|args| headers.map(|header| (args, header))).collect();
    let found = each(&cases, |(args, (header, status))| {
        let fault = |route| Fault::on(route).always().header(header, &target).json(*status, &json!({"code": 9999}));
        let faults = [Route::Credits, Route::State, Route::Session].map(fault);
        let backend = FakeBackend::builder().unjudged().faults(faults).start().unwrap();
        let desk = desk_for(&backend, TOKEN);
        let ran = desk.run(args);
        Some(format!("{args:?} {header} {status}: {}", Watch::for_token(TOKEN).leak(&desk, &ran, &backend)?))
    });
    assert_eq!(found, Vec::<String>::new());
}

/// A secret that comes byte by byte is still one.
#[test]
fn nothing_secret_shows_when_it_is_said_in_pieces() {
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let token = backend.token(&Scope::ALL);
    backend.reply(
        AgentReply::new().say(format!("I was given {token}, and https://cdn.example/v?X-Amz-Signature={SIGNATURE}.")),
    );
    backend.fault(Fault::on(Route::Chat).does(kind::Stream::Pieces));
    let desk = desk_for(&backend, &token);
    desk.done(&["upload", "clip.mp4", "--new"]);
    let ran = desk.run(&["say", "cut it"]);
    assert!(ran.stdout.contains("I was given"), "{ran:#?}");
    assert_eq!(Watch::for_token(&token).leak(&desk, &ran, &backend), None);
}

/// What the user says may hold a signed address. It is sent, not shown, and kept only where the job is that has to say it yet.
#[test]
fn a_signed_address_of_the_user_is_not_shown() {
    let address = format!("https://clips.example/a.mp4?X-Amz-Signature={SIGNATURE}");
    let words = format!("add {address} as the second clip");
    let commands: [&[&str]; 3] = [
        &["upload", &address, "--new"],
        &["say", &words, "--session", SESSION],
        &["format", "clip.mp4", "--instruct", &words],
    ];
    let cases: Vec<_> = commands.into_iter().flat_map(|args| [(args, false), (args, true)]).collect();
    let cases: Vec<_> = cases.into_iter().flat_map(|case| [(case, false), (case, true)]).collect();
    let found = each(&cases, |((args, json), broken)| {
        let faults = [Route::Upload, Route::Chat].map(|route| Fault::on(route).always().empty(400));
        let server = FakeBackend::builder().unjudged();
        let backend = if *broken { server.faults(faults) } else { server }.start().unwrap();
        backend.register_url(&address, CANNED_MP4).unwrap();
        let (desk, watch) = (desk(), Watch::for_token(TOKEN));
        let more: &[&str] = if *json { &["--json"] } else { &[] };
        let ran = desk.run(&[*args, &["--backend", &backend.url()], more].concat());
        let jobs = desk.run(&[&["jobs"], more].concat());
        for journal in desk.journals() {
            assert_eq!(journal.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{}", journal.display());
        }
        desk.forget_all();
        let leak = [ran, jobs].iter().find_map(|ran| watch.leak(&desk, ran, &backend))?;
        Some(format!("{args:?}, broken: {broken}: {leak}"))
    });
    assert_eq!(found, Vec::<String>::new());
}

/// Children see neither the token nor anything else of the environment that is not theirs.
#[test]
fn no_child_is_told_the_token() {
    let desk = desk().with("NEMO_TOKEN", TOKEN).with("KANARI", SIGNATURE);
    let desk = desk.with_ffmpeg(&format!("env > child-environment; {HANGS}"));
    let backend = FakeBackend::builder().unjudged().start().unwrap();
    let desk = desk.with("NEMO_API_URL", backend.url());
    let ran = desk.run(&["credits"]);
    assert_eq!(ran.code, 4, "the token is used, and unknown: {ran:#?}");
    let args = ["format", "clip.mp4", "--instruct", "rotate it by 90 degrees", "--local", "--json"];
    let running = desk.start(desk.command(&args));
    desk.child();
    let children = desk.child_told("child-environment").unwrap();
    assert!(children.contains("LC_ALL=C"), "it was seen: {children:?}");
    assert!(!children.contains(TOKEN) && !children.contains(SIGNATURE), "{children}");
    running.signal(Signal::INT);
    let ran = running.end();
    assert_eq!(Watch::for_token(TOKEN).leak(&desk, &ran, &backend), None);
}
