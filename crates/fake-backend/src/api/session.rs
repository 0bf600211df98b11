//! Sessions and their state.

use super::{exactly, json_body, text};
use crate::app::App;
use crate::problem::{Problem, data};
use crate::tenant::Session;
use crate::variants::NoDraft;
use crate::world::Scope;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use hyper::HeaderMap;
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) async fn open(State(app): State<Arc<App>>, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    let space = app.caller(&headers, Scope::Write)?;
    let body = json_body(&headers, body).await?;
    exactly(&body, "task_name", "project")?;
    if !is_language_tag(text(&body, "language")?) {
        return Err(Problem::Invalid("language: a BCP 47 tag is required".to_owned()));
    }
    let (id, task_id) = {
        let mut ids = app.ids();
        (ids.session(), ids.uuid())
    };
    let session = Session::new(task_id.clone(), "project".to_owned());
    let opened = id.clone();
    app.at_disk(move |app| app.open_session(space, &opened, session)).await??;
    let user_id = app.space(space, |space| space.user_id.clone());
    Ok(data(json!({"session_id": app.session_id_value(&id), "task_id": task_id, "user_id": user_id})))
}

pub(super) async fn state(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let space = app.caller(&headers, Scope::Read)?;
    let variants = app.settings.variants;
    let cdn_url = |key: &str| app.cdn_url(&headers, key);
    let (mut state, task_id, task_name) = app.session(space, &id, |session| {
        let draft = session.queried_draft();
        let canvas = match (draft["m"]["width"].as_u64(), draft["m"]["height"].as_u64()) {
            (Some(width), Some(height)) => json!({"width": width, "height": height}),
            _ => json!({}),
        };
        let own = if variants.state_lists { json!([]) } else { json!({}) };
        let infos: Vec<Value> = session.uploads.iter().map(|upload| upload.describe(&cdn_url(&upload.key))).collect();
        let state = json!({
            "video_infos": infos, "canvas_config": canvas, "generated_media": own, "video_analyses": own,
            "draft": draft,
        });
        (state, session.task_id.clone(), session.task_name.clone())
    })?;
    rename_draft(&mut state, variants.timeline_draft, variants.no_draft);
    let user_id = app.space(space, |space| space.user_id.clone());
    Ok(data(json!({"state": state, "task_id": task_id, "task_name": task_name, "user_id": user_id})))
}

fn rename_draft(state: &mut Value, timeline: bool, no_draft: NoDraft) {
    let Some(state) = state.as_object_mut() else {
        return;
    };
    let draft = match (state.remove("draft").unwrap_or_default(), no_draft) {
        (Value::Null, NoDraft::Null) => Value::Null,
        (Value::Null, NoDraft::Empty) => json!({}),
        (Value::Null, NoDraft::Absent) => return,
        (draft, _) => draft,
    };
    state.insert(if timeline { "timeline_draft" } else { "draft" }.to_owned(), draft);
}

/// The outer shape of BCP 47: letters first, then subtags of up to eight letters and digits.
fn is_language_tag(tag: &str) -> bool {
    let mut subtags = tag.split('-');
    let language = subtags.next().unwrap_or_default();
    (2..=8).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_alphabetic())
        && subtags
            .all(|subtag| (1..=8).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::is_language_tag;

    #[test]
    fn language_tags() {
        for tag in ["en", "zh-CN", "ja", "es-419", "zh-Hans-CN"] {
            assert!(is_language_tag(tag), "{tag}");
        }
        for tag in ["", "e", "zh_CN", "en-", "-en", "english language", "中文", "en-toolongsubtag"] {
            assert!(!is_language_tag(tag), "{tag}");
        }
    }
}
