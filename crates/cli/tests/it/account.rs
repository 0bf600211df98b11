//! What is kept on this machine, where, for whom, and to whom it is never sent.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use weixin_video_fake_backend::{Bearer, FakeBackend, Route, Scope};

use crate::desk::{Desk, walk};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn the_token_lies_in_a_private_file_of_a_private_folder() {
    let (desk, backend) = (Desk::new(), FakeBackend::start().unwrap());
    // As other programs may have made it.
    let folder = desk.home().join(".config/nemovideo");
    fs::create_dir_all(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    desk.done(&["credits", "--backend", &backend.url()]);
    let tokens = folder.join("tokens.json");
    let kept: serde_json::Value = serde_json::from_slice(&fs::read(&tokens).unwrap()).unwrap();
    let token = kept[backend.url()]["token"].as_str().unwrap().to_owned();
    assert_eq!((mode(&folder), mode(&tokens), mode(&folder.join("client_id"))), (0o700, 0o600, 0o600));

    let doctor = desk.run(&["doctor", "--backend", &backend.url()]);
    assert!(doctor.stdout.contains("token: anonymous, good for 167 h"), "{doctor:#?}");
    let again = desk.done(&["credits", "--backend", &backend.url()]);
    for text in [&doctor.stdout, &doctor.stderr, &again.stdout, &again.stderr] {
        assert!(!text.contains(&token));
    }
    for path in walk(&desk.home()).iter().filter(|path| **path != tokens) {
        assert!(!fs::read_to_string(path).unwrap().contains(&token), "{}", path.display());
    }
    let asked = backend.journal().iter().filter(|exchange| exchange.route == Route::AnonymousToken).count();
    assert_eq!(asked, 1, "the second command used the kept one");
    backend.finish();
}

#[test]
fn the_client_id_stays_the_same() {
    let (desk, backend) = (Desk::new(), FakeBackend::start().unwrap());
    desk.done(&["credits", "--backend", &backend.url()]);
    let path = desk.home().join(".config/nemovideo/client_id");
    let first = fs::read_to_string(&path).unwrap();
    fs::remove_file(desk.home().join(".config/nemovideo/tokens.json")).unwrap();
    let other = FakeBackend::start().unwrap();
    desk.done(&["credits", "--backend", &other.url()]);
    assert_eq!(fs::read_to_string(&path).unwrap(), first);
    for backend in [backend, other] {
        let asked = backend.journal();
        let sent = asked.iter().find_map(|exchange| exchange.header("x-client-id"));
        assert_eq!(sent, Some(first.as_str()), "one installation, one id");
        backend.finish();
    }
}

#[test]
fn folders_are_where_xdg_says() {
    let (desk, backend) = (Desk::new(), FakeBackend::start().unwrap());
    let (config, state) = (desk.aside("c"), desk.aside("s"));
    let desk = desk.with("XDG_CONFIG_HOME", config.to_str().unwrap()).with("XDG_STATE_HOME", state.to_str().unwrap());
    desk.clip();
    desk.done(&["upload", "clip.mp4", "--backend", &backend.url()]);
    assert!(config.join("nemovideo/tokens.json").is_file() && state.join("weixin-video/sessions.json").is_file());
    assert!(walk(&desk.home()).is_empty());
    backend.finish();
}

#[test]
fn the_users_token_goes_to_its_own_api_alone() {
    let (home, other) = (FakeBackend::start().unwrap(), FakeBackend::builder().seed(2).start().unwrap());
    let token = home.token(&Scope::ALL);
    let desk = Desk::new().with("NEMO_TOKEN", &token).with("NEMO_API_URL", home.url());
    desk.clip();
    desk.done(&["format", "clip.mp4"]);
    assert_eq!(home.ledger(&token).charged(), 50, "the user's own account was used");

    let ran = desk.done(&["credits", "--backend", &other.url()]);
    assert!(ran.stderr.contains("NEMO_TOKEN belongs to another address and is not sent"), "{ran:#?}");
    assert!(other.journal().iter().all(|exchange| exchange.bearer != Bearer::Unknown), "it was not sent");
    assert_eq!(other.journal()[0].route, Route::AnonymousToken);

    let ran = desk.done(&["format", "clip.mp4", "-o", "local.mp4", "--local"]);
    assert!(ran.stderr.starts_with("backend: local; nothing leaves this machine"), "{ran:#?}");
    for path in walk(&desk.home()) {
        assert!(!fs::read_to_string(&path).unwrap_or_default().contains(&token), "{}", path.display());
    }
    home.finish();
    other.finish();
}

#[test]
fn an_address_without_encryption_is_refused() {
    let desk = Desk::new().with("NEMO_TOKEN", "secret-4711");
    desk.clip();
    let args = ["format", "clip.mp4", "--backend", "http://api.example"];
    crate::refusal::refused(&desk, &args, 2, "usage").is_final().says(&["API address", "https"]);
}
