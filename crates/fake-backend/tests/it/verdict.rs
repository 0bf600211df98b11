//! Every rule of the verdict on the client, broken by itself and found; and clients that break none.

mod chat;
mod file;
mod good;
mod identity;
mod pace;
mod render;

use crate::http::{Answer, Ask, ask};
use crate::user::{CLIENT, User, anonymous, split};
use serde_json::{Value, json};
use weixin_video_fake_backend::{Builder, FakeBackend, Rule};

/// A client that does all as PROTOCOL.md wants it, unless a test does otherwise.
struct Client {
    backend: FakeBackend,
    user: User,
}

/// With the headers that every request carries.
fn polite(request: Ask) -> Ask {
    request
        .header("User-Agent", "test/1")
        .header("X-Skill-Source", "weixin-video")
        .header("X-Skill-Version", "1.0.0")
        .header("X-Skill-Platform", "unknown")
}

/// With what the CDN may see.
fn discreet(request: Ask) -> Ask {
    request.header("User-Agent", "test/1")
}

impl Client {
    /// With a token and a session.
    fn of(setup: impl FnOnce(Builder) -> Builder) -> Self {
        let backend = setup(FakeBackend::builder()).start().expect("a server");
        let granted = polite(anonymous(&backend, CLIENT)).send().data();
        Self::with(backend, granted["token"].as_str().expect("a token"))
    }

    fn with(backend: FakeBackend, token: &str) -> Self {
        let mut user =
            User { api: backend.url(), token: token.to_owned(), session: String::new(), task: String::new() };
        let opened = polite(user.open()).send().data();
        user.session = opened["session_id"].as_str().expect("a session").to_owned();
        user.task = opened["task_id"].as_str().expect("a task").to_owned();
        Self { backend, user }
    }

    fn draft(&self) -> Value {
        polite(self.user.state()).send().data()["state"]["draft"].clone()
    }

    fn upload(&self) {
        polite(self.user.upload("clip.mp4", b"clip")).send().data();
    }

    /// Looks at the state, then sends the message.
    fn chat(&self, words: &str) -> Option<Answer> {
        self.draft();
        polite(self.user.chat(words)).try_send()
    }

    /// A clip and an edit.
    fn edit(&self) {
        self.upload();
        assert_eq!(self.chat("format this for WeChat").expect("an answer").status, 200);
    }

    fn order(&self, id: &str) -> Value {
        let output = json!({"format": "mp4", "quality": "high"});
        json!({"id": id, "sessionId": self.user.session, "draft": self.draft(), "output": output})
    }

    fn export(&self, id: &str) -> Answer {
        self.send_order(&self.order(id))
    }

    fn send_order(&self, order: &Value) -> Answer {
        polite(self.user.export(order)).send()
    }

    fn status(&self, id: &str) -> Value {
        polite(self.user.status(id)).send().json()
    }

    /// A finished render: the request for its file, and its URL.
    fn rendered(&self, id: &str) -> (Ask, String) {
        self.edit();
        self.export(id).data();
        self.status(id);
        let url = self.status(id)["output"]["url"].as_str().expect("a URL").to_owned();
        let (cdn, path) = split(&url);
        (discreet(ask(&cdn, "GET", &path)), url)
    }

    fn credits(&self) -> Answer {
        polite(self.user.credits()).send()
    }

    /// The rules broken so far, one entry an exchange.
    fn broken(&self) -> Vec<Rule> {
        self.backend.verdicts().iter().map(|verdict| verdict.rule).collect()
    }
}

/// A client that breaks one rule, once, in a world as it is by default.
fn breaks(rule: Rule, with: impl FnOnce(&Client)) {
    breaks_in(rule, |builder| builder, with);
}

fn breaks_in(rule: Rule, setup: impl FnOnce(Builder) -> Builder, with: impl FnOnce(&Client)) {
    let client = Client::of(setup);
    assert_eq!(client.broken(), [], "the client is sound before");
    with(&client);
    assert_eq!(client.broken(), [rule], "{:#?}", client.backend.verdicts());
}

#[test]
fn each_rule_has_a_test_that_breaks_it() {
    let tests = [
        include_str!("verdict/chat.rs"),
        include_str!("verdict/file.rs"),
        include_str!("verdict/identity.rs"),
        include_str!("verdict/pace.rs"),
        include_str!("verdict/render.rs"),
    ]
    .concat();
    for rule in Rule::ALL {
        assert!(tests.contains(&format!("Rule::{rule:?}")), "{}", rule.name());
    }
}

#[test]
#[should_panic(expected = "cookie-returned by exchange 2")]
fn a_broken_rule_fails_the_test_that_finishes() {
    let client = Client::of(|builder| builder);
    polite(client.user.credits()).header("Cookie", "a=b").send();
    client.backend.finish();
}
