//! The link under which a person takes a session over: where it is needed, and nowhere else.

use serde_json::{Value, json};
use weixin_video_fake_backend::{FakeBackend, Fault, Route, Scope, Variants};

use crate::desk::Desk;

const LINK: &str = "https://nemovideo.com/workspace/claim?ct=clm_";

fn with_session(backend: &FakeBackend) -> Desk {
    let desk = Desk::new().with("NEMO_API_URL", backend.url());
    desk.clip();
    desk.done(&["upload", "clip.mp4"]);
    desk
}

#[test]
fn the_balance_comes_with_a_link_to_the_session() {
    let backend = FakeBackend::start().unwrap();
    let desk = with_session(&backend);
    let ran = desk.done(&["credits"]);
    assert!(ran.stdout.starts_with("100 credits available"), "{ran:#?}");
    assert!(ran.stdout.contains(LINK) && ran.stdout.contains("for 60 min"), "{ran:#?}");
    assert!(!ran.stderr.contains("clm_"), "it is data, and stands nowhere else: {ran:#?}");
    let data = desk.data(&["say", "余额"])["steps"][0]["data"].take();
    assert!(data["claim_url"].as_str().unwrap().starts_with(LINK) && data["claim_expires_in_s"] == 3600, "{data}");
    backend.finish();
}

#[test]
fn without_a_session_an_account_or_the_endpoint_there_is_none_and_nothing_fails() {
    let none = |data: &Value| assert_eq!((&data["claim_url"], &data["available"]), (&Value::Null, &json!(100.0)));
    let backend = FakeBackend::start().unwrap();
    none(&Desk::new().with("NEMO_API_URL", backend.url()).data(&["credits"]));
    let own = with_session(&backend).with("NEMO_TOKEN", backend.token(&Scope::ALL));
    own.done(&["upload", "clip.mp4", "--new"]);
    none(&own.data(&["credits"]));
    backend.finish();
    let old = FakeBackend::builder().variants(Variants { no_claim: true, ..Variants::default() }).start().unwrap();
    none(&with_session(&old).data(&["credits"]));
    old.finish();
    let broken = FakeBackend::start().unwrap();
    let desk = with_session(&broken);
    broken.fault(Fault::on(Route::ClaimToken).json(200, &json!({"data": {"claim_token": "../../evil"}})));
    none(&desk.data(&["credits"]));
    broken.finish();
}

#[test]
fn it_is_offered_when_the_credits_run_out() {
    let backend = FakeBackend::builder().credits(0).start().unwrap();
    let desk = with_session(&backend);
    for args in [&["say", "add title 'Hello'"][..], &["format", "clip.mp4"]] {
        let ran = desk.run(&[args, &["--json"]].concat());
        let object = ran.json();
        assert_eq!((ran.code, &object["error"]["code"]), (5, &json!("no_credits")), "{ran:#?}");
        let next = object["error"]["next_step"].as_str().unwrap();
        assert!(next.contains("?bind=") && next.contains(LINK), "{next}");
    }
    backend.finish();
}
