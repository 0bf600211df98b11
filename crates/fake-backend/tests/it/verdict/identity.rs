//! Who the client says it is, to whom, and what it does when it is refused.

use super::{Client, anonymous, breaks, breaks_in, discreet, polite};
use crate::http::ask;
use serde_json::json;
use weixin_video_fake_backend::{FakeBackend, Fault, Route, Rule, Scope};

const OTHER: &str = "0b0e7a52-7c55-4c4e-9f0e-3f3f2f7f9a02";
const THIRD: &str = "0b0e7a52-7c55-4c4e-9f0e-3f3f2f7f9a03";
const BALANCE: &str = "/api/credits/balance/simple";

#[test]
fn a_token_for_the_cdn() {
    breaks(Rule::TokenToOtherOrigin, |client| {
        let (get, _) = client.rendered("render_1");
        get.token(&client.user.token).send();
    });
}

#[test]
fn a_token_in_a_url() {
    breaks(Rule::TokenInUrl, |client| {
        let path = format!("{BALANCE}?token={}", client.user.token);
        polite(client.user.ask("GET", &path)).send();
    });
}

#[test]
fn a_token_in_a_body() {
    breaks(Rule::TokenInBody, |client| {
        let body = json!({"session_id": client.user.session, "task_id": client.user.token});
        polite(client.user.ask("POST", "/api/auth/claim-token")).json(&body).send();
    });
}

#[test]
fn a_call_without_authorization() {
    breaks(Rule::AuthorizationMissing, |client| {
        polite(client.user.credits().without("Authorization")).send();
    });
}

#[test]
fn authorization_on_the_token_call() {
    breaks(Rule::TokenWithAuthorization, |client| {
        polite(anonymous(&client.backend, OTHER)).token(&client.user.token).send();
    });
}

#[test]
fn a_second_token_without_need() {
    breaks(Rule::TokenAskedTwice, |client| {
        polite(anonymous(&client.backend, super::CLIENT)).send();
    });
}

#[test]
fn a_second_token_after_a_refusal_or_in_another_run_is_sound() {
    let client = Client::of(|builder| builder);
    client.backend.space(&client.user.token).unwrap().expire_token();
    client.credits();
    polite(anonymous(&client.backend, super::CLIENT)).send().data();
    client.backend.begin_run();
    polite(anonymous(&client.backend, super::CLIENT)).send();
    assert_eq!(client.broken(), []);
}

#[test]
fn a_given_token_that_is_replaced() {
    let backend = FakeBackend::builder().start().unwrap();
    let given = backend.token(&Scope::ALL);
    let client = Client::with(backend, &given);
    client.backend.space(&given).unwrap().expire_token();
    client.credits();
    let granted = polite(anonymous(&client.backend, OTHER)).send().data();
    assert_eq!(client.broken(), []);
    polite(client.user.credits()).token(granted["token"].as_str().unwrap()).send();
    assert_eq!(client.broken(), [Rule::GivenTokenReplaced]);
}

#[test]
fn another_client_id_after_a_failure() {
    breaks(Rule::ClientIdChanged, |client| {
        client.backend.fault(Fault::on(Route::AnonymousToken).empty(502));
        polite(anonymous(&client.backend, OTHER)).send();
        polite(anonymous(&client.backend, THIRD)).send();
    });
}

#[test]
fn another_client_id_in_the_same_session() {
    breaks(Rule::ClientIdChanged, |client| {
        let granted = polite(anonymous(&client.backend, OTHER)).send().data();
        polite(client.user.state()).token(granted["token"].as_str().unwrap()).send();
    });
}

#[test]
fn a_missing_attribution_header() {
    for header in ["X-Skill-Source", "X-Skill-Version", "X-Skill-Platform"] {
        breaks(Rule::AttributionMissing, |client| {
            polite(client.user.credits()).without(header).send();
        });
    }
}

#[test]
fn attribution_that_changes() {
    breaks(Rule::AttributionChanged, |client| {
        polite(client.user.credits()).header("X-Skill-Platform", "cursor").send();
    });
}

#[test]
fn our_headers_for_the_cdn() {
    breaks(Rule::HeadersToOtherOrigin, |client| {
        client.rendered("render_1").0.header("X-Client-Id", super::CLIENT).send();
    });
}

#[test]
fn no_user_agent() {
    breaks(Rule::UserAgentMissing, |client| {
        polite(client.user.credits()).without("User-Agent").send();
    });
}

#[test]
fn a_cookie_that_goes_back() {
    breaks(Rule::CookieReturned, |client| {
        polite(client.user.credits()).header("Cookie", "session=1").send();
    });
}

#[test]
fn an_endpoint_that_is_none() {
    breaks(Rule::EndpointUnknown, |client| {
        polite(client.user.ask("GET", "/api/v2/credits")).send();
    });
    breaks(Rule::UrlNeverOffered, |client| {
        discreet(ask(&client.backend.cdn_url(), "GET", "/favicon.ico")).send();
    });
}

#[test]
fn the_same_again_after_a_missing_scope() {
    let scopes = [Scope::Read, Scope::Write];
    breaks_in(
        Rule::ScopeRefusalRepeated,
        |builder| builder.scopes(&scopes),
        |client| {
            for name in ["a.mp4", "b.mp4"] {
                assert_eq!(polite(client.user.upload(name, b"clip")).send().status, 403);
            }
        },
    );
}

#[test]
fn the_same_again_without_credits_or_plan() {
    breaks_in(
        Rule::RefusalRepeated,
        |builder| builder.credits(0),
        |client| {
            for words in ["one", "two"] {
                assert_eq!(client.chat(words).unwrap().json()["code"], 2001);
            }
        },
    );
    let scopes = [Scope::Read, Scope::Write, Scope::Upload];
    breaks_in(
        Rule::RefusalRepeated,
        |builder| builder.scopes(&scopes),
        |client| {
            client.edit();
            assert_eq!([client.export("render_1").status, client.export("render_2").status], [402, 402]);
        },
    );
}
