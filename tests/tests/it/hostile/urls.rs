//! Where a server may lead a download, decided without a socket: each address in each place that can hold one.

use std::sync::Arc;
use std::time::SystemTime;

use weixin_video_core::call::{Call, Head, Reply, SinkId};
use weixin_video_core::config::Config;
use weixin_video_core::event::Checkpoint;
use weixin_video_core::ids::{RenderId, Seed, SessionId};
use weixin_video_core::job::Job;
use weixin_video_core::machine::{Input, Machine, Op, Step};
use weixin_video_core::time::{Instant, Now};

const CLOUD: &str = "https://api.example";
const LOCAL: &str = "http://127.0.0.1:9";
const FINE: &str = "https://cdn.example/v.mp4";

/// An address that nobody should be asked at.
const REFUSED: &[&str] = &[
    // This machine, in every spelling that some parser takes for it.
    "https://127.0.0.1/v",
    "https://127.9.9.9/v",
    "https://localhost/v",
    "https://LOCALHOST/v",
    "https://localhost./v",
    "https://127.0.0.1./v",
    "https://127.1/v",
    "https://127.0.1/v",
    "https://0177.0.0.1/v",
    "https://0x7f.0.0.1/v",
    "https://0x7f000001/v",
    "https://0X7F000001/v",
    "https://127.0.0.0x1/v",
    "https://2130706433/v",
    "https://017700000001/v",
    "https://0/v",
    "https://0.0.0.0/v",
    "https://[::1]/v",
    "https://[::]/v",
    "https://[0:0:0:0:0:0:0:1]/v",
    "https://[::ffff:127.0.0.1]/v",
    "https://[::ffff:7f00:1]/v",
    "https://[::ffff:0.0.0.0]/v",
    "https://[::127.0.0.1]/v",
    "https://[64:ff9b::7f00:1]/v",
    "https://[2002:7f00:1::]/v",
    // Somebody's own network.
    "https://10.0.0.1/v",
    "https://10.1/v",
    "https://172.16.0.1/v",
    "https://192.168.1.1/v",
    "https://192.168.1.1./v",
    "https://0xc0a80101/v",
    "https://3232235777/v",
    "https://100.64.0.1/v",
    "https://169.254.169.254/latest/meta-data/",
    "https://[::ffff:169.254.169.254]/v",
    "https://[::ffff:10.0.0.1]/v",
    "https://[64:ff9b::a00:1]/v",
    "https://[2002:c0a8:101::]/v",
    "https://[fc00::1]/v",
    "https://[fd12:3456::1]/v",
    "https://[fe80::1]/v",
    "https://[fe80::1%25eth0]/v",
    // Nobody in particular, or everybody.
    "https://255.255.255.255/v",
    "https://224.0.0.1/v",
    "https://240.0.0.1/v",
    "https://198.18.0.1/v",
    "https://[ff02::1]/v",
    // Not encrypted.
    "http://cdn.example/v",
    "http://cdn.example:443/v",
    "HTTP://cdn.example/v",
    "http://127.0.0.1/v",
    // Other schemes.
    "ftp://cdn.example/v",
    "file:///etc/passwd",
    "file://cdn.example/etc/passwd",
    "data://text/plain;base64,AA==",
    "javascript://cdn.example/%0aalert(1)",
    "gopher://cdn.example/_x",
    "ws://cdn.example/v",
    "://cdn.example/v",
    // Not what it looks like.
    "https://user@cdn.example/v",
    "https://user:secret@cdn.example/v",
    "https://cdn.example@127.0.0.1/v",
    "https://cdn.example:443@127.0.0.1/v",
    "https://@127.0.0.1/v",
    "https://cdn.example\\@127.0.0.1/v",
    "https://cdn.example\\.evil.example/v",
    "https:\\\\127.0.0.1/v://",
    "https://127.0.0.1\\.cdn.example/v",
    "https://cdn.example\t/v",
    "https://127.0.0\t.1/v",
    "https://cdn.exa\nmple/v",
    "https://cdn.example /v",
    "https://%31%32%37.0.0.1/v",
    "https://cdn%2eexample/v",
    "https://１２７.０.０.１/v",
    "https://①②⑦.⓪.⓪.①/v",
    "https://127。0。0。1/v",
    "https://ｌocalhost/v",
    "https://münchen.example/v",
    "https://cdn.example\u{202e}/v",
    "https://cdn.example\0/v",
    "https:///v",
    "https://:443/v",
    "https://[::1/v",
    "https://[cdn.example]/v",
    "https://",
];

