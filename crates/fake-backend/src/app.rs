//! What every request can reach.

use crate::builder::Settings;
use crate::clock::Time;
use crate::fault::Script;
use crate::ids::Ids;
use crate::journal::{Bearer, Journal, lock};
use crate::keep::Keep;
use crate::problem::Problem;
use crate::renderer::Renderer;
use crate::world::{Scope, World};
use hyper::HeaderMap;
use hyper::header::{AUTHORIZATION, HOST};
use serde_json::Value;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use tempfile::TempDir;
use tokio::sync::Semaphore;

pub(crate) struct App {
    pub(crate) settings: Settings,
    pub(crate) clock: Time,
    pub(crate) renderer: Arc<dyn Renderer>,
    pub(crate) journal: Arc<Journal>,
    pub(crate) script: Script,
    /// Removed with everything in it when the server goes.
    pub(crate) spool: TempDir,
    /// Where sessions outlive the server.
    pub(crate) keep: Option<Keep>,
    pub(crate) cdn_port: u16,
    /// So many renders at a time; the rest is pending.
    pub(crate) renders: Arc<Semaphore>,
    world: Mutex<World>,
    ids: Mutex<Ids>,
}

impl App {
    pub(crate) fn new(
        settings: Settings,
        clock: Time,
        renderer: Arc<dyn Renderer>,
        ids: Ids,
        (spool, keep): (TempDir, Option<Keep>),
        cdn_port: u16,
    ) -> Self {
        let renders = Arc::new(Semaphore::new(settings.renders_at_once));
        let (world, ids) = (Mutex::default(), Mutex::new(ids));
        Self {
            settings,
            clock,
            renderer,
            journal: Arc::default(),
            script: Script::default(),
            spool,
            keep,
            cdn_port,
            renders,
            world,
            ids,
        }
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.world)
    }

    pub(crate) fn ids(&self) -> MutexGuard<'_, Ids> {
        lock(&self.ids)
    }

    pub(crate) fn now_ms(&self) -> u64 {
        self.clock.now_ms()
    }

    /// A file of the spool under a name of our own.
    pub(crate) fn spool_path(&self, name: &str) -> PathBuf {
        // Another server on the same folder may have taken a long idle spool for an abandoned one.
        let _ = std::fs::create_dir_all(self.spool.path());
        self.spool.path().join(name)
    }

    /// The space behind a request, if its token holds and has the scope.
    pub(crate) fn caller(&self, headers: &HeaderMap, scope: Scope) -> Result<usize, Problem> {
        let token = bearer_token(headers).ok_or(Problem::BadToken("no bearer token"))?;
        let grant = self.grant(token).ok_or(Problem::BadToken("unknown token"))?;
        if grant.revoked || self.now_ms() >= grant.expires_ms {
            return Err(Problem::BadToken("token expired"));
        }
        if grant.scopes.contains(&scope) {
            return Ok(grant.space);
        }
        Err(match scope {
            Scope::Export => Problem::Plan("the plan of this account does not include export".to_owned()),
            Scope::Read | Scope::Write | Scope::Upload => Problem::Scope(scope.name()),
        })
    }

    /// The URL of a file on the CDN, by the name the client called this server.
    pub(crate) fn cdn_url(&self, headers: &HeaderMap, key: &str) -> String {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).and_then(host_name).unwrap_or("127.0.0.1");
        format!("http://{host}:{}/{key}", self.cdn_port)
    }

    /// Session ids are strings, except where a server forgot that numbers end at 2^53.
    pub(crate) fn session_id_value(&self, id: &str) -> Value {
        match id.parse::<u64>() {
            Ok(number) if self.settings.variants.numeric_session_id => Value::from(number),
            Ok(_) | Err(_) => Value::from(id),
        }
    }

    pub(crate) fn identify(&self, headers: &HeaderMap) -> Bearer {
        match (headers.contains_key(AUTHORIZATION), bearer_token(headers)) {
            (false, _) => Bearer::Absent,
            (true, token) => self.bearer(Some(token.unwrap_or_default())),
        }
    }
}

/// The token of `Authorization: Bearer …`.
pub(crate) fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// The name in a `Host` header without its port, brackets kept; `None` if it isn't one.
pub(crate) fn host_name(host: &str) -> Option<&str> {
    let (name, port) = match host.rfind(':') {
        Some(colon) if !host.ends_with(']') => (&host[..colon], &host[colon + 1..]),
        Some(_) | None => (host, "0"),
    };
    let inner = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let sound = match inner {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
        }
    };
    (sound && port.parse::<u16>().is_ok()).then_some(name)
}

/// Whether a name means this machine.
pub(crate) fn is_loopback(name: &str) -> bool {
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || address.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names() {
        for (host, name) in [
            ("localhost:80", Some("localhost")),
            ("127.0.0.1:65535", Some("127.0.0.1")),
            ("[::1]:8080", Some("[::1]")),
            ("[::1]", Some("[::1]")),
            ("example.com", Some("example.com")),
            ("example.com:99999", None),
            ("", None),
            (":80", None),
            ("a/b:80", None),
            ("a@b", None),
        ] {
            assert_eq!(host_name(host), name, "{host}");
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for name in ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "[::1]"] {
            assert!(is_loopback(name), "{name}");
        }
        for name in ["example.com", "10.0.0.1", "localhost.example.com", "127.0.0.1.example.com"] {
            assert!(!is_loopback(name), "{name}");
        }
    }
}
