//! Which of the documented shapes the server speaks. One field, one disagreement between the documents.

use serde_json::{Value, json};

/// Every choice of shape. `Variants::default()` is what the product's own description says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Variants {
    /// What a success is wrapped in.
    pub envelope: Envelope,
    /// Where the bad news stands: in the HTTP status, or in the body of a 200.
    pub errors: Errors,
    /// Under which key an error says why.
    pub error_text: ErrorText,
    /// `session_id` as a JSON number of 19 digits.
    pub numeric_session_id: bool,
    /// Only `token` in the answer to a token request.
    pub bare_token: bool,
    /// How `expires_at` is written.
    pub expires_at: ExpiresAt,
    /// Credits as decimals and without `total`.
    pub decimal_credits: bool,
    /// The draft under `timeline_draft`.
    pub timeline_draft: bool,
    /// What stands for a draft before the first edit.
    pub no_draft: NoDraft,
    /// `video_analyses` as a list and `generated_media` as a list, not maps.
    pub state_lists: bool,
    /// How deep the export status lies.
    pub nesting: Nesting,
    /// Under which key the finished file's URL stands.
    pub url_field: UrlField,
    /// Export status words in capitals.
    pub upper_case_status: bool,
    /// No `progress` in the export status.
    pub no_progress: bool,
    /// The server's own `taskId` in answers about an export instead of the client's id.
    pub own_render_id: bool,
    /// `completed` without a URL at the first asking.
    pub late_url: bool,
    /// The download route answers JSON with a URL instead of bytes.
    pub download_json: bool,
    /// The CDN ignores `Range` and sends no `Accept-Ranges`.
    pub no_ranges: bool,
    /// No claim links: the endpoint answers 404.
    pub no_claim: bool,
}

/// What a success is wrapped in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Envelope {
    /// `{"code":0,"message":"success","data":{…}}`
    #[default]
    Code,
    /// The same with `"code":"0"`
    CodeString,
    /// `{"success":true,"data":{…}}`, and `{"success":false,"error":"…"}`
    Success,
    /// The data itself; errors as `{"detail":"…"}`
    Bare,
}

/// Where an error shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Errors {
    /// An HTTP status that fits, and the code in the body where the envelope has one.
    #[default]
    Status,
    /// HTTP 200 with a non-zero code. Envelopes without a code keep the status.
    Ok200,
}

/// The key of an error's text, in envelopes with a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ErrorText {
    /// `message`
    #[default]
    Message,
    /// `msg`
    Msg,
    /// `error`
    Error,
    /// `error_message`
    ErrorMessage,
    /// `detail`, a string
    Detail,
    /// `detail`, an object with `message`
    DetailObject,
    /// `detail`, a list as FastAPI's 422 has it, with what was sent under `input`
    DetailList,
    /// `reason`
    Reason,
}

/// How a token says when it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExpiresAt {
    /// `"2026-11-29T06:09:33Z"`
    #[default]
    Rfc3339,
    /// Seconds since 1970.
    Seconds,
    /// Milliseconds since 1970.
    Milliseconds,
}

/// What stands for a draft that isn't there yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NoDraft {
    /// `null`
    #[default]
    Null,
    /// `{}`
    Empty,
    /// No key at all
    Absent,
}

/// How deep the export status lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Nesting {
    /// It is the body.
    #[default]
    Top,
    /// In `data`.
    Data,
    /// In `data.data`.
    DataData,
}

/// Where the URL of the finished file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UrlField {
    /// `output.url`, beside `output.duration` and `output.size`
    #[default]
    Output,
    /// `outputUrl`
    OutputUrl,
    /// `output_url`
    OutputUrlSnake,
    /// `url`
    Url,
    /// `videoUrl`
    VideoUrl,
    /// `download_url`
    DownloadUrl,
}

impl Variants {
    /// Wraps the data of a success.
    pub(crate) fn success(&self, data: Value) -> Value {
        match self.envelope {
            Envelope::Code => json!({"code": 0, "message": "success", "data": data}),
            Envelope::CodeString => json!({"code": "0", "message": "success", "data": data}),
            Envelope::Success => json!({"success": true, "data": data}),
            Envelope::Bare => data,
        }
    }

    /// The status and body of an error that would by itself be `status` and `code`.
    pub(crate) fn failure(&self, status: u16, code: u32, text: &str) -> (u16, Value) {
        let code_value = match self.envelope {
            Envelope::Code => json!(code),
            Envelope::CodeString => json!(code.to_string()),
            Envelope::Success => return (status, json!({"success": false, "error": text})),
            Envelope::Bare => return (status, json!({"detail": text})),
        };
        let (key, value) = self.error_text.entry(text);
        let status = if self.errors == Errors::Ok200 { 200 } else { status };
        (status, json!({"code": code_value, key: value, "data": null}))
    }
}

impl ErrorText {
    fn entry(self, text: &str) -> (&'static str, Value) {
        match self {
            Self::Message => ("message", json!(text)),
            Self::Msg => ("msg", json!(text)),
            Self::Error => ("error", json!(text)),
            Self::ErrorMessage => ("error_message", json!(text)),
            Self::Detail => ("detail", json!(text)),
            Self::DetailObject => ("detail", json!({"message": text})),
            Self::DetailList => {
                let entry =
                    json!({"type": "value_error", "loc": ["body"], "msg": text, "input": {"echo": "what was sent"}});
                ("detail", json!([entry]))
            }
            Self::Reason => ("reason", json!(text)),
        }
    }
}
