//! The credential a client holds, and who may ask for another.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::core::event::{Event, Observer};
use crate::core::ids::{Credential, Grant};

/// One per client: the server grants one anonymous token per client id in seven days, so two operations that start
/// together must not both ask for one.
#[derive(Debug)]
pub(crate) struct Account {
    held: Mutex<Credential>,
    asking: tokio::sync::Mutex<()>,
}

impl Account {
    pub(crate) fn new(credential: Credential) -> Self {
        Self { held: Mutex::new(credential), asking: tokio::sync::Mutex::new(()) }
    }

    pub(crate) fn credential(&self) -> Credential {
        lock(&self.held).clone()
    }

    /// Held while a token is asked for, or found to be still good.
    pub(crate) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.asking.lock().await
    }

    fn keep(&self, new: &Grant) {
        if let Credential::Anonymous { grant, .. } = &mut *lock(&self.held) {
            *grant = Some(new.clone());
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps every token that is granted on the way, and passes all events on.
pub(crate) struct Keeping<'a> {
    pub(crate) account: &'a Account,
    pub(crate) observer: &'a mut dyn Observer,
}

impl Observer for Keeping<'_> {
    fn see(&mut self, event: Event) {
        if let Event::Granted(grant) = &event {
            self.account.keep(grant);
        }
        self.observer.see(event);
    }
}
