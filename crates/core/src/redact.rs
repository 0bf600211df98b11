//! Takes secrets out of text that a server wrote: it may quote a request, or tell where a file is.

use std::borrow::Cow;

use http::{HeaderMap, HeaderValue};

/// What a server's token begins with (PROTOCOL.md, row "anonymous token").
const TOKEN: &str = "nmv_usr_";

/// Names of query parameters that sign a URL, or parts of such names.
const SIGNING: [&str; 12] = [
    "sig",
    "token",
    "policy",
    "key-pair-id",
    "x-amz-",
    "x-goog-",
    "x-oss-",
    "accesskeyid",
    "auth_key",
    "expires",
    "credential",
    "hmac",
];

/// `text` without the service's tokens and without the queries of signed URLs.
pub(crate) fn without_secrets(text: &str) -> Cow<'_, str> {
    if !text.contains(TOKEN) && !text.contains("://") {
        return Cow::Borrowed(text);
    }
    Cow::Owned(without_tokens(&without_signatures(text)))
}

/// A shorter secret would be found where it isn't: `id` is also a key of JSON.
const LEAST_SECRET: usize = 12;

/// Overwrites every occurrence of `secret` in place, so that lengths stay as they were.
pub(crate) fn overwrite(bytes: &mut [u8], secret: &str) {
    if secret.len() < LEAST_SECRET {
        return;
    }
    let finder = memchr::memmem::Finder::new(secret.as_bytes());
    let mut from = 0;
    while let Some(at) = finder.find(&bytes[from..]) {
        let end = from + at + secret.len();
        bytes[from + at..end].fill(b'*');
        from = end;
    }
}

/// Drops every header that holds `secret`: a redirect, say, that takes it to another host.
pub(crate) fn strip(headers: &mut HeaderMap, secret: &str) {
    let holds = |value: &HeaderValue| memchr::memmem::find(value.as_bytes(), secret.as_bytes()).is_some();
    if secret.len() < LEAST_SECRET || !headers.values().any(holds) {
        return;
    }
    let names: Vec<_> = headers.iter().filter(|(_, value)| holds(value)).map(|(name, _)| name.clone()).collect();
    names.iter().for_each(|name| drop(headers.remove(name)));
}

fn without_tokens(text: &str) -> String {
    let mut pieces = text.split(TOKEN);
    let mut kept = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        kept.push_str("<token>");
        kept.push_str(piece.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')));
    }
    kept
}

fn without_signatures(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, url) = rest.split_at(at + "://".len());
        kept.push_str(before);
        let end = url.find(ends_url).unwrap_or(url.len());
        let (url, after) = url.split_at(end);
        match url.split_once('?') {
            Some((path, query)) if is_signed(query) => {
                kept.push_str(path);
                kept.push_str("?…");
            }
            Some(_) | None => kept.push_str(url),
        }
        rest = after;
    }
    kept.push_str(rest);
    kept
}

fn ends_url(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '<' | '>' | '`' | '|' | '\\' | '^' | '{' | '}')
}

fn is_signed(query: &str) -> bool {
    let names = query.split(['&', ';', '#']).filter_map(|pair| pair.split('=').next());
    names.map(str::to_ascii_lowercase).any(|name| SIGNING.iter().any(|signing| name.contains(signing)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_of_a_signed_url_goes_and_any_other_stays() {
        for (text, shown) in [
            ("see https://c.example/v.mp4?X-Amz-Signature=abc&x=1 now", "see https://c.example/v.mp4?… now"),
            ("(https://c.example/v?Expires=1&Signature=a%20b)", "(https://c.example/v?…"),
            ("https://c.example/v?sig=1\"}", "https://c.example/v?…\"}"),
            ("https://nemovideo.com/?bind=anon_1", "https://nemovideo.com/?bind=anon_1"),
            ("a://b?sig=1 c://d?e=f", "a://b?… c://d?e=f"),
            ("no url: what? sig=1", "no url: what? sig=1"),
        ] {
            assert_eq!(without_secrets(text), shown);
        }
    }

    #[test]
    fn a_token_of_the_service_goes() {
        assert_eq!(without_secrets("bad token nmv_usr_ab-C_9.x, sorry"), "bad token <token>, sorry");
        assert_eq!(without_secrets("nmv_usr_nmv_usr_a nmv_usr_"), "<token><token> <token>");
    }

    #[test]
    fn a_known_secret_is_overwritten_wherever_it_stands() {
        let mut bytes = b"x0123456789ab0123456789ab-0123456789a".to_vec();
        overwrite(&mut bytes, "0123456789ab");
        assert_eq!(bytes, b"x************************-0123456789a");
        overwrite(&mut bytes, "x");
        assert_eq!(bytes[0], b'x');
    }
}
