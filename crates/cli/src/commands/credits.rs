//! `weixin-video credits`.

use serde_json::json;

use crate::ask::Ask;
use crate::backend::Backend;
use crate::claim;
use crate::failure::Failure;
use crate::output::Shown;

pub(super) async fn run(ask: &Ask) -> Result<Shown, Failure> {
    let backend = Backend::open(ask)?;
    shown(&backend).await
}

/// The balance, for people and programs, and how to keep what was made without an account.
pub(super) async fn shown(backend: &Backend) -> Result<Shown, Failure> {
    let credits = backend.client.credits(&mut backend.progress("credits")).await?;
    let mut text =
        format!("{} credits available, {} held, {} in all", credits.available, credits.frozen, credits.total);
    let link = match backend.last_session() {
        Some(session) => claim::link(backend, &session).await,
        None => None,
    };
    if let Some(link) = &link {
        text.push('\n');
        text.push_str(&link.words());
    }
    let data = json!({
        "backend": backend.kind,
        "available": credits.available,
        "frozen": credits.frozen,
        "total": credits.total,
        "claim_url": link.as_ref().map(|link| &link.url),
        "claim_expires_in_s": link.as_ref().and_then(|link| link.expires_in_s),
    });
    Ok(Shown::new(text, data))
}
