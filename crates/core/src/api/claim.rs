//! Row "claim link".

use serde_json::json;

use super::{CLAIM, Endpoint, Session, post};
use crate::call::{Call, Reply};
use crate::config::Config;
use crate::envelope;
use crate::error::Error;
use crate::ids::Token;
use crate::time::Instant;

/// Asks for a link under which a person can take the session over in a browser.
///
/// A server without this endpoint answers 404; that costs nothing.
#[derive(Clone, Debug)]
pub struct Claim {
    session: Session,
}

/// The answer to [`Claim`].
#[derive(Clone, Debug)]
pub struct ClaimLink {
    token: Token,
    /// How long the link works, in seconds, when the server said so.
    pub expires_in_s: Option<u64>,
}

impl Claim {
    /// For a session that was just opened.
    #[must_use]
    pub fn new(session: Session) -> Self {
        Self { session }
    }
}

impl ClaimLink {
    /// The link itself, for the person who owns the session: whoever has it can take the session over.
    #[must_use]
    pub fn url(&self, config: &Config) -> String {
        format!("{}/workspace/claim?ct={}", config.web, self.token.reveal())
    }
}

impl Endpoint for Claim {
    type Answer = ClaimLink;

    const NAME: &'static str = CLAIM;

    fn request(&self, config: &Config, now: Instant) -> Call {
        let body = json!({"task_id": self.session.task_id, "session_id": self.session.id.as_str()});
        post(config, "/api/auth/claim-token", &body, now)
    }

    fn reply(&self, reply: &Reply) -> Result<ClaimLink, Error> {
        let data = envelope::open(Self::NAME, reply)?;
        let plain = |text: &String| text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
        let token = data.text(&["claim_token", "claimToken"]).filter(plain).and_then(Token::new);
        Ok(ClaimLink {
            token: token.ok_or_else(|| Error::protocol(Self::NAME, "it holds no claim token"))?,
            expires_in_s: data.text(&["expires_in", "expiresIn"]).and_then(|seconds| seconds.parse().ok()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::SessionId;

    #[test]
    fn the_link_leads_to_the_web_origin() {
        let session = Session { id: SessionId::new("1").expect("an id"), task_id: None, user_id: None };
        let reply = Reply::new(200, r#"{"data":{"claim_token":"clm_a1","expires_in":600}}"#);
        let link = Claim::new(session).reply(&reply).expect("a link");
        let config = Config::new("https://api.example").expect("an origin");
        assert_eq!(link.url(&config), "https://nemovideo.com/workspace/claim?ct=clm_a1");
        assert!(!format!("{link:?}").contains("clm_a1"));
    }
}
