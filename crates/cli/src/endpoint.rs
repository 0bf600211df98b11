//! Somebody outside who is asked what the grammar passes on: any endpoint that speaks OpenAI's `/chat/completions`.
//!
//! Off unless the program was built with the feature `interpreter` and `WEIXIN_VIDEO_INTERPRETER_URL` is set.
//!
//! **Invariant:** it is sent the person's words, the schema and what is known of the timeline, names of files included, and
//! never a byte of a file. Its answer counts only if [`validated`] takes it; on any trouble the grammar's question stands.
//! The key is in one header and nowhere else.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Proxy};
use weixin_video_core::call::Origin;
use weixin_video_core::ids::Token;
use weixin_video_studio::{Context, Grammar, Interpreter, Invalid, Reading, prompt, validated};

use crate::failure::Failure;
use crate::output::say;

/// Whoever waits for an edit waits no longer for somebody to read it.
const PATIENCE: Duration = Duration::from_secs(10);
/// An answer of ten operations is far shorter, with all that is around it.
const LONGEST_BODY: u64 = 64 * 1024;
/// No longer message is an instruction, in characters.
const LONGEST_MESSAGE: usize = 2_000;
/// No model has a longer name, in characters.
const LONGEST_NAME: usize = 200;

/// What the environment says of it.
pub(crate) struct Setting {
    /// The address in front of `/chat/completions`, such as `https://api.example/v1`.
    pub(crate) url: String,
    pub(crate) model: String,
    /// Some endpoints on this machine take none.
    pub(crate) key: Option<Token>,
}

/// The endpoint, with the grammar in front of it.
pub(crate) struct Endpoint {
    url: String,
    origin: Origin,
    model: String,
    key: Option<Token>,
    agent: Agent,
}

/// Why there is no answer. It quotes nothing of what came.
#[derive(Debug, PartialEq, Eq)]
enum Trouble {
    Unreachable,
    Late,
    Status(u16),
    TooLong,
    NoAnswer,
    Invalid(Invalid),
}

impl Endpoint {
    /// Checks the setting; nothing is sent yet.
    pub(crate) fn new(setting: Setting) -> Result<Self, Failure> {
        Self::patient(setting, PATIENCE)
    }

    fn patient(setting: Setting, patience: Duration) -> Result<Self, Failure> {
        let Setting { url, model, key } = setting;
        let next = "Set WEIXIN_VIDEO_INTERPRETER_URL to the address in front of /chat/completions, or unset it.";
        let bad = |why: &str| Failure::usage(format!("WEIXIN_VIDEO_INTERPRETER_URL is not usable: {why}")).then(next);
        let origin = Origin::parse(&url).map_err(|why| bad(&why.to_string()))?;
        if url.contains(['?', '#']) {
            return Err(bad("it has a query"));
        }
        if model.trim().is_empty() || model.chars().nth(LONGEST_NAME).is_some() {
            let next = "Set it to the name of the model, as its maker writes it.";
            return Err(Failure::usage("WEIXIN_VIDEO_INTERPRETER_MODEL does not name a model").then(next));
        }
        let agent = agent(&origin, patience);
        let url = format!("{}/chat/completions", url.trim().trim_end_matches('/'));
        Ok(Self { url, origin, model, key, agent })
    }

    /// Where words are sent, if that is not on this machine.
    pub(crate) fn outside(&self) -> Option<&Origin> {
        (!self.origin.is_loopback()).then_some(&self.origin)
    }

    fn ask(&self, text: &str, context: &Context) -> Result<Reading, Trouble> {
        let body = json!({
            "model": self.model,
            "temperature": 0,
            "stream": false,
            "messages": [
                {"role": "system", "content": prompt(context)},
                {"role": "user", "content": text},
            ],
        });
        let answer = content(&self.post(&body.to_string())?).ok_or(Trouble::NoAnswer)?;
        validated(&answer, text, context).map_err(Trouble::Invalid)
    }

    fn post(&self, body: &str) -> Result<Vec<u8>, Trouble> {
        let mut request = self
            .agent
            .post(&self.url)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json")
            .header("User-Agent", "weixin-video");
        if let Some(key) = &self.key {
            request = request.header("Authorization", format!("Bearer {}", key.reveal()));
        }
        let mut answer = request.send(body).map_err(|error| trouble(&error))?;
        if answer.status().as_u16() != 200 {
            return Err(Trouble::Status(answer.status().as_u16()));
        }
        answer.body_mut().with_config().limit(LONGEST_BODY).read_to_vec().map_err(|error| trouble(&error))
    }
}

impl Interpreter for Endpoint {
    fn interpret(&self, text: &str, context: &Context) -> Reading {
        let reading = Grammar.interpret(text, context);
        if !reading.is_passed_on() || text.chars().nth(LONGEST_MESSAGE).is_some() {
            return reading;
        }
        match self.ask(text, context) {
            Ok(other) => {
                say(&format!("note: {} read what was not understood here", self.origin));
                other
            }
            Err(trouble) => {
                say(&format!("note: {} was asked what is meant, without avail: {trouble}", self.origin));
                reading
            }
        }
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({})", self.origin)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable => f.write_str("it can't be reached"),
            Self::Late => write!(f, "no answer within {} s", PATIENCE.as_secs()),
            Self::Status(status) => write!(f, "it answered HTTP {status}"),
            Self::TooLong => f.write_str("its answer is too long"),
            Self::NoAnswer => f.write_str("its answer is not one of a chat completion"),
            Self::Invalid(why) => write!(f, "its answer is not taken, because {why}"),
        }
    }
}

/// No redirect is followed: it would take the words and the key elsewhere.
fn agent(origin: &Origin, patience: Duration) -> Agent {
    let crypto = Arc::new(rustls::crypto::ring::default_provider());
    let tls =
        TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).unversioned_rustls_crypto_provider(crypto).build();
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_global(Some(patience))
        .max_idle_connections(0)
        .proxy(Proxy::try_from_env().filter(|_| !origin.is_loopback()))
        .tls_config(tls)
        .build()
        .into()
}

fn trouble(error: &ureq::Error) -> Trouble {
    #[expect(clippy::wildcard_enum_match_arm, reason = "all else comes to the same for the person")]
    match error {
        ureq::Error::Timeout(_) => Trouble::Late,
        ureq::Error::BodyExceedsLimit(_) => Trouble::TooLong,
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => Trouble::Late,
        _ => Trouble::Unreachable,
    }
}

/// What the model said: `choices[0].message.content`.
fn content(body: &[u8]) -> Option<String> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    let choice = answer.get("choices")?.as_array()?.first()?;
    choice.get("message")?.get("content")?.as_str().map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests;
