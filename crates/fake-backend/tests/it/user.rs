//! A user with a token, and the calls of a whole job.

use crate::http::{Answer, Ask, ask};
use serde_json::{Value, json};
use std::path::Path;
use weixin_video_fake_backend::FakeBackend;

pub(crate) const CLIENT: &str = "0b0e7a52-7c55-4c4e-9f0e-3f3f2f7f9a01";

pub(crate) struct User {
    pub(crate) api: String,
    pub(crate) token: String,
    pub(crate) session: String,
    pub(crate) task: String,
}

impl User {
    /// With a token and a session.
    pub(crate) fn of(backend: &FakeBackend) -> Self {
        Self::named(backend, CLIENT)
    }

    pub(crate) fn named(backend: &FakeBackend, client: &str) -> Self {
        let token = anonymous(backend, client).send().data()["token"].as_str().expect("a token").to_owned();
        Self::with(backend, &token)
    }

    pub(crate) fn with(backend: &FakeBackend, token: &str) -> Self {
        let mut user = Self::unopened(backend, token);
        let opened = user.open().send().data();
        user.session = opened["session_id"].as_str().expect("a string").to_owned();
        user.task = opened["task_id"].as_str().expect("a task").to_owned();
        user
    }

    /// With a token and no session yet.
    pub(crate) fn unopened(backend: &FakeBackend, token: &str) -> Self {
        Self { api: backend.url(), token: token.to_owned(), session: String::new(), task: String::new() }
    }

    /// The same user with the same session, come to another server.
    pub(crate) fn back(&self, backend: &FakeBackend) -> Self {
        let (token, session, task) = (self.token.clone(), self.session.clone(), self.task.clone());
        Self { api: backend.url(), token, session, task }
    }

    /// Any request with the token.
    pub(crate) fn ask(&self, method: &str, path: &str) -> Ask {
        ask(&self.api, method, path).token(&self.token)
    }

    pub(crate) fn open(&self) -> Ask {
        let body = json!({"task_name": "project", "language": "en"});
        self.ask("POST", "/api/tasks/me/with-session/nemo_agent").json(&body)
    }

    pub(crate) fn chat(&self, text: &str) -> Ask {
        self.ask("POST", "/run_sse").header("Accept", "text/event-stream").json(&self.message(text))
    }

    pub(crate) fn message(&self, text: &str) -> Value {
        json!({
            "app_name": "nemo_agent", "user_id": "me", "session_id": self.session,
            "new_message": {"role": "user", "parts": [{"text": text}]},
        })
    }

    pub(crate) fn upload(&self, name: &str, content: &[u8]) -> Ask {
        self.ask("POST", &self.upload_path()).multipart(&[("files", name, content)])
    }

    pub(crate) fn upload_path(&self) -> String {
        format!("/api/upload-video/nemo_agent/me/{}", self.session)
    }

    pub(crate) fn state(&self) -> Ask {
        self.ask("GET", &format!("/api/state/nemo_agent/me/{}/latest", self.session))
    }

    pub(crate) fn draft(&self) -> Value {
        self.state().send().data()["state"]["draft"].clone()
    }

    pub(crate) fn credits(&self) -> Ask {
        self.ask("GET", "/api/credits/balance/simple")
    }

    pub(crate) fn order(&self, id: &str) -> Value {
        json!({"id": id, "sessionId": self.session, "draft": self.draft(), "output": {"format": "mp4", "quality": "high"}})
    }

    pub(crate) fn export(&self, order: &Value) -> Ask {
        self.ask("POST", "/api/render/proxy/lambda")
            .header("X-Skill-Source", "weixin-video")
            .header("X-Skill-Version", "1.0.0")
            .header("X-Skill-Platform", "unknown")
            .json(order)
    }

    pub(crate) fn status(&self, id: &str) -> Ask {
        self.ask("GET", &format!("/api/render/proxy/lambda/{id}"))
    }

    /// A session with an uploaded clip and an edit, ready to export.
    pub(crate) fn with_draft(backend: &FakeBackend) -> Self {
        let user = Self::of(backend);
        user.upload("clip.mp4", b"clip").send().data();
        assert_eq!(user.chat("format this for WeChat").send().status, 200);
        user
    }

    /// Exports and asks until it is done.
    pub(crate) fn render(&self, id: &str) -> Answer {
        assert_eq!(self.export(&self.order(id)).send().status, 200);
        for _ in 0..20 {
            let answer = self.status(id).send();
            if answer.json()["status"] != "processing" {
                return answer;
            }
        }
        panic!("the render never ends")
    }
}

pub(crate) fn anonymous(backend: &FakeBackend, client: &str) -> Ask {
    ask(&backend.url(), "POST", "/api/auth/anonymous-token").header("X-Client-Id", client)
}

/// Origin and path of a URL.
pub(crate) fn split(url: &str) -> (String, String) {
    let rest = url.strip_prefix("http://").expect("http");
    let (origin, path) = rest.split_once('/').expect("a path");
    (format!("http://{origin}"), format!("/{path}"))
}

/// A server that keeps what it is given in a folder.
pub(crate) fn keeping(folder: &Path) -> FakeBackend {
    FakeBackend::builder().unjudged().keep_in(folder).start().expect("a server that keeps")
}
