//! The credential that the clones of a client share.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::event::{Event, Observer};
use crate::ids::{Credential, Grant};

/// What a client is known by; a token that is granted on the way is kept for the operations to come.
#[derive(Debug)]
pub struct Account(Mutex<Credential>);

impl Account {
    /// Begins with this.
    #[must_use]
    pub fn new(credential: Credential) -> Self {
        Self(Mutex::new(credential))
    }

    /// As it is now.
    #[must_use]
    pub fn credential(&self) -> Credential {
        self.held().clone()
    }

    /// An observer that keeps every token that is granted, and passes all events on.
    pub fn keeping<'a>(&'a self, observer: &'a mut dyn Observer) -> impl Observer + 'a {
        |event| {
            if let Event::Granted(grant) = &event {
                self.keep(grant);
            }
            observer.see(event);
        }
    }

    fn keep(&self, new: &Grant) {
        if let Credential::Anonymous { grant, .. } = &mut *self.held() {
            *grant = Some(new.clone());
        }
    }

    fn held(&self) -> MutexGuard<'_, Credential> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::ids::{ClientId, Token};

    #[test]
    fn a_granted_token_is_kept_and_a_given_one_stays() {
        let token = || Token::new("new").expect("a token");
        let grant = Grant { token: token(), user_id: None, expires_at: SystemTime::UNIX_EPOCH };
        let client = ClientId::new("c").expect("an id");
        for (before, after) in [
            (
                Credential::Anonymous { client: client.clone(), grant: None },
                Credential::Anonymous { client, grant: Some(grant.clone()) },
            ),
            (Credential::Given(token()), Credential::Given(token())),
        ] {
            let account = Account::new(before);
            let mut seen = 0;
            account.keeping(&mut |_| seen += 1).see(Event::Granted(grant.clone()));
            assert_eq!((account.credential(), seen), (after, 1));
        }
    }
}
