//! Row "anonymous token".

use std::time::{Duration, SystemTime};

use http::HeaderValue;

use super::{ANONYMOUS_TOKEN, Endpoint, api_call};
use crate::call::{Call, Reply};
use crate::config::{Config, REPLY, TOKEN_LIFE};
use crate::envelope;
use crate::error::Error;
use crate::ids::{ClientId, Grant, Token};
use crate::time::{Instant, Now};

/// Asks for an anonymous token: 100 credits, 7 days, one per client id in that time.
#[derive(Clone, Debug)]
pub struct GrantAnonymousToken {
    client: ClientId,
    asked_at: SystemTime,
}

impl GrantAnonymousToken {
    /// For the installation `client`; the wall clock is needed when the server doesn't say when the token ends.
    #[must_use]
    pub fn new(client: ClientId, now: Now) -> Self {
        Self { client, asked_at: now.wall }
    }
}

impl Endpoint for GrantAnonymousToken {
    type Answer = Grant;

    const NAME: &'static str = ANONYMOUS_TOKEN;

    fn request(&self, config: &Config, now: Instant) -> Call {
        let mut call = api_call(config, http::Method::POST, "/api/auth/anonymous-token", None, now + REPLY);
        call.bearer = false;
        let id = HeaderValue::from_str(self.client.as_str()).expect("an id is visible ASCII");
        call.request.headers_mut().insert("x-client-id", id);
        call
    }

    fn reply(&self, reply: &Reply) -> Result<Grant, Error> {
        let data = envelope::open(Self::NAME, reply)?;
        let token = data.text(&["token", "access_token"]).and_then(Token::new);
        let token = token.ok_or_else(|| Error::protocol(Self::NAME, "it holds no token"))?;
        let expires_at = data.raw(&["expires_at", "expiresAt"]).and_then(|raw| expiry(raw.get()));
        Ok(Grant {
            token,
            user_id: data.text(&["user_id", "userId"]),
            expires_at: expires_at.unwrap_or(self.asked_at + TOKEN_LIFE),
        })
    }
}

/// Seconds or milliseconds since 1970, or RFC 3339 in UTC; anything else counts as not said.
fn expiry(raw: &str) -> Option<SystemTime> {
    let text = raw.trim_matches('"');
    let seconds = match text.parse::<f64>() {
        Ok(number) if number > 1e11 => number / 1000.0,
        Ok(number) => number,
        Err(_) => rfc3339(text)?,
    };
    (0.0..1e11).contains(&seconds).then(|| SystemTime::UNIX_EPOCH + Duration::from_secs_f64(seconds))
}

/// Seconds since 1970 of `2026-11-29T08:00:00Z`; an offset is honoured, a missing one means UTC.
fn rfc3339(text: &str) -> Option<f64> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i64>().ok();
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let zone = text.get(19..)?.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let offset = match zone.as_bytes() {
        [sign @ (b'+' | b'-'), ..] => {
            let minutes =
                zone.get(1..3)?.parse::<i64>().ok()? * 60 + zone.get(4..6).map_or(Ok(0), str::parse::<i64>).ok()?;
            if *sign == b'+' { minutes * 60 } else { -minutes * 60 }
        }
        _ => 0,
    };
    let seconds = days_since_1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset;
    Some(f64::from(u32::try_from(seconds).ok()?))
}

/// Howard Hinnant's `days_from_civil`.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted(body: &str) -> Result<Grant, Error> {
        let now = Now { monotonic: Instant::ORIGIN, wall: SystemTime::UNIX_EPOCH };
        let client = ClientId::new("c").expect("an id");
        GrantAnonymousToken::new(client, now).reply(&Reply::new(200, body))
    }

    #[test]
    fn only_the_token_is_certain() {
        let grant = granted(r#"{"success":true,"data":{"token":"nmv_usr_x"}}"#).expect("a grant");
        assert_eq!(grant.expires_at, SystemTime::UNIX_EPOCH + TOKEN_LIFE);
        assert_eq!(grant.user_id, None);
        assert!(granted(r#"{"code":0,"data":{}}"#).is_err());
    }

    #[test]
    fn an_expiry_is_read_in_every_spelling() {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_327_774);
        for spelling in [
            "1795327774",
            "1795327774000",
            r#""1795327774""#,
            r#""2026-11-22T06:09:34Z""#,
            r#""2026-11-22T06:09:34.123456+00:00""#,
            r#""2026-11-22T14:09:34+08:00""#,
        ] {
            let grant = granted(&format!(r#"{{"token":"t","expires_at":{spelling}}}"#)).expect(spelling);
            assert_eq!(grant.expires_at, at, "{spelling}");
        }
        assert_eq!(
            granted(r#"{"token":"t","expires_at":"soon"}"#).expect("a grant").expires_at,
            SystemTime::UNIX_EPOCH + TOKEN_LIFE
        );
    }
}
