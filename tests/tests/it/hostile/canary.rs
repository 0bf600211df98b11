//! Every kind of fault at every route it can stand at, through both adapters: nothing secret is in anything that is told, kept,
//! or said to another origin than the API's.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use weixin_video_core::ids::Credential;
use weixin_video_fake_backend::{Exchange, Kind, Origin, Route};

use super::search::Canary;
use super::stand::{SIGNATURE, Stand, Which, first_token};
use crate::world::World;

/// Cases that share a server.
const SHARE: usize = 16;
/// So many servers at a time: most of their time somebody waits.
const WORKERS: usize = 16;

#[test]
fn nothing_secret_gets_out_whatever_breaks() {
    let shares = shares();
    let cases: usize = shares.iter().map(|(_, _, kinds)| kinds.len()).sum();
    assert!(cases > 2000, "{cases} cases");
    let (next, leaks) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some((which, route, kinds)) = shares.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = leaks_of(*which, *route, kinds);
                    leaks.lock().expect("no panic while pushing").extend(found);
                }
            });
        }
    });
    let leaks = leaks.into_inner().expect("no panic while pushing");
    assert_eq!(leaks, Vec::<String>::new());
}

/// The search looks at the right places: there the secrets are, where they belong.
#[test]
fn the_secrets_are_where_they_belong() {
    for which in Which::ALL {
        let stand = Stand::at(Route::Cdn, which);
        let told = stand.walk();
        assert!(told.iter().any(|told| told.contains("Delivered")), "it came to its end: {told:?}");
        let cdn = stand.world.exchanges(Route::Cdn);
        assert!(cdn.iter().any(|exchange| exchange.target.contains(SIGNATURE)), "the signed URL was asked: {cdn:?}");
        let secrets = secrets(&stand.world);
        let [token, client, _] = &secrets[..] else { panic!("three secrets") };
        let api: Vec<String> = stand.world.backend.journal().iter().flat_map(texts).collect();
        assert!(api.iter().any(|text| client.found_in(text.as_bytes()).is_some()), "the API knows the client");
        let Credential::Anonymous { grant: Some(grant), .. } = stand.world.client.credential() else {
            panic!("a grant")
        };
        assert!(token.found_in(grant.token.reveal().as_bytes()).is_some());
        assert_eq!(leak(&secrets, &stand.world, &told), None);
    }
}

type Share = (Which, Route, Vec<Kind>);

/// Every kind wherever it can stand, in heaps.
fn shares() -> Vec<Share> {
    let at = |(which, route): (Which, Route)| {
        let kinds: Vec<Kind> = Kind::ALL.iter().copied().filter(|kind| kind.stands_at(route)).collect();
        kinds.chunks(SHARE).map(|kinds| (which, route, kinds.to_vec())).collect::<Vec<_>>()
    };
    // The chat takes longest, so it comes first.
    let routes = [Route::Chat].into_iter().chain(Route::ALL.into_iter().filter(|route| *route != Route::Chat));
    routes.flat_map(|route| Which::ALL.map(|which| (which, route))).flat_map(at).collect()
}

/// What gets out in these cases.
fn leaks_of(which: Which, route: Route, kinds: &[Kind]) -> Vec<String> {
    let mut stand = Stand::at(route, which);
    let mut leaks = Vec::new();
    for kind in kinds {
        // Before it has a token, a client is an empty page.
        if route == Route::AnonymousToken {
            stand = Stand::at(route, which);
        }
        let before = secrets(&stand.world);
        let told = stand.broken_by(*kind);
        let secrets = [before, secrets(&stand.world)].concat();
        leaks.extend(leak(&secrets, &stand.world, &told).map(|leak| format!("{kind} at {route}, {which:?}: {leak}")));
    }
    leaks
}

/// What must be nowhere.
fn secrets(world: &World) -> Vec<Canary> {
    let Credential::Anonymous { grant, client } = world.client.credential() else { panic!("nobody was given a token") };
    // Ids are counted alike in every world: this one is what a server grants first, whether its answer arrives or not.
    let first = first_token();
    let token = grant.map_or(first, |grant| grant.token.reveal().to_owned());
    vec![
        Canary::new("the token", &token),
        Canary::new("the client id", client.as_str()),
        Canary::new("the signed URL", SIGNATURE),
    ]
}

fn leak(secrets: &[Canary], world: &World, told: &[String]) -> Option<String> {
    let found_in = |bytes: &[u8]| secrets.iter().find_map(|canary| canary.found_in(bytes));
    let told = told.iter().find_map(|told| Some(format!("{} in {told}", found_in(told.as_bytes())?)));
    let in_files = || {
        world.files().into_iter().filter(|name| name != "clip.mp4").find_map(|name| {
            let content = std::fs::read(world.folder.path().join(&name)).expect("a file");
            Some(format!("{} in {name}", found_in(&content).or_else(|| found_in(name.as_bytes()))?))
        })
    };
    // There the signed URL is at home.
    let elsewhere = || {
        let journal = world.backend.journal();
        let mut others = journal.iter().filter(|exchange| exchange.origin == Origin::Cdn).flat_map(texts);
        others.find_map(|text| Some(format!("{} in {text}", found_in(text.replace(SIGNATURE, "").as_bytes())?)))
    };
    told.or_else(in_files).or_else(elsewhere).or_else(|| world.backend.violations().pop())
}

/// All that a request says.
fn texts(exchange: &Exchange) -> Vec<String> {
    let headers = exchange.headers.iter().map(|(name, value)| format!("{name}: {value}"));
    headers.chain([exchange.target.clone(), exchange.body_text()]).collect()
}
