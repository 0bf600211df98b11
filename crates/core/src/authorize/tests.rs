//! A token comes, goes out to the right place, and is renewed once.

use std::time::{Duration, SystemTime};

use super::*;
use crate::api::{Credits, ReadCredits};
use crate::ids::{ClientId, Grant};
use crate::script::Script;

fn credits(credential: Credential) -> Script<Authorized<OneCall<ReadCredits>>> {
    let config = Arc::new(Config::new("https://api.example").expect("an origin"));
    let inner = OneCall::new(config.clone(), ReadCredits, Seed::new(1));
    Script::new(Authorized::new(config, Account::new(credential), Seed::new(1), inner))
}

fn anonymous(token: Option<&str>) -> Credential {
    let grant = token.map(|token| Grant {
        token: Token::new(token).expect("a token"),
        user_id: Some("anon_1".into()),
        expires_at: SystemTime::UNIX_EPOCH + Duration::from_secs(7 * 86_400),
    });
    Credential::Anonymous { client: ClientId::new("c1").expect("an id"), grant }
}

fn bearer(call: &Call) -> Option<&str> {
    call.request().headers().get(header::AUTHORIZATION).map(|value| value.to_str().expect("ASCII"))
}

const BALANCE: &str = r#"{"code":0,"data":{"available":7}}"#;
const NEW_TOKEN: &str = r#"{"code":0,"data":{"token":"new"}}"#;

#[test]
fn without_a_token_one_is_asked_for_first() {
    let balance = credits(anonymous(None))
        .sends("/api/auth/anonymous-token")
        .with(|call| {
            assert_eq!(bearer(call), None);
            assert_eq!(call.request().headers()["x-client-id"], "c1");
        })
        .replies(200, NEW_TOKEN)
        .sends("/api/credits")
        .with(|call| assert_eq!(bearer(call), Some("Bearer new")))
        .saw(|event| matches!(event, Event::Granted(_)))
        .replies(200, BALANCE)
        .done();
    assert_eq!(balance.expect("a balance"), Credits { available: 7.0, frozen: 0.0, total: 7.0 });
}

#[test]
fn an_expired_anonymous_token_is_renewed_once_with_the_same_client_id() {
    for (status, body) in [(401, ""), (200, r#"{"code":1001}"#)] {
        let error = credits(anonymous(Some("old")))
            .sends("/api/credits")
            .with(|call| assert_eq!(bearer(call), Some("Bearer old")))
            .replies(status, body)
            .sends("/api/auth/anonymous-token")
            .with(|call| assert_eq!(call.request().headers()["x-client-id"], "c1"))
            .replies(200, NEW_TOKEN)
            .sends("/api/credits")
            .with(|call| assert_eq!(bearer(call), Some("Bearer new")))
            .replies(status, body)
            .done()
            .expect_err("refused twice");
        assert_eq!(error.row(), Some(Row::BadToken));
    }
}

#[test]
fn a_given_token_is_never_replaced() {
    let error = credits(Credential::Given(Token::new("mine").expect("a token")))
        .sends("/api/credits")
        .replies(401, "")
        .done()
        .expect_err("refused");
    assert_eq!(error.row(), Some(Row::BadToken));
    assert!(error.advice().contains("NEMO_TOKEN"));
}

#[test]
fn no_credits_leads_an_anonymous_user_to_registration() {
    let error = credits(anonymous(Some("t"))).sends("/api/credits").replies(200, r#"{"code":2001}"#).done();
    let advice = error.expect_err("broke").advice();
    assert!(advice.contains("https://nemovideo.com/?bind=anon_1"), "{advice}");
    let given = Credential::Given(Token::new("mine").expect("a token"));
    let error = credits(given).sends("/api/credits").replies(200, r#"{"code":2001}"#).done();
    assert!(error.expect_err("broke").advice().contains("Top up credits in your account"));
}

#[test]
fn registration_is_for_the_account_that_the_session_named() {
    let config = Arc::new(Config::new("https://api.example").expect("an origin"));
    let session = crate::ids::SessionId::new("7").expect("an id");
    let chat = crate::chat::Chat::new(config.clone(), session, crate::api::Message::new("cut"), Seed::new(1));
    let grant = Grant {
        token: Token::new("t").expect("a token"),
        user_id: None,
        expires_at: SystemTime::UNIX_EPOCH + Duration::from_secs(7 * 86_400),
    };
    let credential = Credential::Anonymous { client: ClientId::new("c1").expect("an id"), grant: Some(grant) };
    let mut json = Head::status(200);
    json.headers.insert("content-type", "application/json".parse().expect("a value"));
    let error = Script::new(Authorized::new(config, Account::new(credential), Seed::new(1), chat))
        .sends("/api/state")
        .replies(200, r#"{"data":{"user_id":"anon_9","state":{"draft":null}}}"#)
        .sends("/run_sse")
        .gets(Input::Head(json))
        .reads()
        .gets(Input::Chunk(br#"{"code":2001}"#.to_vec()))
        .reads()
        .gets(Input::End)
        .saw(|event| matches!(event, Event::Checkpoint(_)))
        .done()
        .expect_err("no credits");
    assert!(error.advice().contains("?bind=anon_9"), "{}", error.advice());
}

#[test]
fn a_server_that_quotes_the_token_does_not_make_it_show() {
    let mine = "sk-mine-0123456789";
    let quote = format!(r#"{{"code":5,"message":"no right for {mine} here"}}"#);
    let error = credits(Credential::Given(Token::new(mine).expect("a token"))).sends("/api/credits");
    let error = error.replies(403, &quote).done().expect_err("refused");
    assert!(!format!("{error} {error:?} {}", error.advice()).contains(mine), "{error}");
    assert!(error.to_string().contains("no right for"), "{error}");
}

#[test]
fn a_redirect_with_the_token_in_it_leads_nowhere() {
    let mine = "sk-mine-0123456789";
    let config = Arc::new(Config::new("https://api.example").expect("an origin"));
    let (session, render) = (crate::ids::SessionId::new("7"), crate::ids::RenderId::new("render_1"));
    let (session, render) = (session.expect("an id"), render.expect("an id"));
    let rendered = crate::export::Rendered { session, render, link: None };
    let fetch = crate::download::Download::new(config.clone(), rendered, crate::call::SinkId(0));
    let account = Account::new(Credential::Given(Token::new(mine).expect("a token")));
    let mut away = Head::status(302);
    away.headers.insert("location", format!("https://cdn.example/v?t={mine}").parse().expect("a value"));
    let script = Script::new(Authorized::new(config, account, Seed::new(1), fetch)).sends("/api/render/proxy/");
    assert_eq!(script.gets(Input::Head(away)).done().expect_err("nowhere").code(), "no_download");
}
