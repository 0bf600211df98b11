//! Rows of the account: the token, the balance, the claim link.

use std::time::{Duration, SystemTime};

use weixin_video_core::account::Account;
use weixin_video_core::api::{Claim, Credits, Endpoint, GrantAnonymousToken, ReadCredits, Session};
use weixin_video_core::authorize::Authorized;
use weixin_video_core::call::{Body, Call, Reply};
use weixin_video_core::error::{Error, Row};
use weixin_video_core::event::Event;
use weixin_video_core::ids::{ClientId, Credential, Grant, Seed};
use weixin_video_core::one_call::OneCall;
use weixin_video_core::time::Instant;

use crate::script::Script;
use crate::wire::*;

const DAY: Duration = Duration::from_secs(86_400);

fn granted(body: &str) -> Result<Grant, Error> {
    GrantAnonymousToken::new(ClientId::new("c1").expect("an id"), start()).reply(&Reply::new(200, body))
}

#[test]
fn anonymous_token_is_asked_for_by_the_client_id_alone() {
    let call =
        GrantAnonymousToken::new(ClientId::new("c1").expect("an id"), start()).request(&config(), Instant::ORIGIN);
    assert_eq!(format!("{} {}", call.request().method(), call.request().uri().path()), TOKEN);
    assert_eq!(header(&call, "x-client-id"), Some("c1"));
    assert_eq!(call.request().body(), &Body::Empty);
}

#[test]
fn anonymous_token_is_all_that_is_certain() {
    for body in [
        r#"{"token":"t"}"#,
        r#"{"code":0,"data":{"token":"t","credits":100}}"#,
        r#"{"success":true,"data":{"token":"t","user_id":null,"expires_at":null}}"#,
        r#"{"code":"0","data":{"token":"t","expires_at":"some day","credits":"many"}}"#,
        r#"{"token":"t","expires_at":-1}"#,
        r#"{"token":"t","expires_at":1e300}"#,
    ] {
        let grant = granted(body).expect(body);
        assert_eq!((grant.token.reveal(), grant.user_id), ("t", None), "{body}");
        assert_eq!(grant.expires_at, SystemTime::UNIX_EPOCH + 7 * DAY, "{body}");
    }
    let told = granted(r#"{"data":{"token":"t","user_id":"anon_9","expires_at":1795327774}}"#).expect("a grant");
    assert_eq!(told.user_id.as_deref(), Some("anon_9"));
    assert_eq!(told.expires_at, SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_327_774));
    for body in [r#"{"code":0,"data":{}}"#, r#"{"token":""}"#, r#"{"token":null}"#, r#"{"token":"two words"}"#] {
        assert!(granted(body).is_err(), "{body}");
    }
}

