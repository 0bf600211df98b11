//! `weixin-video credits`.

use serde_json::json;

use crate::ask::Ask;
use crate::backend::Backend;
use crate::failure::Failure;
use crate::output::Shown;

pub(super) async fn run(ask: &Ask) -> Result<Shown, Failure> {
    let backend = Backend::open(ask)?;
    shown(&backend).await
}

/// The balance, for people and programs.
pub(super) async fn shown(backend: &Backend) -> Result<Shown, Failure> {
    let credits = backend.client.credits(&mut backend.progress("credits")).await?;
    let text = format!("{} credits available, {} held, {} in all", credits.available, credits.frozen, credits.total);
    let data = json!({"backend": backend.kind, "available": credits.available, "frozen": credits.frozen, "total": credits.total});
    Ok(Shown::new(text, data))
}
