//! What the server remembers: in memory, and on disk before that where it was told to keep it.

use crate::app::App;
use crate::clock::millis;
use crate::journal::Bearer;
use crate::keep::KEPT_FOR;
use crate::problem::Problem;
use crate::spool::{TempPath, disk};
use crate::tenant::{Session, Tenant};
use crate::world::{Grant, Scope};
use std::io;
use std::sync::Arc;

/// A reading miss goes to the disk where it is: the files are small, and a client names what it was given. Writing waits
/// for the disk and is done in [`App::at_disk`].
impl App {
    /// Does work that may wait for the disk.
    pub(crate) async fn at_disk<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        if self.keep.is_none() {
            return Ok(work(self));
        }
        let app = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || work(&app)).await;
        done.map_err(|_| Problem::Internal("the work on the disk died".to_owned()))
    }

    /// What a token stands for.
    pub(crate) fn grant(&self, token: &str) -> Option<Grant> {
        if let Some(grant) = self.world().grant(token) {
            return Some(grant.clone());
        }
        let kept = self.keep.as_ref()?.space_of_token(token)?;
        let mut world = self.world();
        world.adopt(kept)?;
        world.grant(token).cloned()
    }

    /// Whose token it is.
    pub(crate) fn bearer(&self, token: Option<&str>) -> Bearer {
        token.map_or(Bearer::Absent, |token| self.grant(token).map_or(Bearer::Unknown, |it| Bearer::Space(it.space)))
    }

    /// The space of a client id that came before, with whether its last token still holds.
    pub(crate) fn client(&self, client_id: &str) -> Option<(usize, bool)> {
        let now = self.now_ms();
        if let Some(known) = self.world().client(client_id, now) {
            return Some(known);
        }
        let kept = self.keep.as_ref()?.space_of_client(client_id)?;
        let mut world = self.world();
        world.adopt(kept)?;
        world.client(client_id, now)
    }

    /// Makes a token for a space. It holds after [`App::keep_space`] in the next server too.
    pub(crate) fn issue(&self, space: usize, scopes: Vec<Scope>) -> (String, u64) {
        let token = format!("nmv_usr_{}", self.ids().hex(2));
        let lifetime = u64::try_from(self.settings.token_lifetime.as_millis()).unwrap_or(u64::MAX);
        let expires_ms = self.now_ms().saturating_add(lifetime);
        self.world().add_token(token.clone(), Grant { space, scopes, expires_ms, revoked: false });
        (token, expires_ms)
    }

    /// Works on a space in memory.
    pub(crate) fn space<T>(&self, space: usize, work: impl FnOnce(&mut Tenant) -> T) -> T {
        work(&mut self.world().spaces[space])
    }

    /// Keeps a space as it is now.
    pub(crate) fn keep_space(&self, space: usize) -> Result<(), Problem> {
        let Some(keep) = &self.keep else {
            return Ok(());
        };
        let _turn = keep.turn();
        let kept = self.world().kept_space(space);
        keep.write_space(kept).map_err(disk)
    }

    /// Works on a session of a space in memory; anybody else's is not found.
    pub(crate) fn session<T>(
        &self,
        space: usize,
        id: &str,
        work: impl FnOnce(&mut Session) -> T,
    ) -> Result<T, Problem> {
        self.recall(space, id);
        let (now, kept_for) = (self.now_ms(), millis(KEPT_FOR));
        let mut world = self.world();
        let session = world.spaces[space].sessions.get_mut(id).ok_or(Problem::NoSession)?;
        if now.saturating_sub(session.used_ms) > kept_for {
            world.forget(id);
            drop(world);
            self.keep.iter().for_each(|keep| keep.forget(id));
            return Err(Problem::NoSession);
        }
        session.used_ms = now;
        Ok(work(session))
    }

    /// Gives a space a new session, and lets the oldest go if there are too many.
    pub(crate) fn open_session(&self, space: usize, id: &str, session: Session) -> Result<(), Problem> {
        if let Some(keep) = &self.keep {
            let _turn = keep.turn();
            let gone = keep.make_room(1);
            let mut world = self.world();
            gone.iter().for_each(|id| world.forget(id));
            let name = world.spaces[space].name();
            drop(world);
            keep.open_session(id, &name, &session).map_err(disk)?;
        }
        self.admit(space, id, session);
        Ok(())
    }

    /// Changes a session. `change` is made on a copy first, and is true once that is kept.
    pub(crate) fn change(&self, space: usize, id: &str, change: impl Fn(&mut Session)) -> Result<(), Problem> {
        let Some(keep) = &self.keep else {
            return self.session(space, id, change);
        };
        let _turn = keep.turn();
        let mut copy = self.session(space, id, |session| session.clone())?;
        change(&mut copy);
        let name = self.space(space, |space| space.name());
        keep.write_session(id, &name, &copy).map_err(|error| self.unkept(id, error))?;
        self.session(space, id, change)
    }

    /// Puts an upload where its session's files are.
    pub(crate) fn settle(&self, session_id: &str, key: &str, file: TempPath) -> Result<TempPath, Problem> {
        let Some(keep) = &self.keep else {
            return Ok(file);
        };
        let path = keep.take_in(session_id, key, file.path()).map_err(|error| self.unkept(session_id, error))?;
        file.keep();
        Ok(TempPath::new(path))
    }

    /// Forgets a session of a space with its files and exports.
    pub(crate) fn forget(&self, space: usize, id: &str) {
        if self.session(space, id, |_| ()).is_err() {
            return;
        }
        self.world().forget(id);
        self.keep.iter().for_each(|keep| keep.forget(id));
    }

    /// Why a session can't be kept as it is to be. One whose folder is gone was forgotten by another server.
    fn unkept(&self, id: &str, error: io::Error) -> Problem {
        if error.kind() != io::ErrorKind::NotFound {
            return disk(error);
        }
        self.world().forget(id);
        Problem::NoSession
    }

    /// Finds a session on disk that isn't in memory.
    fn recall(&self, space: usize, id: &str) {
        let Some(keep) = &self.keep else {
            return;
        };
        let unknown = self.space(space, |space| (!space.sessions.contains_key(id)).then(|| space.name()));
        if let Some(session) = unknown.and_then(|name| keep.session(id, &name)) {
            self.admit(space, id, session);
        }
    }

    fn admit(&self, space: usize, id: &str, session: Session) {
        let gone = self.world().admit(space, id, session);
        if let Some(gone) = gone {
            self.world().forget(&gone);
            self.keep.iter().for_each(|keep| keep.forget(&gone));
        }
    }
}
