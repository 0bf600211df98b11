//! Row "chat": the only call that costs credits.

use http::{HeaderValue, header};
use serde_json::json;

use super::api_call;
use crate::call::{Body, Call, Charge, Receive};
use crate::config::Config;
use crate::ids::SessionId;
use crate::planted;
use crate::time::Instant;

/// A message for the paid agent. It leaves at most once.
///
/// It is not `Clone`, and making a [`Call`] of it consumes it: afterwards nothing is left to send again.
///
/// ```compile_fail
/// let message = weixin_video_core::api::Message::new("add a title");
/// let again = message.clone();
/// ```
#[derive(Debug)]
pub struct Message(String);

impl Message {
    /// In the user's words.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The user's words.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The only maker of a charged call. `role` is sent because old servers lose the message without it.
    pub(crate) fn into_call(self, config: &Config, session: &SessionId, until: Instant) -> Call {
        let parts = json!([{"text": self.0}]);
        let role = if planted!(RoleMissing) { "" } else { "user" };
        let body = json!({
            "app_name": "nemo_agent",
            "user_id": "me",
            "session_id": session.as_str(),
            "new_message": {"role": role, "parts": parts},
        });
        let content = ("application/json", Body::Bytes(body.to_string().into_bytes()));
        let mut call = api_call(config, http::Method::POST, "/run_sse", Some(content), until);
        call.request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("text/event-stream"));
        call.receive = Receive::Stream;
        call.charge = Charge::Charged;
        call
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_is_snake_case_and_names_the_role() {
        let config = Config::new("https://api.example").expect("an origin");
        let session = SessionId::new("7").expect("an id");
        let call = Message::new("加个标题「早安」").into_call(&config, &session, Instant::ORIGIN);
        let Body::Bytes(body) = call.request().body() else { panic!("a JSON body") };
        let body: serde_json::Value = serde_json::from_slice(body).expect("JSON");
        assert_eq!(body["session_id"], "7");
        assert_eq!(body["new_message"]["role"], "user");
        assert_eq!(body["new_message"]["parts"][0]["text"], "加个标题「早安」");
        assert_eq!(call.charge(), Charge::Charged);
        assert!(call.repeat().is_none(), "a charged call can't be repeated");
    }
}
