//! Exports: started, watched, cancelled, fetched.

use super::{cdn, exactly, json_body, text};
use crate::app::App;
use crate::builder::RenderPace;
use crate::gate::Orders;
use crate::problem::{Problem, bare, data};
use crate::render_time::Due;
use crate::renderer::{Control, RenderJob, Source};
use crate::tenant::{Render, Stage};
use crate::variants::{Nesting, UrlField};
use crate::world::{Asset, Scope};
use axum::extract::{Path, Request, State};
use axum::response::Response;
use hyper::{HeaderMap, Method};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Without all of these an export is refused.
const ATTRIBUTION: [&str; 3] = ["x-skill-source", "x-skill-version", "x-skill-platform"];
/// Exports of one session.
const MOST_RENDERS: usize = 100;
/// How long a paced status query waits for a render that is quick by promise.
const PACED_WAIT: Duration = Duration::from_secs(60);

pub(super) async fn start(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let space = app.caller(&parts.headers, Scope::Export)?;
    attributed(&parts.headers)?;
    let body = json_body(&parts.headers, body).await?;
    let order = Order::read(&app, space, &body)?;
    let orders = parts.extensions.get::<Orders>().cloned().unwrap_or_default();
    let (stage, watched) = watch::channel(Stage::Pending);
    let own_id = format!("task_{}", app.ids().hex(1));
    let render = Render {
        session_id: order.session_id.clone(),
        own_id: own_id.clone(),
        control: order.control.clone(),
        stage: watched,
        created_ms: app.now_ms(),
        due: Due::of(&app, &order.id),
        withdrawn: false,
        queries: 0,
        fetched: false,
        seen_completed: 0,
    };
    app.space(space, |space| {
        if space.renders.contains_key(&order.id) {
            return Err(Problem::Conflict("duplicate render id".to_owned()));
        }
        if space.renders_of(&order.session_id) == MOST_RENDERS {
            return Err(Problem::RateLimited("too many exports of this session"));
        }
        space.book.render(&order.id, &order.session_id);
        space.renders.insert(order.id.clone(), render);
        Ok(())
    })?;
    let id = shown_id(&app, &order.id, &own_id);
    let failing = orders.fail_render.map(|(reason, strike)| {
        strike.fired();
        reason
    });
    tokio::spawn(order.carry_out(app, stage, failing));
    let mut answer = json!({"status": "pending", "progress": 0});
    answer[id.0] = json!(id.1);
    Ok(data(answer))
}

fn attributed(headers: &HeaderMap) -> Result<(), Problem> {
    let said = |name: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| !value.trim().is_empty())
    };
    match ATTRIBUTION.into_iter().find(|name| !said(name)) {
        Some(missing) => Err(Problem::Plan(format!("export needs attribution: {missing} is missing"))),
        None => Ok(()),
    }
}

/// The client's own id, or the server's where it insists on one.
fn shown_id(app: &App, id: &str, own_id: &str) -> (&'static str, String) {
    if app.settings.variants.own_render_id { ("taskId", own_id.to_owned()) } else { ("id", id.to_owned()) }
}

/// A render to be carried out.
struct Order {
    id: String,
    session_id: String,
    draft: Value,
    sources: Vec<Source>,
    control: Control,
}

impl Order {
    fn read(app: &App, space: usize, body: &Value) -> Result<Self, Problem> {
        let id = text(body, "id")?;
        if !is_render_id(id) {
            return Err(Problem::Invalid("id: must be render_ and up to 64 letters, digits, - or _".to_owned()));
        }
        let session_id = text(body, "sessionId")?;
        let output = &body["output"];
        exactly(output, "format", "mp4")?;
        exactly(output, "quality", "high")?;
        let draft = &body["draft"];
        if !is_exportable(draft) {
            return Err(Problem::Invalid("draft: some track must have a segment".to_owned()));
        }
        let strict = app.settings.strict_drafts;
        let (known, sources) =
            app.session(space, session_id, |session| (!strict || session.knows(draft), session.sources()))?;
        if !known {
            return Err(Problem::Invalid(
                "draft: not one this session has; every key must go back as it came".to_owned(),
            ));
        }
        Ok(Self {
            id: id.to_owned(),
            session_id: session_id.to_owned(),
            draft: draft.clone(),
            sources,
            control: Control::default(),
        })
    }

