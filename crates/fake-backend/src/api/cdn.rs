//! Files: whole, in part, or unchanged.

use crate::app::App;
use crate::problem::Problem;
use crate::range::{Want, want};
use crate::world::Asset;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use hyper::header::{
    ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH, IF_RANGE, RANGE,
};
use hyper::{HeaderMap, Method, StatusCode};
use std::io::SeekFrom;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

/// Bytes read from a file at a time.
const BLOCK: usize = 256 * 1024;

pub(super) async fn file(
    State(app): State<Arc<App>>,
    method: Method,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Result<Response, Problem> {
    let asset = app.world().assets.get(&key).cloned().ok_or(Problem::NotFound("no such file"))?;
    app.world().fetched(&key);
    serve(&app, &asset, &method, &headers).await
}

/// The answer to a request for a file, on either origin.
pub(super) async fn serve(app: &App, asset: &Asset, method: &Method, headers: &HeaderMap) -> Result<Response, Problem> {
    if header(headers, &IF_NONE_MATCH) == Some(&asset.etag) {
        return Ok(described(StatusCode::NOT_MODIFIED, asset, None).into_response());
    }
    let ranges = !app.settings.variants.no_ranges;
    // A part of another version of the file would be worse than the whole of this one.
    let same = header(headers, &IF_RANGE).is_none_or(|etag| etag == asset.etag);
    let wanted = if ranges && same { want(header(headers, &RANGE), asset.len) } else { Want::Whole };
    let (status, first, len, content_range) = match wanted {
        Want::Whole => (StatusCode::OK, 0, asset.len, None),
        Want::Part(first, len) => {
            let range = format!("bytes {first}-{}/{}", first + len - 1, asset.len);
            (StatusCode::PARTIAL_CONTENT, first, len, Some(range))
        }
        Want::Unsatisfiable => {
            let mut response =
                described(StatusCode::RANGE_NOT_SATISFIABLE, asset, Some(format!("bytes */{}", asset.len)));
            response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(0));
            return Ok(response);
        }
    };
    let mut response = described(status, asset, content_range);
    if ranges {
        response.headers_mut().insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    }
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(len));
    if method != Method::HEAD {
        *response.body_mut() = part(asset, first, len).await?;
    }
    Ok(response)
}

fn described(status: StatusCode, asset: &Asset, content_range: Option<String>) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    let text = [(ETAG, Some(asset.etag.clone())), (CONTENT_RANGE, content_range)];
    for (name, value) in text.into_iter().filter_map(|(name, value)| Some((name, HeaderValue::try_from(value?).ok()?)))
    {
        headers.insert(name, value);
    }
    response
}

async fn part(asset: &Asset, first: u64, len: u64) -> Result<Body, Problem> {
    let gone = |error: std::io::Error| Problem::Internal(format!("the spool failed: {}", error.kind()));
    let mut file = tokio::fs::File::open(&asset.path).await.map_err(gone)?;
    file.seek(SeekFrom::Start(first)).await.map_err(gone)?;
    Ok(Body::from_stream(ReaderStream::with_capacity(file.take(len), BLOCK)))
}

fn header<'a>(headers: &'a HeaderMap, name: &hyper::header::HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
