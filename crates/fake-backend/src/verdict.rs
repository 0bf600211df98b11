//! The verdict on the client: what PROTOCOL.md forbids, judged from the journal alone.
//!
//! Each rule looks at one exchange and at those before it. It says nothing where it can't know: a rule that needs the whole
//! journal is silent once its beginning is gone, a rule about pace where client and server have clocks of their own.

mod case;
mod chat;
mod file;
mod identity;
mod pace;
mod render;
mod rule;

use crate::journal::Exchange;
use case::{Case, Seen};
pub use rule::Rule;
use std::collections::HashSet;
use std::fmt;

/// A rule the client broke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Which.
    pub rule: Rule,
    /// The exchange that broke it, by [`Exchange::sequence`].
    pub exchange: u64,
    /// How, in words.
    pub what: String,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} by exchange {}: {}", self.rule.name(), self.exchange, self.what)
    }
}

/// What the judge knows beside the journal.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    /// The client id of each space; a registered user has none.
    pub(crate) clients: Vec<Option<String>>,
    /// Sessions whose draft a test set.
    pub(crate) preset: HashSet<String>,
    /// How long an anonymous token holds, in milliseconds.
    pub(crate) token_ms: u64,
    /// Whether the client goes by the server's clock, at the cloud's pace.
    pub(crate) paced: bool,
}

/// Judges one exchange: how it broke the rule, if it did.
type Judge = for<'a> fn(&Case<'a>, &Seen<'a>) -> Option<String>;

/// Every rule with its judge.
const TABLE: [(Rule, Judge); 39] = [
    (Rule::TokenToOtherOrigin, identity::token_to_other_origin),
    (Rule::TokenInUrl, identity::token_in_url),
    (Rule::TokenInBody, identity::token_in_body),
    (Rule::AuthorizationMissing, identity::authorization_missing),
    (Rule::TokenWithAuthorization, identity::token_with_authorization),
    (Rule::TokenAskedTwice, identity::token_asked_twice),
    (Rule::GivenTokenReplaced, identity::given_token_replaced),
    (Rule::ClientIdChanged, identity::client_id_changed),
    (Rule::AttributionMissing, identity::attribution_missing),
    (Rule::AttributionChanged, identity::attribution_changed),
    (Rule::HeadersToOtherOrigin, identity::headers_to_other_origin),
    (Rule::UserAgentMissing, identity::user_agent_missing),
    (Rule::CookieReturned, identity::cookie_returned),
    (Rule::EndpointUnknown, identity::endpoint_unknown),
    (Rule::ScopeRefusalRepeated, identity::scope_refusal_repeated),
    (Rule::RefusalRepeated, identity::refusal_repeated),
    (Rule::ChargedTwice, chat::charged_twice),
    (Rule::ChargeWithoutBaseline, chat::charge_without_baseline),
    (Rule::ParallelChat, chat::parallel_chat),
    (Rule::ChatAccept, chat::chat_accept),
    (Rule::RoleMissing, chat::role_missing),
    (Rule::StreamTakenForDone, chat::stream_taken_for_done),
    (Rule::RenderIdReused, render::render_id_reused),
    (Rule::RenderedTooOften, render::rendered_too_often),
    (Rule::ExportUnprepared, render::export_unprepared),
    (Rule::ExportSessionKey, render::export_session_key),
    (Rule::DraftAltered, render::draft_altered),
    (Rule::StatusAfterEnd, render::status_after_end),
    (Rule::MultipartMalformed, file::multipart_malformed),
    (Rule::ContentLengthWrong, file::content_length_wrong),
    (Rule::UploadRepeated, file::upload_repeated),
    (Rule::UrlNeverOffered, file::url_never_offered),
    (Rule::RangeWithoutIfRange, file::range_without_if_range),
    (Rule::VersionsMixed, file::versions_mixed),
    (Rule::RedirectsTooMany, file::redirects_too_many),
    (Rule::RetryAfterIgnored, pace::retry_after_ignored),
    (Rule::RenderPolledTooFast, pace::render_polled_too_fast),
    (Rule::StatePolledTooFast, pace::state_polled_too_fast),
    (Rule::RequestStorm, pace::request_storm),
];

/// Every rule that was broken, in the order of the exchanges.
pub(crate) fn judge(journal: &[Exchange], facts: &Facts) -> Vec<Verdict> {
    let case = Case::new(journal, facts);
    let judged = case.seen.iter().flat_map(|seen| {
        let broken = TABLE.iter().filter_map(|(rule, judge)| Some((*rule, judge(&case, seen)?)));
        broken.map(|(rule, what)| Verdict { rule, exchange: seen.it.sequence, what }).collect::<Vec<_>>()
    });
    judged.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_judged_once_and_has_a_name_of_its_own() {
        assert_eq!(TABLE.map(|(rule, _)| rule).iter().collect::<HashSet<_>>().len(), Rule::ALL.len());
        let names: HashSet<&str> = Rule::ALL.iter().map(|rule| rule.name()).collect();
        assert_eq!(names.len(), Rule::ALL.len());
        let kebab = |name: &&str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        assert!(names.iter().all(kebab));
    }
}