    async fn carry_out(self, app: Arc<App>, stage: watch::Sender<Stage>, failing: Option<String>) {
        let Ok(_turn) = Arc::clone(&app.renders).acquire_owned().await else {
            return;
        };
        stage.send_replace(Stage::Running);
        let end = match failing {
            Some(reason) => Stage::Failed(reason),
            None if self.control.is_cancelled() => Stage::Failed("cancelled".to_owned()),
            None => self.render(app).await,
        };
        stage.send_replace(end);
    }

    async fn render(self, app: Arc<App>) -> Stage {
        let key = format!("r/{}.mp4", app.ids().hex(2));
        let rendered = tokio::task::spawn_blocking(move || {
            let out = app.spool_path(&key.replace('/', "-"));
            let job = RenderJob { draft: &self.draft, sources: &self.sources, out: &out };
            if let Err(refusal) = app.renderer.render(&job, &self.control) {
                // Nothing may be there, or half of it; neither is wanted.
                let _ = std::fs::remove_file(&out);
                let reason = if self.control.is_cancelled() { "cancelled".to_owned() } else { refusal.to_string() };
                return Stage::Failed(reason);
            }
            let Ok(bytes) = std::fs::metadata(&out).map(|metadata| metadata.len()) else {
                return Stage::Failed("the renderer left no file".to_owned());
            };
            let etag = format!("\"{}\"", &key[2..18]);
            let asset = Asset { path: out, content_type: "video/mp4", len: bytes, etag };
            app.world().assets.insert(key.clone(), asset);
            let duration_ms = self.draft["d"].as_u64().unwrap_or(0);
            Stage::Done { key, bytes, duration_ms, completed_ms: app.now_ms() }
        });
        rendered.await.unwrap_or_else(|_| Stage::Failed("the renderer died".to_owned()))
    }
}

pub(super) async fn status(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let space = app.caller(&headers, Scope::Read)?;
    let render = look(&app, space, &id, |render| render.queries += 1)?;
    let stage = stage_to_show(&app, &render).await;
    let mut late = false;
    if matches!(stage, Stage::Done { .. }) {
        let seen = look(&app, space, &id, |render| render.seen_completed += 1)?.seen_completed;
        late = app.settings.variants.late_url && seen == 1;
    }
    let answer = describe(&app, &headers, &id, &render, &stage, late);
    Ok(match app.settings.variants.nesting {
        Nesting::Top => bare(answer),
        Nesting::Data => data(answer),
        Nesting::DataData => data(json!({"data": answer})),
    })
}

/// Finds a render, changes it, and gives it as it is then.
fn look(app: &App, space: usize, id: &str, change: impl FnOnce(&mut Render)) -> Result<Render, Problem> {
    app.space(space, |space| {
        let render = space.renders.get_mut(id).ok_or(Problem::NotFound("no such render"))?;
        change(render);
        Ok(render.clone())
    })
}

/// Where the render stands; where queries set the pace, where it stands by their count.
async fn stage_to_show(app: &App, render: &Render) -> Stage {
    match app.settings.render_pace {
        RenderPace::Real => render.stage.borrow().clone(),
        RenderPace::Queries(paced) if render.queries <= paced => Stage::Running,
        RenderPace::Timed { .. } if !render.is_due(app.clock.elapsed()) => hold_back(app, render, Stage::Running),
        RenderPace::Queries(_) | RenderPace::Timed { .. } => hold_back(app, render, ended(render).await),
    }
}

/// The end of a render that is quick by promise.
async fn ended(render: &Render) -> Stage {
    let mut watched = render.stage.clone();
    let over = |stage: &Stage| matches!(stage, Stage::Done { .. } | Stage::Failed(_));
    match tokio::time::timeout(PACED_WAIT, watched.wait_for(over)).await {
        Ok(Ok(stage)) => stage.clone(),
        Ok(Err(_)) | Err(_) => Stage::Running,
    }
}

/// What shows of a stage as long as the render's time isn't over, and of one that was cancelled by then.
fn hold_back(app: &App, render: &Render, stage: Stage) -> Stage {
    if render.withdrawn {
        return Stage::Failed("cancelled".to_owned());
    }
    match (stage, render.due) {
        (Stage::Done { .. } | Stage::Failed(_), _) if !render.is_due(app.clock.elapsed()) => Stage::Running,
        (Stage::Done { key, bytes, duration_ms, .. }, Some(due)) => {
            Stage::Done { key, bytes, duration_ms, completed_ms: render.created_ms + due.takes_ms() }
        }
        (stage, _) => stage,
    }
}

