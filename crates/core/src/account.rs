//! The credential that all operations of a client share, and whose turn it is to renew it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::config::TOKEN_MARGIN;
use crate::ids::{ClientId, Credential, Grant, Token};
use crate::planted;
use crate::time::Now;

/// What a client is known by. Clones share it: a token that one operation is granted is used by the others, and no two ask
/// for one at the same time, because the server grants one per client id in seven days.
#[derive(Clone, Debug)]
pub struct Account(Arc<Mutex<Held>>);

#[derive(Debug)]
struct Held {
    credential: Credential,
    asking: bool,
}

/// How an operation comes to a token.
#[derive(Debug)]
pub(crate) enum Turn {
    /// It is there.
    Ready,
    /// This operation asks; the others wait until the turn is given back.
    Ask(Asking),
    /// Another operation asks.
    Wait,
}

/// The turn to ask. Dropping it gives it back, whatever became of the question.
#[derive(Debug)]
pub(crate) struct Asking {
    account: Account,
    client: ClientId,
}

impl Account {
    /// Begins with this.
    #[must_use]
    pub fn new(credential: Credential) -> Self {
        Self(Arc::new(Mutex::new(Held { credential, asking: false })))
    }

    /// As it is now.
    #[must_use]
    pub fn credential(&self) -> Credential {
        self.held().credential.clone()
    }

    /// Whether there is a token to go on with. One that was `refused` is none, unless the user gave it.
    pub(crate) fn turn(&self, now: Now, refused: Option<&Token>) -> Turn {
        let mut held = self.held();
        let client = match &held.credential {
            #[cfg(feature = "planted")]
            Credential::Given(token) if planted!(GivenTokenReplaced) && refused == Some(token) => {
                planted::another_client()
            }
            Credential::Given(_) => return Turn::Ready,
            Credential::Anonymous { grant: Some(grant), .. }
                if grant.expires_at > now.wall + TOKEN_MARGIN && refused != Some(&grant.token) =>
            {
                return Turn::Ready;
            }
            Credential::Anonymous { client, .. } => client.clone(),
        };
        #[cfg(feature = "planted")]
        let client = if planted!(NewClientId) && refused.is_some() { planted::another_client() } else { client };
        if held.asking && !planted!(EverybodyRenews) {
            return Turn::Wait;
        }
        held.asking = true;
        Turn::Ask(Asking { account: self.clone(), client })
    }

    pub(crate) fn token(&self) -> Option<Token> {
        match &self.held().credential {
            Credential::Given(token) => Some(token.clone()),
            Credential::Anonymous { grant, .. } => grant.as_ref().map(|grant| grant.token.clone()),
        }
    }

    /// What must not show: the token, and what another is had by.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let client = match &self.held().credential {
            Credential::Anonymous { client, .. } => Some(client.as_str().to_owned()),
            Credential::Given(_) => None,
        };
        self.token().map(|token| token.reveal().to_owned()).into_iter().chain(client).collect()
    }

    pub(crate) fn is_anonymous(&self) -> bool {
        planted!(GivenTokenReplaced) || matches!(self.held().credential, Credential::Anonymous { .. })
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Asking {
    /// Who asks.
    pub(crate) fn client(&self) -> &ClientId {
        &self.client
    }

    /// Keeps what was granted, for everyone.
    pub(crate) fn granted(self, new: &Grant) {
        if let Credential::Anonymous { grant, .. } = &mut self.account.held().credential {
            *grant = Some(new.clone());
        }
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.account.held().asking = false;
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::time::Instant;

    const NOW: Now = Now { monotonic: Instant::ORIGIN, wall: SystemTime::UNIX_EPOCH };

    fn token(text: &str) -> Token {
        Token::new(text).expect("a token")
    }

    fn grant(text: &str) -> Grant {
        let expires_at = SystemTime::UNIX_EPOCH + Duration::from_secs(7 * 86_400);
        Grant { token: token(text), user_id: None, expires_at }
    }

    fn anonymous(grant: Option<Grant>) -> Account {
        Account::new(Credential::Anonymous { client: ClientId::new("c").expect("an id"), grant })
    }

    #[test]
    fn one_asks_and_the_others_wait_for_its_token() {
        let account = anonymous(None);
        let Turn::Ask(asking) = account.turn(NOW, None) else { panic!("nobody asks yet") };
        assert!(matches!(account.turn(NOW, None), Turn::Wait));
        asking.granted(&grant("new"));
        assert!(matches!(account.turn(NOW, None), Turn::Ready));
        assert_eq!(account.token(), Some(token("new")));
    }

    #[test]
    fn a_turn_that_came_to_nothing_goes_to_the_next() {
        let account = anonymous(None);
        drop(account.turn(NOW, None));
        assert!(matches!(account.turn(NOW, None), Turn::Ask(_)));
    }

    #[test]
    fn a_token_that_another_renewed_meanwhile_is_not_renewed_again() {
        let account = anonymous(Some(grant("new")));
        assert!(matches!(account.turn(NOW, Some(&token("old"))), Turn::Ready));
        assert!(matches!(account.turn(NOW, Some(&token("new"))), Turn::Ask(_)));
    }

    #[test]
    fn a_given_token_stays() {
        let account = Account::new(Credential::Given(token("mine")));
        assert!(matches!(account.turn(NOW, Some(&token("mine"))), Turn::Ready));
        assert_eq!(account.token(), Some(token("mine")));
    }
}
