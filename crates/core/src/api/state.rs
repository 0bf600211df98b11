//! Row "state".

use super::{Endpoint, STATE, get};
use crate::call::{Call, Reply};
use crate::config::Config;
use crate::draft::Draft;
use crate::envelope;
use crate::error::Error;
use crate::ids::SessionId;
use crate::json::Object;
use crate::printable::printable;
use crate::time::Instant;

/// Asks what a session holds. Free.
#[derive(Clone, Debug)]
pub struct ReadState {
    session: SessionId,
}

/// What a session holds.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// The timeline; `None` before the first edit.
    pub draft: Option<Draft>,
    /// File names of the clips that were uploaded or generated, made printable.
    pub clips: Vec<String>,
    /// Whether any media stands there, whatever it is called.
    pub has_media: bool,
    /// How many media the agent generated.
    pub generated: usize,
    /// The task, when the server said so.
    pub task_id: Option<String>,
    /// The account, when the server said so.
    pub user_id: Option<String>,
}

impl ReadState {
    /// Of this session.
    #[must_use]
    pub fn new(session: SessionId) -> Self {
        Self { session }
    }
}

impl Endpoint for ReadState {
    type Answer = State;

    const NAME: &'static str = STATE;

    fn request(&self, config: &Config, now: Instant) -> Call {
        get(config, &format!("/api/state/nemo_agent/me/{}/latest", self.session), now)
    }

    fn reply(&self, reply: &Reply) -> Result<State, Error> {
        let data = envelope::open(Self::NAME, reply)?;
        // An answer that says nothing of a state must not count as an empty one: what changed is found by comparing.
        if !data.has("state") {
            return Err(Error::protocol(Self::NAME, "it holds no state"));
        }
        let state = data.object(&["state"]).unwrap_or_default();
        let draft = ["draft", "timeline_draft"].iter().find_map(|key| state.raw(&[key]).and_then(Draft::from_raw));
        Ok(State {
            draft,
            clips: clip_names(&state),
            has_media: ["video_infos", "video_analyses", "generated_media"].iter().any(|key| count(&state, key) > 0),
            generated: count(&state, "generated_media"),
            task_id: data.text(&["task_id"]).map(|text| printable(&text, 128)),
            user_id: data.text(&["user_id"]).map(|text| printable(&text, 128)),
        })
    }
}

/// At most this many names are kept; a person reads no more.
const MAX_CLIPS: usize = 100;

fn clip_names(state: &Object<'_>) -> Vec<String> {
    let infos = state.list(&["video_infos"]).unwrap_or_default();
    let name =
        |raw: &&serde_json::value::RawValue| Object::parse(raw.get().as_bytes())?.text(&["filename", "name", "title"]);
    infos.iter().filter_map(name).take(MAX_CLIPS).map(|name| printable(&name, 128)).collect()
}

/// A list or a map.
fn count(state: &Object<'_>, key: &str) -> usize {
    match (state.list(&[key]), state.object(&[key])) {
        (Some(list), _) => list.len(),
        (None, Some(map)) => map.len(),
        (None, None) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(body: &str) -> State {
        let session = SessionId::new("1").expect("an id");
        ReadState::new(session).reply(&Reply::new(200, body)).expect(body)
    }

    #[test]
    fn before_the_first_edit_there_is_no_draft() {
        for draft in ["null", "{}"] {
            let state = state(&format!(r#"{{"code":0,"data":{{"state":{{"draft":{draft}}}}}}}"#));
            assert!(state.draft.is_none(), "{draft}");
        }
        assert!(state(r#"{"data":{"state":{}}}"#).draft.is_none());
        assert!(state(r#"{"data":{"state":null}}"#).draft.is_none());
    }

    #[test]
    fn the_draft_stands_under_either_name() {
        for key in ["draft", "timeline_draft"] {
            let state =
                state(&format!(r#"{{"data":{{"state":{{"{key}":{{"t":[{{"tt":0,"sg":[{{"d":1000}}]}}]}}}}}}}}"#));
            assert!(state.draft.is_some_and(|draft| draft.can_export()), "{key}");
        }
    }

    #[test]
    fn generated_media_are_counted_as_list_and_as_map() {
        assert_eq!(state(r#"{"data":{"state":{"generated_media":[1,2]}}}"#).generated, 2);
        assert_eq!(state(r#"{"data":{"state":{"generated_media":{"a":1}}}}"#).generated, 1);
    }
}
