//! Tokens: who was granted which, and until when it works.

use std::time::Duration;

use super::answer::{Answer, Meaning};
use crate::clock::Clock;
use crate::fate::Fate;
use crate::fault::Fault;

/// All tokens of this server.
#[derive(Debug, Default)]
pub(crate) struct Accounts {
    tokens: Vec<Token>,
}

#[derive(Debug)]
struct Token {
    text: String,
    ends_at: Duration,
}

/// Stands in every secret of this server, so that one search finds them all.
pub(crate) const CANARY: &str = "cAnArYbIrD";

/// "7 days".
const LIFE: Duration = Duration::from_secs(7 * 86_400);

impl Accounts {
    /// A token that works from now on.
    pub(crate) fn issue(&mut self, at: Duration) -> (String, Duration) {
        let text = format!("nmv_{CANARY}+{}/k=", self.tokens.len());
        self.tokens.push(Token { text: text.clone(), ends_at: at + LIFE });
        (text, at + LIFE)
    }

    /// Whether this token works at that time.
    pub(crate) fn knows(&self, token: Option<&str>, at: Duration) -> bool {
        let is_it = |known: &&Token| Some(known.text.as_str()) == token;
        self.tokens.iter().find(is_it).is_some_and(|known| known.ends_at > at)
    }

    /// All tokens stop working.
    pub(crate) fn revoke(&mut self) {
        for token in &mut self.tokens {
            token.ends_at = Duration::ZERO;
        }
    }

    /// Answers the row "anonymous token".
    pub(crate) fn grant(&mut self, fate: &mut Fate, client: Option<&str>, at: Duration) -> Answer {
        if client.is_none() {
            return Answer::refusal(fate, Fault::NoClientId);
        }
        let (token, ends_at) = self.issue(at);
        let end = Clock::calendar(ends_at);
        let key = fate.of(&["token", "access_token"]);
        let rest = match fate.below(5) {
            0 => format!(r#","user_id":"anon_1","credits":100,"expires_at":{end}"#),
            1 => String::new(),
            2 => format!(r#","expires_at":{end}000"#),
            3 => format!(r#","userId":"anon_1","expiresAt":{end}.5"#),
            _ => r#","user_id":null,"expires_at":"soon""#.to_owned(),
        };
        Answer::wrapped(fate, &format!(r#"{{"{key}":"{token}"{rest}}}"#), Meaning::Granted)
    }
}