/// An address that may be asked.
const ALLOWED: &[&str] = &[
    FINE,
    "https://cdn.example/v.mp4?Signature=a%2Fb&Expires=1",
    "https://cdn.example:8443/v",
    "https://CDN.example/v",
    "https://cdn.example./v",
    "https://xn--mnchen-3ya.example/v",
    "https://1.1.1.1/v",
    "https://172.15.0.1/v",
    "https://172.32.0.1/v",
    "https://[2606:4700:4700::1111]/v",
    "https://127.0.0.1.cdn.example/v",
    "https://localhost.cdn.example/v",
    "https://cdn.example/@127.0.0.1/v",
    "https://cdn.example/?u=http://127.0.0.1/",
];

/// Where an address can stand.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// In the status of the render.
    Status,
    /// In `Location`, after the first address was asked.
    Hop,
    /// In `Location` of the API's own download route, which is asked with the token.
    FallbackHop,
    /// In the JSON of that route.
    FallbackJson,
}

const PLACES: [Place; 4] = [Place::Status, Place::Hop, Place::FallbackHop, Place::FallbackJson];

#[test]
fn an_address_that_must_not_be_asked_is_asked_from_nowhere() {
    for place in PLACES {
        for url in REFUSED {
            let way = Way::to(CLOUD, place, &[url]);
            let others: Vec<&String> = way.others.iter().filter(|asked| *asked != FINE).collect();
            assert!(others.is_empty(), "{url:?} as {place:?}: {others:?}");
            assert!(way.fell_back, "{url:?} as {place:?}: the API's own route is asked instead");
        }
    }
}

#[test]
fn a_good_address_is_asked_from_everywhere_and_sees_nothing_of_ours() {
    for place in PLACES {
        for url in ALLOWED {
            let way = Way::to(CLOUD, place, &[url]);
            let same = |asked: &String| asked.eq_ignore_ascii_case(url);
            assert!(way.others.last().is_some_and(same), "{url:?} as {place:?}: {way:?}");
        }
    }
}

/// What is signed or private in an address is in no note.
#[test]
fn a_refused_address_is_not_told() {
    for url in [
        "https://127.0.0.1/Kanarienvogel",
        "https://user:Kanarienvogel@cdn.example/v",
        "http://c.example/?sig=Kanarienvogel",
    ] {
        for place in PLACES {
            let way = Way::to(CLOUD, place, &[url]);
            assert!(!way.told.contains("Kanarienvogel"), "{place:?}: {}", way.told);
        }
    }
}

#[test]
fn only_a_backend_on_this_machine_may_lead_to_this_machine() {
    for url in ["http://127.0.0.1:1/v", "http://localhost:1/v", "http://[::1]:1/v", "https://127.0.0.1:1/v"] {
        assert_eq!(Way::to(LOCAL, Place::Status, &[url]).others, [url]);
        assert!(Way::to(CLOUD, Place::Status, &[url]).others.is_empty());
    }
    for url in
        ["http://192.168.1.1/v", "https://192.168.1.1/v", "http://cdn.example/v", "http://0.0.0.0:1/v", "file:///v"]
    {
        assert!(Way::to(LOCAL, Place::Status, &[url]).others.is_empty(), "{url}");
    }
}

#[test]
fn five_hops_are_followed_and_no_sixth() {
    let hops =
        ["https://a.example/", "https://b.example/", "//c.example/", "/d", "https://e.example/", "https://f.example/"];
    let way = Way::to(CLOUD, Place::Hop, &hops);
    let asked = [
        FINE,
        "https://a.example/",
        "https://b.example/",
        "https://c.example/",
        "https://c.example/d",
        "https://e.example/",
    ];
    assert_eq!(way.others, asked);
    assert!(way.fell_back);
    let circle = Way::to(CLOUD, Place::Hop, &[FINE; 20]);
    assert_eq!(circle.others, [FINE; 6], "the first and five more");
    let from_api = Way::to(CLOUD, Place::FallbackHop, &[FINE; 20]);
    assert_eq!(from_api.others, [FINE; 6], "the dead link, and five more");
    let to_itself = Way::to(CLOUD, Place::FallbackHop, &["https://api.example/again"; 20]);
    assert!(to_itself.own <= 8, "{} requests", to_itself.own);
}

#[test]
fn each_hop_is_looked_at_by_itself() {
    for bad in ["https://10.0.0.1/", "http://b.example/", "https://u@b.example/", "//127.0.0.1/", "//10.1/"] {
        for before in 1..=4 {
            let mut hops = vec!["https://a.example/"; before];
            hops.push(bad);
            hops.push("https://never.example/");
            let way = Way::to(CLOUD, Place::Hop, &hops);
            assert_eq!(way.others.len(), 1 + before, "{bad} after {before}: {way:?}");
            assert!(way.fell_back);
        }
    }
}

