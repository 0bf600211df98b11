//! How much memory a server can make a client hold, measured in a process of its own: this very binary, told to run one test.

use std::process::Command;

use weixin_video_core::config::Config;
use weixin_video_core::event::Silent;
use weixin_video_core::ids::{Credential, SessionId, Token};
use weixin_video_fake_backend::{FakeBackend, Fault, Kind, Route, Scope, kind};

use super::stand::Which;
use crate::world::WORDS;

/// Tells a child where to go, with which token, and what to ask; not set in any other run.
const TARGET: &str = "WEIXIN_VIDEO_TEST_FLOOD";
const MIB: u64 = 1024;

/// What a flood may cost, in KiB: 1.5 to 4 times what was measured. A whole answer is bounded by 32 MiB, an event by 8 MiB, a head by some hundred KiB; a buffer that
/// grows is there twice for a moment, and what was freed stays with the process.
const FLOODS: [(Kind, Route, u64); 12] = [
    (Kind::Body(kind::Body::Giant), Route::Credits, 96 * MIB),
    (Kind::Body(kind::Body::GzipBomb), Route::Credits, 8 * MIB),
    (Kind::Body(kind::Body::Deep), Route::Credits, 8 * MIB),
    (Kind::Head(kind::Head::HugeHeader), Route::Credits, 8 * MIB),
    (Kind::Head(kind::Head::HeaderFlood), Route::Credits, 8 * MIB),
    (Kind::Head(kind::Head::InterimFlood), Route::Credits, 8 * MIB),
    (Kind::Body(kind::Body::Giant), Route::Chat, 8 * MIB),
    (Kind::Stream(kind::Stream::GiantEvent), Route::Chat, 32 * MIB),
    (Kind::Stream(kind::Stream::GiantLine), Route::Chat, 32 * MIB),
    (Kind::Stream(kind::Stream::CommentFlood), Route::Chat, 8 * MIB),
    (Kind::Stream(kind::Stream::DeepJson), Route::Chat, 8 * MIB),
    (Kind::Stream(kind::Stream::BeatsComment), Route::Chat, 8 * MIB),
];

#[test]
fn a_flood_is_not_held() {
    if let Ok(target) = std::env::var(TARGET) {
        return Which::ALL.into_iter().for_each(|which| tell_peak(which, &target));
    }
    std::thread::scope(|scope| {
        for flood in FLOODS {
            scope.spawn(move || measure(flood));
        }
    });
}

/// Asks a server that floods, in a child, and looks at what that took.
fn measure((kind, route, most): (Kind, Route, u64)) {
    let backend = FakeBackend::builder().unjudged().start().expect("a server");
    let token = backend.token(&Scope::ALL);
    let session = {
        let config = Config::new(&backend.url()).expect("an origin");
        let client = Which::Blocking.client(config, Credential::Given(Token::new(token.clone()).expect("a token")));
        client.session("en", &mut Silent).expect("a session").id
    };
    backend.fault(Fault::on(route).always().does(kind));
    let mut child = Command::new(std::env::current_exe().expect("this binary"));
    child.env(TARGET, format!("{} {token} {session} {route}", backend.url()));
    child.args(["--exact", "hostile::bounds::a_flood_is_not_held", "--nocapture"]);
    let output = child.output().expect("a child");
    let said = String::from_utf8_lossy(&output.stdout);
    let peaks: Vec<u64> = said.lines().filter_map(|line| line.split("peak ").nth(1)?.parse().ok()).collect();
    assert!(output.status.success() && peaks.len() == 2, "{kind} at {route}: {output:?}");
    assert!(peaks.iter().all(|peak| *peak <= most), "{kind} at {route}: {peaks:?} KiB, {most} at most");
    // What may hold megabytes does: the measure sees them.
    assert!(most <= 8 * MIB || peaks.iter().all(|peak| *peak > 4 * MIB), "{kind} at {route}: {peaks:?} KiB");
}

/// Asks, and says on stdout by how many KiB the process grew meanwhile.
#[expect(clippy::print_stdout, reason = "how a child tells its parent")]
fn tell_peak(which: Which, target: &str) {
    let [url, token, session, route] = target.split(' ').collect::<Vec<_>>()[..] else { panic!("{target}") };
    let config = Config::new(url).expect("an origin");
    let client = which.client(config, Credential::Given(Token::new(token).expect("a token")));
    // The peak so far is forgotten: proc(5), `clear_refs`.
    std::fs::write("/proc/self/clear_refs", "5").expect("our own");
    let before = status("VmRSS");
    // How it ends is another test's: an event that is too large is passed over, and the rest of the answer counts.
    if route == "credits" {
        let _ = client.credits(&mut Silent);
    } else {
        let session = SessionId::new(session).expect("an id");
        let _ = client.chat(&session, WORDS, &mut Silent);
    }
    println!("peak {}", status("VmHWM").saturating_sub(before));
}

/// A number of KiB that the kernel knows of this process.
fn status(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("our own");
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).expect("a line of that name");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}
