//! A file a client sent, as a session has it.

use crate::renderer::{MediaInfo, Source};
use crate::world::Asset;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Letters and digits of an extension; the longest in use have four.
const LONGEST_EXTENSION: usize = 16;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Upload {
    pub(crate) source: Source,
    /// What it is called on the CDN.
    pub(crate) key: String,
    /// Bytes.
    pub(crate) len: u64,
    pub(crate) hash: u64,
}

impl Upload {
    /// `key` must be one: see [`is_key`].
    pub(crate) fn new(key: String, name: String, path: PathBuf, len: u64, hash: u64, info: MediaInfo) -> Self {
        let id = format!("src_{}", &key[2..18]);
        Self { source: Source { id, name, path, info }, key, len, hash }
    }

    /// The file on the CDN.
    pub(crate) fn asset(&self) -> Asset {
        let etag = format!("\"{:016x}-{:x}\"", self.hash, self.len);
        Asset { path: self.source.path.clone(), content_type: content_type(&self.key), len: self.len, etag }
    }

    /// As an upload is answered and `video_infos` shows it. Images have no duration, sounds no size.
    pub(crate) fn describe(&self, cdn_url: &str) -> Value {
        let MediaInfo { file_type, duration_s, width, height, fps } = &self.source.info;
        let hash = format!("{:016x}", self.hash);
        let mut entry = json!({"filename": self.source.name, "file_type": file_type, "cdn_url": cdn_url, "hash": hash});
        let optional = [
            ("duration", duration_s.map(Value::from)),
            ("width", width.map(Value::from)),
            ("height", height.map(Value::from)),
            ("fps", fps.map(Value::from)),
        ];
        for (key, value) in optional {
            if let Some(value) = value {
                entry[key] = value;
            }
        }
        entry
    }
}

/// Whether a text is the name of an upload on the CDN, as the server makes them: `u/`, 32 hex digits, an extension.
pub(crate) fn is_key(text: &str) -> bool {
    let Some((digits, extension)) = text.strip_prefix("u/").and_then(|rest| rest.split_once('.')) else {
        return false;
    };
    let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    digits.len() == 32
        && digits.bytes().all(hex)
        && (1..=LONGEST_EXTENSION).contains(&extension.len())
        && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn content_type(key: &str) -> &'static str {
    match key.rsplit('.').next().unwrap_or_default() {
        "mp4" | "m4v" => "video/mp4",
        "mov" => "video/quicktime",
        "webm" => "video/webm",
        "mkv" => "video/x-matroska",
        "avi" => "video/x-msvideo",
        "jpg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "mp3" => "audio/mpeg",
        "wav" => "audio/wav",
        "m4a" | "aac" => "audio/aac",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::is_key;

    #[test]
    fn a_key_leads_nowhere_else() {
        let digits = "0123456789abcdef0123456789abcdef";
        assert!(is_key(&format!("u/{digits}.mp4")));
        for key in [
            String::new(),
            "u/".to_owned(),
            format!("u/{digits}"),
            format!("u/{digits}."),
            format!("r/{digits}.mp4"),
            format!("u/{digits}./../x"),
            format!("u/{}.mp4", &digits[1..]),
            format!("u/../../{}.mp4", &digits[6..]),
            format!("u/{}é.mp4", &digits[2..]),
            format!("u/{digits}.a/b"),
            format!("u/{digits}.{}", "x".repeat(17)),
        ] {
            assert!(!is_key(&key), "{key}");
        }
    }
}
