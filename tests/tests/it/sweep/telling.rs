//! The few cases that show the most: what `quick` walks.

use super::case::Case;

/// In the order in which they are walked, but that those which wait come last.
const TELLING: &[&str] = &[
    // The message, and what is said of it.
    r#"job: at="chat" nth=1 commit="after" event=0 do="fin-mid-body""#,
    r#"job: at="chat" nth=1 commit="before" event=2 do="fin-mid-body""#,
    r#"adk: at="chat" nth=1 commit="after" event=2 do="reset-mid-body""#,
    r#"adk: at="chat" nth=1 commit="before" byte=300 do="fin-mid-body""#,
    r#"job: at="chat" nth=1 commit="after" do="lose-reply""#,
    r#"job: at="chat" nth=1 commit="before" do="lose-reply""#,
    r#"job: at="chat" nth=1 do="reset-before-body""#,
    r#"job: at="chat" nth=1 commit="after" do="code-500""#,
    r#"job: at="chat" nth=1 commit="before" do="page-502""#,
    r#"job: at="chat" nth=1 commit="before" shape="status" do="code-1001""#,
    r#"job: at="chat" nth=1 commit="before" shape="code-string" do="code-2001""#,
    r#"job: at="chat" nth=1 commit="before" shape="status" do="code-402""#,
    r#"job: at="chat" nth=1 commit="before" shape="code" do="code-1002""#,
    r#"job: at="chat" nth=5 do="reset-on-accept""#,
    r#"job: at="chat" nth=5 do="refuse-connections""#,
    r#"job: at="chat" nth=1 commit="after" do="stream-as-json""#,
    r#"job: at="chat" nth=1 commit="after" do="empty-200""#,
    r#"job: at="chat" nth=1 commit="before" do="empty-200""#,
    r#"job: at="chat" nth=1 commit="before" do="silent-nothing""#,
    r#"silent: at="chat" nth=1 commit="after" do="silent-code-stop""#,
    r#"adk: at="chat" nth=1 commit="after" event=1 do="error-after-text""#,
    r#"adk: at="chat" nth=1 commit="before" do="error-only""#,
    r#"job: at="chat" nth=1 commit="after" do="last-event-unfinished""#,
    r#"job: at="chat" nth=1 commit="after" do="two-stages""#,
    r#"job: at="chat" nth=1 commit="after" do="stream-in-pieces""#,
    r#"job: at="chat" nth=1 commit="after" do="stream-text-controls""#,
    r#"job: at="chat" nth=1 pause-ms=1000 do="late-answer""#,
    r#"job: at="chat" nth=1 commit="after" do="stall-before-head""#,
    r#"job: at="chat" nth=1 commit="before" event=1 do="stall-mid-body""#,
    // The free questions.
    r#"job: at="state" nth=1 commit="before" do="code-500""#,
    r#"job: at="state" nth=1 commit="before" do="redirect-elsewhere""#,
    r#"job: at="state" nth=2 commit="after" byte=100 do="fin-mid-body""#,
    r#"job: at="state" nth=2 commit="before" shape="status" do="code-429""#,
    r#"silent: at="state" nth=2 commit="after" do="json-truncated""#,
    r#"job: at="credits" nth=1 commit="before" shape="code" do="code-1001""#,
    r#"job: at="session" nth=1 commit="before" do="page-502""#,
    r#"job: at="upload" nth=1 commit="after" do="lose-reply""#,
    r#"job: at="upload" nth=1 commit="before" do="lose-reply""#,
    r#"job: at="upload" nth=1 byte=5000 do="cut-mid-request""#,
    r#"job: at="upload" nth=1 commit="before" shape="code" do="code-1002""#,
    r#"job: at="anonymous-token" nth=1 commit="before" do="lose-reply""#,
    r#"renewal: at="anonymous-token" nth=2 do="late-answer""#,
    r#"renewal: at="anonymous-token" nth=2 commit="before" shape="code" do="code-1001""#,
    // The render.
    r#"job: at="export" nth=1 commit="after" do="lose-reply""#,
    r#"job: at="export" nth=1 commit="before" do="lose-reply""#,
    r#"job: at="export" nth=1 do="duplicate-id""#,
    r#"job: at="export" nth=1 do="render-fails""#,
    r#"job: at="export-status" nth=1 commit="after" do="unknown-status""#,
    r#"job: at="export-status" nth=2 commit="after" do="completed-without-url""#,
    r#"job: at="export-status" nth=2 commit="after" do="url-private""#,
    r#"job: at="export-status" nth=2 commit="after" do="says-failed""#,
    r#"job: at="export-status" nth=1 commit="before" shape="status" do="code-404""#,
    // The file.
    r#"job: at="cdn" nth=1 commit="after" byte=7190 do="fin-mid-body""#,
    r#"job: at="cdn" nth=1 do="fin-mid-body" + at="cdn" nth=2 commit="after" do="range-wrong-offset""#,
    r#"job: at="cdn" nth=1 do="fin-mid-body" + at="cdn" nth=2 commit="after" do="range-ignored""#,
    r#"job: at="cdn" nth=1 do="fin-mid-body" + at="cdn" nth=2 commit="after" do="etag-changed-part""#,
    r#"job: at="cdn" nth=1 times=2 commit="after" byte=4000 do="fin-mid-body" + at="cdn" nth=3 commit="after" do="file-shorter""#,
    r#"job: at="cdn" nth=1 commit="before" do="json-deep""#,
    r#"job: at="cdn" nth=1 commit="after" do="file-not-mp4""#,
    r#"job: at="cdn" nth=1 commit="after" do="unsized-cut""#,
    r#"job: at="cdn" nth=1 commit="before" do="redirect-loop""#,
    r#"job: at="cdn" nth=1 commit="before" do="redirect-elsewhere""#,
    r#"job: at="cdn" nth=1 commit="before" do="redirect-private""#,
    r#"job: at="cdn" nth=1 commit="before" do="link-expired""#,
    r#"job: at="cdn" nth=1 commit="after" byte=7190 do="stall-mid-body""#,
    r#"job: at="download" nth=1 do="code-404" + at="cdn" nth=1 times=3 commit="after" byte=1000 do="fin-mid-body""#,
    r#"job: at="download" nth=1 do="code-404" + at="cdn" nth=1 times=3 commit="after" byte=4000 do="fin-mid-body""#,
    r#"fallback: at="download" nth=1 commit="before" do="file-page""#,
    r#"occupied: at="cdn" nth=1 do="late-answer""#,
    // By hand.
    r#"parts: at="chat" nth=1 commit="after" event=1 do="fin-mid-body""#,
    r#"parts: at="cancel-export" nth=1 commit="after" do="lose-reply""#,
];

/// The cases themselves.
pub(crate) fn telling() -> Vec<Case> {
    TELLING.iter().map(|line| line.parse().unwrap_or_else(|why| panic!("{line}: {why}"))).collect()
}