/// Seven days, renewed in time and with the same client id.
#[test]
fn anonymous_account_is_renewed_with_its_own_client_id() {
    let client = ClientId::new("c1").expect("an id");
    for (left, renewed) in [(DAY, false), (Duration::from_secs(60), true), (Duration::ZERO, true)] {
        let mut held = granted(r#"{"token":"old"}"#).expect("a grant");
        held.expires_at = begins_at().wall + left;
        let credential = Credential::Anonymous { client: client.clone(), grant: Some(held) };
        let script = authorized(credential, OneCall::new(config(), ReadCredits, Seed::new(1)));
        let script = if renewed {
            script
                .sends(TOKEN)
                .with(|call| assert_eq!(header(call, "x-client-id"), Some("c1")))
                .replies(200, r#"{"token":"new"}"#)
                .saw(|event| matches!(event, Event::Granted(_)))
        } else {
            script
        };
        let bearer = if renewed { "Bearer new" } else { "Bearer old" };
        script.sends(CREDITS).with(|call| assert_eq!(header(call, "authorization"), Some(bearer)));
    }
}

fn sharing(account: &Account) -> Script<Authorized<OneCall<ReadCredits>>> {
    let credits = OneCall::new(config(), ReadCredits, Seed::new(1));
    Script::new(Authorized::new(config(), account.clone(), Seed::new(1), credits))
}

/// One operation asks, the others wait for what it gets: there is one token per client id.
#[test]
fn anonymous_account_is_asked_for_once_by_all() {
    let account = Account::new(anonymous(None));
    let ask = || sharing(&account);
    let (first, second) = (ask().sends(TOKEN), ask().waits_a_while().settled());
    let bearer = |call: &Call| assert_eq!(header(call, "authorization"), Some("Bearer new"));
    first.replies(200, r#"{"token":"new"}"#).sends(CREDITS).with(bearer);
    second.waits_a_while().sends(CREDITS).with(bearer);
    ask().sends(CREDITS).with(bearer);
}

/// Who asked and came to nothing leaves the question to the next.
#[test]
fn anonymous_account_is_asked_for_by_the_next_when_the_first_got_none() {
    let account = Account::new(anonymous(None));
    let ask = || sharing(&account);
    let (first, second) = (ask().sends(TOKEN), ask().waits_a_while().settled());
    assert_eq!(first.replies(403, "").done().expect_err("no token").row(), Some(Row::ScopeMissing));
    second.waits_a_while().sends(TOKEN);
}

/// "about ten per address": what is over that is waited for once, then told.
#[test]
fn anonymous_account_is_told_when_there_are_too_many() {
    let error = authorized(anonymous(None), OneCall::new(config(), ReadCredits, Seed::new(1)))
        .sends(TOKEN)
        .replies(429, "")
        .waits(Duration::from_secs(30))
        .sends(TOKEN)
        .replies(429, "")
        .done()
        .expect_err("too many");
    assert_eq!(error.row(), Some(Row::RateLimited));
}

#[test]
fn credits_in_every_shape() {
    let all = |available, frozen, total| Credits { available, frozen, total };
    for (body, credits) in [
        (r#"{"code":0,"data":{"available":100,"frozen":0,"total":100}}"#, all(100.0, 0.0, 100.0)),
        (r#"{"code":0,"data":{"available":62.5,"frozen":10}}"#, all(62.5, 10.0, 72.5)),
        (r#"{"success":true,"data":{"available":"62.5","frozen":"0.25","total":null}}"#, all(62.5, 0.25, 62.75)),
        (r#"{"available":0}"#, all(0.0, 0.0, 0.0)),
        (r#"{"available":-3.5,"frozen":null}"#, all(-3.5, 0.0, -3.5)),
        (r#"{"data":{"available":7,"frozen":"many","total":9}}"#, all(7.0, 0.0, 9.0)),
    ] {
        assert_eq!(ReadCredits.reply(&Reply::new(200, body)).expect(body), credits, "{body}");
    }
    for body in [r#"{"data":{}}"#, r#"{"available":null}"#, r#"{"available":"NaN"}"#, r#"{"available":1e999}"#] {
        assert!(ReadCredits.reply(&Reply::new(200, body)).is_err(), "{body}");
    }
    let call = ReadCredits.request(&config(), Instant::ORIGIN);
    assert_eq!(format!("{} {}", call.request().method(), call.request().uri().path()), CREDITS);
}

fn opened() -> Session {
    Session { id: session(), task_id: Some("t1".into()), user_id: None }
}

#[test]
fn claim_link_when_the_server_has_it() {
    let call = Claim::new(opened()).request(&config(), Instant::ORIGIN);
    assert_eq!(format!("{} {}", call.request().method(), call.request().uri().path()), "POST /api/auth/claim-token");
    assert_eq!(json(&call), serde_json::json!({"task_id": "t1", "session_id": "7"}));
    for (body, seconds) in [
        (r#"{"code":0,"data":{"claim_token":"clm_a1","expires_in":600}}"#, Some(600)),
        (r#"{"claim_token":"clm_a1","expires_in":"600"}"#, Some(600)),
        (r#"{"success":true,"data":{"claim_token":"clm_a1"}}"#, None),
    ] {
        let link = Claim::new(opened()).reply(&Reply::new(200, body)).expect(body);
        assert_eq!(link.url(&config()), "https://nemovideo.com/workspace/claim?ct=clm_a1");
        assert_eq!(link.expires_in_s, seconds, "{body}");
        assert!(!format!("{link:?}").contains("clm_a1"), "whoever has it can take the session over");
    }
}

/// One question, no retry, and nothing but "not found".
#[test]
fn claim_link_without_the_endpoint_costs_nothing() {
    let script = authorized(given(), OneCall::new(config(), Claim::new(opened()), Seed::new(1)));
    let error = script.sends("POST /api/auth/claim-token").replies(404, "<html>").charged(0).done().expect_err("none");
    assert_eq!(error.row(), Some(Row::NotFound));
    assert!(error.sending_again_is_safe());
}

#[test]
fn claim_link_never_leaves_its_place_in_the_url() {
    for token in ["a&b", "a#b", "a/b", "a b", "a%26b", ""] {
        let body = format!(r#"{{"claim_token":"{token}"}}"#);
        assert!(Claim::new(opened()).reply(&Reply::new(200, body)).is_err(), "{token:?}");
    }
}
