//! Row "download": the finished file, from a host that never sees the token.

use std::fmt;

use http::{HeaderValue, Method, Uri, header};

use super::{api_call, call_to};
use crate::address::is_public;
use crate::call::{Call, Head, Origin, Receive};
use crate::config::{Config, REPLY};
use crate::ids::RenderId;
use crate::json::Object;
use crate::planted;
use crate::time::Instant;

/// Where a finished file is. Its path and query may be signed, so `Debug` shows the host alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Link(String);

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        planted!(LinkInDebug => return f.write_str(&self.0));
        let host = self.0.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned));
        write!(f, "Link({})", host.as_deref().unwrap_or("no host"))
    }
}

impl Link {
    /// The root of `origin`: what a relative redirect of the API is resolved against.
    pub(crate) fn at(origin: &Origin) -> Self {
        Self(format!("{origin}/"))
    }

    /// Asked for wherever it leads.
    #[cfg(feature = "planted")]
    pub(crate) fn unchecked(&self, now: Instant) -> Call {
        let mut call = call_to(Method::GET, self.0.parse().unwrap_or_default(), now + REPLY);
        call.receive = Receive::Stream;
        call
    }

    /// `why`, with the whole link where that is planted.
    #[cfg(feature = "planted")]
    pub(crate) fn revealed(&self, why: String) -> String {
        if planted!(LinkInErrors) { format!("{why}: {}", self.0) } else { why }
    }

    /// Path and query, if it is on `origin`.
    pub(crate) fn path_at(&self, origin: &Origin) -> Option<String> {
        let uri = self.0.parse::<Uri>().ok()?;
        let path = uri.path_and_query()?.as_str().to_owned();
        (Origin::of(&uri)? == *origin && path.starts_with('/')).then_some(path)
    }

    #[cfg(test)]
    pub(crate) fn to(url: &str) -> Self {
        Self(url.to_owned())
    }
}

/// Where a redirect leads.
pub(crate) fn redirected(head: &Head) -> Option<&str> {
    head.headers.get(header::LOCATION)?.to_str().ok()
}

/// The URL in a JSON answer of the fallback route.
pub(crate) fn url_in_reply(body: &[u8]) -> Option<Link> {
    let object = Object::parse(body)?;
    object.object(&["data"]).and_then(|data| url_in(&data)).or_else(|| url_in(&object))
}

/// The first usable URL in the status of a render.
pub(crate) fn url_in(object: &Object<'_>) -> Option<Link> {
    const KEYS: [&str; 6] = ["outputUrl", "output_url", "url", "videoUrl", "video_url", "download_url"];
    let usable = |object: &Object<'_>| {
        KEYS.iter().find_map(|key| object.text(&[key]).filter(|url| url.contains("://")).map(Link))
    };
    object.object(&["output"]).and_then(|output| usable(&output)).or_else(|| usable(object))
}

/// A GET of `link` without our token and without anything else that is ours.
///
/// # Errors
/// One line on why this URL is not asked: it would leave the encrypted net, or reach into a private one.
pub(crate) fn fetch_url(config: &Config, link: &Link, now: Instant) -> Result<Call, String> {
    let uri: Uri = link.0.parse().map_err(|_| "its URL can't be read".to_owned())?;
    let origin = Origin::of(&uri).ok_or("its URL is not plain http(s)")?;
    allowed(config, &origin)?;
    let mut call = call_to(Method::GET, uri, now + REPLY);
    call.receive = Receive::Stream;
    call.public = !config.api.is_loopback() && !planted!(PrivateLinkAllowed);
    Ok(call)
}

/// The next hop of a redirect from `from`; relative locations are resolved against its origin.
pub(crate) fn hop(from: &Link, location: &str) -> Option<Link> {
    let (location, base) = (location.trim(), from.0.parse::<Uri>().ok()?);
    if location.contains("://") {
        return Some(Link(location.to_owned()));
    }
    let (scheme, authority) = (base.scheme_str()?, base.authority()?);
    match location.strip_prefix("//") {
        Some(rest) => Some(Link(format!("{scheme}://{rest}"))),
        None if location.starts_with('/') => Some(Link(format!("{scheme}://{authority}{location}"))),
        None => None,
    }
}

/// The fallback route on the API itself, or the `path` it redirects to there; with the token.
pub(crate) fn fetch_fallback(config: &Config, render: &RenderId, path: Option<&str>, now: Instant) -> Call {
    let own = format!("/api/render/proxy/{render}/download");
    let mut call = api_call(config, Method::GET, path.unwrap_or(&own), None, now + REPLY);
    call.request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("*/*"));
    call.receive = Receive::Stream;
    call
}

fn allowed(config: &Config, origin: &Origin) -> Result<(), String> {
    match (origin.is_loopback(), config.api.is_loopback()) {
        (true, true) => Ok(()),
        (true, false) => Err("its URL points at this machine".into()),
        (false, _) if !origin.is_https() && !planted!(PlainLinkAllowed) => Err("its URL is not encrypted".into()),
        (false, _) if origin.is_disguised() => Err("its URL hides where it leads".into()),
        (false, _) if origin.ip().is_some_and(|ip| !is_public(ip)) && !planted!(PrivateLinkAllowed) => {
            Err("its URL points into a private network".into())
        }
        (false, _) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(api: &str) -> Config {
        Config::new(api).expect("an origin")
    }

    fn fetch(api: &str, url: &str) -> Result<Call, String> {
        fetch_url(&config(api), &Link(url.into()), Instant::ORIGIN)
    }

    #[test]
    fn another_host_sees_nothing_of_ours() {
        let call = fetch("https://api.example", "https://cdn.example/v.mp4?sig=s").expect("a call");
        assert!(!call.bearer);
        let names: Vec<&str> = call.request().headers().keys().map(http::HeaderName::as_str).collect();
        assert_eq!(names, ["user-agent", "accept"]);
        assert!(!format!("{call:?}").contains("sig"));
    }

    #[test]
    fn unsafe_urls_are_refused() {
        for url in [
            "http://cdn.example/v",
            "http://127.0.0.1/v",
            "https://[::1]/v",
            "https://192.168.1.1/v",
            "https://169.254.169.254/v",
            "https://[::ffff:10.0.0.1]/v",
            "https://0/v",
            "https://127.1/v",
            "https://0x7f000001/v",
            "https://2130706433/v",
            "https://192.168.1./v",
            "https://10.0.0.1./v",
            "https://localhost./v",
            "https://u:p@cdn.example/v",
            "file:///etc/passwd",
            "://",
        ] {
            assert!(fetch("https://api.example", url).is_err(), "{url}");
        }
        assert!(fetch("http://127.0.0.1:1", "http://127.0.0.1:2/v").is_ok());
    }

    #[test]
    fn a_hop_may_be_relative() {
        let from = Link("https://cdn.example/a?x".into());
        assert_eq!(hop(&from, "/b"), Some(Link("https://cdn.example/b".into())));
        assert_eq!(hop(&from, "//d.example/b"), Some(Link("https://d.example/b".into())));
        assert_eq!(hop(&from, "https://e.example/b"), Some(Link("https://e.example/b".into())));
    }
}
