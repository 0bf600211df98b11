//! Uploads: streamed to the spool under names of our own, never whole in memory.

use super::{exactly, is_json, json_body};
use crate::app::App;
use crate::problem::{Problem, data};
use crate::renderer::MediaInfo;
use crate::spool::{Arriving, Stored, TempPath, clean_name, disk};
use crate::upload::Upload;
use crate::world::Scope;
use axum::body::Body;
use axum::extract::multipart::{Field, Multipart};
use axum::extract::{FromRequest, Path, Request, State};
use axum::response::Response;
use bytes::Bytes;
use futures_util::StreamExt;
use hyper::HeaderMap;
use hyper::header::HOST;
use serde_json::{Value, json};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::AsyncReadExt;

/// Files of one request.
const MOST_FILES: usize = 32;
/// Bytes copied at a time.
const BLOCK: usize = 64 * 1024;
/// Bytes of a multipart body that may pass without a piece of a file coming out of them: headers and boundaries are short.
const UNCLAIMED: u64 = 8 * 1024 * 1024;

pub(super) async fn upload(
    State(app): State<Arc<App>>,
    Path(session_id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let headers = request.headers().clone();
    let space = app.caller(&headers, Scope::Upload)?;
    app.session(space, &session_id, |_| ())?;
    let mut batch = Batch { app: Arc::clone(&app), files: Vec::new() };
    if is_json(&headers) {
        from_urls(&mut batch, &headers, request.into_body()).await?;
    } else {
        from_parts(&mut batch, request).await?;
    }
    if batch.files.is_empty() {
        return Err(Problem::Invalid("files: at least one is required".to_owned()));
    }
    let infos = batch.publish(space, &session_id, &headers).await?;
    Ok(data(json!({"files": infos, "session_state_applied": true})))
}

async fn from_parts(batch: &mut Batch, request: Request) -> Result<(), Problem> {
    let claimed = Arc::new(AtomicU64::new(0));
    let request = request.map(|body| bounded(body, &claimed));
    let mut parts = Multipart::from_request(request, &())
        .await
        .map_err(|_| Problem::Malformed("neither multipart/form-data nor application/json".to_owned()))?;
    while let Some(mut part) = parts.next_field().await.map_err(broken)? {
        if part.name() != Some("files") {
            return Err(Problem::Invalid("parts must be named files".to_owned()));
        }
        let Some(name) = part.file_name() else {
            return Err(Problem::Invalid("files: a filename is required".to_owned()));
        };
        let mut file = batch.open(&clean_name(name)).await?;
        while let Some(chunk) = next_chunk(&mut part, &claimed).await? {
            file.write(&chunk).await?;
        }
        batch.files.push(file.finish().await?);
        claimed.store(0, Ordering::Relaxed);
    }
    Ok(())
}

async fn next_chunk(part: &mut Field<'_>, claimed: &AtomicU64) -> Result<Option<Bytes>, Problem> {
    let chunk = part.chunk().await.map_err(broken)?;
    claimed.store(0, Ordering::Relaxed);
    Ok(chunk)
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` gives it")]
fn broken(error: axum::extract::multipart::MultipartError) -> Problem {
    Problem::Malformed(format!("the multipart body is broken: HTTP {}", error.status().as_u16()))
}

/// A body that ends in an error when a parser swallows it without giving anything back.
fn bounded(body: Body, unclaimed: &Arc<AtomicU64>) -> Body {
    let unclaimed = Arc::clone(unclaimed);
    Body::from_stream(body.into_data_stream().map(move |chunk| {
        let chunk = chunk.map_err(io::Error::other)?;
        let len = chunk.len() as u64;
        if unclaimed.fetch_add(len, Ordering::Relaxed) + len > UNCLAIMED {
            return Err(io::Error::other("a part's head is too long"));
        }
        Ok(chunk)
    }))
}

/// By URL: only files of our own CDN and URLs that a test registered. Nothing is fetched from anywhere.
async fn from_urls(batch: &mut Batch, headers: &HeaderMap, body: Body) -> Result<(), Problem> {
    let body = json_body(headers, body).await?;
    exactly(&body, "source_type", "url")?;
    let urls = body["urls"].as_array().map_or(&[][..], Vec::as_slice);
    if urls.len() > MOST_FILES {
        return Err(Problem::Invalid(format!("urls: at most {MOST_FILES}")));
    }
    for url in urls {
        let url = url.as_str().ok_or_else(|| Problem::Invalid("urls: strings are required".to_owned()))?;
        let path = known_url(&batch.app, headers, url)
            .ok_or_else(|| Problem::Unsupported("the URL can not be fetched from here".to_owned()))?;
        let name = url.split(['?', '#']).next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
        let mut file = batch.open(&clean_name(name)).await?;
        let mut source = tokio::fs::File::open(path).await.map_err(disk)?;
        let mut block = vec![0; BLOCK];
        loop {
            let len = source.read(&mut block).await.map_err(disk)?;
            if len == 0 {
                break;
            }
            file.write(&block[..len]).await?;
        }
        batch.files.push(file.finish().await?);
    }
    Ok(())
}

fn known_url(app: &App, headers: &HeaderMap, url: &str) -> Option<PathBuf> {
    let world = app.world();
    if let Some(path) = world.urls.get(url) {
        return Some(path.clone());
    }
    headers.get(HOST)?;
    let key = url.strip_prefix(&app.cdn_url(headers, ""))?;
    world.assets.get(key).map(|asset| asset.path.clone())
}

/// The files of one request: all of them become the session's, or none.
struct Batch {
    app: Arc<App>,
    files: Vec<Stored>,
}

impl Batch {
    async fn open(&self, name: &str) -> Result<Arriving, Problem> {
        if self.files.len() == MOST_FILES {
            return Err(Problem::Invalid(format!("files: at most {MOST_FILES}")));
        }
        let formats = &self.app.settings.formats;
        let extension = name.rsplit_once('.').map_or_else(String::new, |(_, extension)| extension.to_ascii_lowercase());
        if !formats.contains(&extension) {
            return Err(Problem::Unsupported(format!("unsupported file type; supported: {}", formats.join(", "))));
        }
        Arriving::create(&self.app, &extension, name).await
    }

    /// Gives the files to the session and to the CDN, and tells what they are.
    async fn publish(self, space: usize, session_id: &str, headers: &HeaderMap) -> Result<Vec<Value>, Problem> {
        let (app, session_id) = (Arc::clone(&self.app), session_id.to_owned());
        let published = tokio::task::spawn_blocking(move || self.hand_over(space, &session_id)).await;
        let uploads = published.map_err(|_| Problem::Internal("the inspection died".to_owned()))??;
        Ok(uploads.iter().map(|upload| upload.describe(&app.cdn_url(headers, &upload.key))).collect())
    }

    /// In one go, which a client that goes away doesn't interrupt.
    fn hand_over(self, space: usize, session_id: &str) -> Result<Vec<Upload>, Problem> {
        let app = &self.app;
        let inspect = |file: Stored| match app.renderer.inspect(file.path.path(), &file.name) {
            Ok(info) => Ok((file, info)),
            Err(refusal) => Err(Problem::Unsupported(refusal.to_string())),
        };
        let files = self.files.into_iter().map(inspect).collect::<Result<Vec<_>, _>>()?;
        let settle = |(file, info): (Stored, MediaInfo)| {
            let Stored { key, name, path, len, hash } = file;
            let path = app.settle(session_id, &key, path)?;
            Ok((Upload::new(key, name, path.path().to_owned(), len, hash, info), path))
        };
        let settled = files.into_iter().map(settle).collect::<Result<Vec<_>, _>>()?;
        let (uploads, paths): (Vec<Upload>, Vec<TempPath>) = settled.into_iter().unzip();
        app.change(space, session_id, |session| session.uploads.extend(uploads.iter().cloned()))?;
        paths.into_iter().for_each(|path| drop(path.keep()));
        app.world().assets.extend(uploads.iter().map(|upload| (upload.key.clone(), upload.asset())));
        Ok(uploads)
    }
}
