//! Row "credits".

use super::{CREDITS, Endpoint, get};
use crate::call::{Call, Reply};
use crate::config::Config;
use crate::envelope;
use crate::error::Error;
use crate::time::Instant;

/// Asks for the balance. Free.
#[derive(Clone, Copy, Debug)]
pub struct ReadCredits;

/// The balance, in credits; decimals happen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Credits {
    /// To spend.
    pub available: f64,
    /// Held for work in progress.
    pub frozen: f64,
    /// Both, or what the server says.
    pub total: f64,
}

impl Endpoint for ReadCredits {
    type Answer = Credits;

    const NAME: &'static str = CREDITS;

    fn request(&self, config: &Config, now: Instant) -> Call {
        get(config, "/api/credits/balance/simple", now)
    }

    fn reply(&self, reply: &Reply) -> Result<Credits, Error> {
        let data = envelope::open(Self::NAME, reply)?;
        let available = data.number(&["available", "balance"]);
        let available = available.ok_or_else(|| Error::protocol(Self::NAME, "it holds no balance"))?;
        let frozen = data.number(&["frozen"]).unwrap_or(0.0);
        Ok(Credits { available, frozen, total: data.number(&["total"]).unwrap_or(available + frozen) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_total_is_the_sum() {
        let credits = ReadCredits.reply(&Reply::new(200, r#"{"code":0,"data":{"available":62.5,"frozen":"10"}}"#));
        assert_eq!(credits.expect("a balance"), Credits { available: 62.5, frozen: 10.0, total: 72.5 });
    }
}