fn describe(app: &App, headers: &HeaderMap, id: &str, render: &Render, stage: &Stage, late_url: bool) -> Value {
    let variants = &app.settings.variants;
    let (word, percent) = match stage {
        Stage::Pending => ("pending", 0),
        Stage::Running => ("processing", running_percent(app, render)),
        Stage::Done { .. } => ("completed", 100),
        Stage::Failed(_) => ("failed", failed_percent(render)),
    };
    let mut answer = Map::new();
    let (id_key, id) = shown_id(app, id, &render.own_id);
    answer.insert(id_key.to_owned(), json!(id));
    answer.insert(
        "status".to_owned(),
        json!(if variants.upper_case_status { word.to_uppercase() } else { word.to_owned() }),
    );
    if !variants.no_progress {
        answer.insert("progress".to_owned(), json!(percent));
    }
    if variants.nesting != Nesting::Top {
        answer.insert("createdAt".to_owned(), json!(render.created_ms));
    }
    match stage {
        Stage::Done { key, bytes, duration_ms, completed_ms } => {
            if variants.nesting != Nesting::Top {
                answer.insert("completedAt".to_owned(), json!(completed_ms));
            }
            if !late_url {
                let url = app.cdn_url(headers, key);
                let (key, value) = output(variants.url_field, &url, *bytes, *duration_ms);
                answer.insert(key.to_owned(), value);
            }
        }
        Stage::Failed(reason) => drop(answer.insert("error".to_owned(), json!(reason))),
        Stage::Pending | Stage::Running => {}
    }
    Value::Object(answer)
}

fn running_percent(app: &App, render: &Render) -> u32 {
    match (app.settings.render_pace, render.due) {
        (_, Some(due)) => due.percent(app.clock.elapsed()),
        (RenderPace::Queries(paced), None) => 100 * render.queries.min(paced) / (paced + 1),
        (RenderPace::Real | RenderPace::Timed { .. }, None) => u32::from(render.control.percent()).min(99),
    }
}

/// How far it had come; the work of a timed render ran ahead of what it showed.
fn failed_percent(render: &Render) -> u32 {
    if render.due.is_some() { 0 } else { u32::from(render.control.percent()) }
}

fn output(field: UrlField, url: &str, bytes: u64, duration_ms: u64) -> (&'static str, Value) {
    match field {
        UrlField::Output => ("output", json!({"url": url, "duration": duration_ms, "size": bytes})),
        UrlField::OutputUrl => ("outputUrl", json!(url)),
        UrlField::OutputUrlSnake => ("output_url", json!(url)),
        UrlField::Url => ("url", json!(url)),
        UrlField::VideoUrl => ("videoUrl", json!(url)),
        UrlField::DownloadUrl => ("download_url", json!(url)),
    }
}

pub(super) async fn cancel(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let space = app.caller(&headers, Scope::Export)?;
    let now = app.clock.elapsed();
    let render = look(&app, space, &id, |render| render.withdrawn |= !render.is_due(now))?;
    render.control.cancel();
    Ok(data(json!({"id": id, "status": "cancelled"})))
}

pub(super) async fn download(
    State(app): State<Arc<App>>,
    method: Method,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let space = app.caller(&headers, Scope::Read)?;
    let render = look(&app, space, &id, |_| ())?;
    let Stage::Done { key, .. } = hold_back(&app, &render, render.stage.borrow().clone()) else {
        return Err(Problem::NotFound("the render is not finished"));
    };
    look(&app, space, &id, |render| render.fetched = true)?;
    if app.settings.variants.download_json {
        return Ok(data(json!({"url": app.cdn_url(&headers, &key)})));
    }
    let asset = app.world().assets.get(&key).cloned().ok_or(Problem::NotFound("no such file"))?;
    cdn::serve(&app, &asset, &method, &headers).await
}

fn is_render_id(id: &str) -> bool {
    id.strip_prefix("render_").is_some_and(|rest| {
        (1..=64).contains(&rest.len())
            && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    })
}

/// Whether some track has a segment.
fn is_exportable(draft: &Value) -> bool {
    let mut tracks = draft["t"].as_array().into_iter().flatten();
    tracks.any(|track| track["sg"].as_array().is_some_and(|segments| !segments.is_empty()))
}