#[test]
fn an_api_in_the_clear_is_no_api() {
    for url in [
        "http://api.example",
        "http://192.168.1.1:8080",
        "http://0.0.0.0:8080",
        "http://localhost.example",
        "http://127.0.0.1.example",
        "http://user@127.0.0.1",
        "https://user:secret@api.example",
        "ftp://api.example",
        "file:///etc/passwd",
        "//api.example",
        "api.example",
        "https://",
        "",
    ] {
        assert!(Config::new(url).is_err(), "{url}");
    }
}

/// What came of a download that is led somewhere.
#[derive(Debug, Default)]
struct Way {
    /// The addresses that were asked and are not the API's.
    others: Vec<String>,
    /// Whether the API's own download route was asked.
    fell_back: bool,
    /// How many requests the API got.
    own: usize,
    /// Every event, and the end.
    told: String,
}

impl Way {
    /// A render of the API at `api` is done; `urls` stand at `place`, one after the other.
    fn to(api: &str, place: Place, urls: &[&str]) -> Self {
        let urls = urls.iter().rev().map(ToString::to_string).collect();
        let mut server = Server { place, urls, body: None, fell_back: false };
        let mut way = Self::default();
        let mut machine = job(api);
        let mut now = Now { monotonic: Instant::ORIGIN, wall: SystemTime::UNIX_EPOCH };
        loop {
            let op = match machine.poll(now) {
                Step::Emit(event) => {
                    way.told += &format!("{event:?}\n");
                    continue;
                }
                Step::Do(op) => op,
                Step::Done(end) => {
                    way.told += &format!("{end:?} {}", end.as_ref().err().map(ToString::to_string).unwrap_or_default());
                    return way;
                }
            };
            let input = match op {
                Op::Send(call) => way.ask(api, &call, &mut server),
                Op::Read { .. } => server.body.take().map_or(Input::End, Input::Chunk),
                Op::Wait { until } => {
                    now = now.later(until - now.monotonic);
                    Input::Elapsed
                }
                Op::Measure(_) => Input::Measured { part: 0, output: None },
                Op::Save { .. } | Op::Publish(_) => panic!("no answer here is a file"),
            };
            machine.handle(now, input);
        }
    }

    fn ask(&mut self, api: &str, call: &Call, server: &mut Server) -> Input {
        let uri = call.request().uri().to_string();
        self.told += &format!("{call:?}\n");
        let Some(path) = uri.strip_prefix(api) else {
            let names: Vec<&str> = call.request().headers().keys().map(|name| name.as_str()).collect();
            assert_eq!(names, ["user-agent", "accept"], "to {uri}");
            self.others.push(uri);
            return server.another();
        };
        self.own += 1;
        self.fell_back |= path.ends_with("/download");
        match path.split('/').nth(4) {
            Some("lambda") => server.status(),
            _ => server.fallback(),
        }
    }
}

fn job(api: &str) -> Job {
    let config = Arc::new(Config::new(api).expect("an origin"));
    let (session, render) = (SessionId::new("1").expect("an id"), RenderId::new("render_1").expect("an id"));
    Job::resume(config, Checkpoint::Exporting { session, render, again: false }, None, SinkId(0), Seed::new(1))
}

/// Both origins, as far as they say where to go.
struct Server {
    place: Place,
    /// The next one last.
    urls: Vec<String>,
    body: Option<Vec<u8>>,
    fell_back: bool,
}

impl Server {
    fn status(&mut self) -> Input {
        let url = match self.place {
            Place::Status => self.urls.pop().unwrap_or_default(),
            Place::Hop | Place::FallbackHop | Place::FallbackJson => FINE.to_owned(),
        };
        let status = serde_json::json!({"code": 0, "data": {"status": "completed", "outputUrl": url}});
        Input::Reply(Reply::new(200, status.to_string()))
    }

    fn another(&mut self) -> Input {
        match self.place {
            Place::Hop => self.redirect(),
            Place::FallbackHop if self.fell_back => self.redirect(),
            Place::Status | Place::FallbackHop | Place::FallbackJson => Input::Head(Head::status(403)),
        }
    }

    fn fallback(&mut self) -> Input {
        self.fell_back = true;
        match self.place {
            Place::FallbackHop => self.redirect(),
            Place::FallbackJson => {
                let url = self.urls.pop().unwrap_or_default();
                self.body = Some(serde_json::json!({"code": 0, "data": {"url": url}}).to_string().into_bytes());
                Input::Head(head(200, "content-type", "application/json"))
            }
            Place::Status | Place::Hop => Input::Head(Head::status(404)),
        }
    }

    fn redirect(&mut self) -> Input {
        Input::Head(self.urls.pop().map_or_else(|| Head::status(403), |url| head(302, "location", &url)))
    }
}

/// A head with one header, or without it where HTTP can't carry its value.
fn head(status: u16, name: &'static str, value: &str) -> Head {
    let mut head = Head::status(status);
    if let Ok(value) = value.parse() {
        head.headers.insert(name, value);
    }
    head
}
