//! The three attribution headers of every request (PROTOCOL.md, "Headers").
//!
//! Without them the service refuses to export. Their values come from the frontmatter of the skill's
//! SKILL.md and from where that file is installed.

mod frontmatter;

use std::fmt;

use http::{HeaderName, HeaderValue};

/// The longest value that is sent: names and versions are far shorter.
const VALUE_CHARS: usize = 100;

/// Folders below the home folder whose skills belong to a platform.
const PLATFORMS: &[(&str, &str)] = &[(".clawhub/", "clawhub"), (".cursor/skills/", "cursor")];

/// Who a request comes from; every value is fit to be a header.
///
/// The default is for a program without a SKILL.md: source `weixin-video`, the version of this
/// crate, platform `unknown`.
///
/// ```
/// use weixin_video_core::attribution::Attribution;
///
/// assert_eq!(Attribution::default().source(), "weixin-video");
/// assert_eq!(Attribution::default().platform(), "unknown");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribution {
    source: String,
    version: String,
    platform: String,
}

impl Default for Attribution {
    fn default() -> Self {
        Self {
            source: "weixin-video".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            platform: "unknown".to_owned(),
        }
    }
}

/// Why no attribution could be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributionError {
    /// SKILL.md doesn't begin with a block between two lines `---`.
    NoFrontmatter,
    /// The frontmatter has no such key, or its value is no plain text.
    Missing(&'static str),
    /// The value is too long for a header or holds characters a header can't.
    Unfit(&'static str),
}

impl fmt::Display for AttributionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFrontmatter => f.write_str("SKILL.md has no frontmatter between `---` lines"),
            Self::Missing(key) => {
                write!(f, "the frontmatter of SKILL.md has no text under `{key}`")
            }
            Self::Unfit(what) => {
                write!(f, "{what} is not 1 to {VALUE_CHARS} printable ASCII characters")
            }
        }
    }
}

impl std::error::Error for AttributionError {}

impl Attribution {
    /// Reads the attribution of an installed skill.
    ///
    /// `text` is SKILL.md, `install_path` where it lies, with either kind of slash; `skill_source`
    /// the environment variable `SKILL_SOURCE`, which decides the platform unless it is empty; `home`
    /// the user's home folder.
    ///
    /// # Errors
    /// When the frontmatter, its `name` or its `version` is missing, or a value can't be a header.
    ///
    /// ```
    /// use weixin_video_core::attribution::Attribution;
    ///
    /// let text = "---\nname: weixin-video\nversion: \"1.2.0\" # of the skill\n---\n# Weixin Video\n";
    /// let path = "/home/mei/.clawhub/skills/weixin-video/SKILL.md";
    /// let attribution = Attribution::from_skill_md(text, path, None, "/home/mei").unwrap();
    /// assert_eq!(attribution.version(), "1.2.0");
    /// assert_eq!(attribution.platform(), "clawhub");
    /// ```
    pub fn from_skill_md(
        text: &str,
        install_path: &str,
        skill_source: Option<&str>,
        home: &str,
    ) -> Result<Self, AttributionError> {
        let block = frontmatter::block(text).ok_or(AttributionError::NoFrontmatter)?;
        let scalar = |key| {
            let value = frontmatter::scalar(&block, key).ok_or(AttributionError::Missing(key))?;
            fit(&value, key)
        };
        let platform = match skill_source.map(str::trim).filter(|source| !source.is_empty()) {
            Some(source) => fit(source, "SKILL_SOURCE")?,
            None => platform_of(install_path, home).to_owned(),
        };
        Ok(Self { source: scalar("name")?, version: scalar("version")?, platform })
    }

    /// The skill's name, `X-Skill-Source`.
    ///
    /// ```
    /// # use weixin_video_core::attribution::Attribution;
    /// assert_eq!(Attribution::default().source(), "weixin-video");
    /// ```
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The skill's version, `X-Skill-Version`.
    ///
    /// ```
    /// # use weixin_video_core::attribution::Attribution;
    /// assert!(Attribution::default().version().contains('.'));
    /// ```
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Where the skill is installed, `X-Skill-Platform`.
    ///
    /// ```
    /// # use weixin_video_core::attribution::Attribution;
    /// assert_eq!(Attribution::default().platform(), "unknown");
    /// ```
    pub fn platform(&self) -> &str {
        &self.platform
    }

    /// The three headers.
    ///
    /// ```
    /// # use weixin_video_core::attribution::Attribution;
    /// let headers = Attribution::default().headers();
    /// assert_eq!(headers[0].0, "x-skill-source");
    /// assert_eq!(headers[0].1, "weixin-video");
    /// ```
    pub fn headers(&self) -> [(HeaderName, HeaderValue); 3] {
        let value = |text: &str| HeaderValue::from_str(text).expect("every value was checked to be printable ASCII");
        [
            (HeaderName::from_static("x-skill-source"), value(&self.source)),
            (HeaderName::from_static("x-skill-version"), value(&self.version)),
            (HeaderName::from_static("x-skill-platform"), value(&self.platform)),
        ]
    }
}

/// The value, if it can stand in a header.
fn fit(value: &str, what: &'static str) -> Result<String, AttributionError> {
    let printable = value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if value.trim().is_empty() || value.len() > VALUE_CHARS || !printable {
        return Err(AttributionError::Unfit(what));
    }
    Ok(value.trim().to_owned())
}

/// The platform whose folder below `home` holds the file.
fn platform_of(install_path: &str, home: &str) -> &'static str {
    let (path, home) = (plain_path(install_path), plain_path(home));
    let below_home = match path.strip_prefix("~/") {
        Some(below) => Some(below),
        None if home.trim_matches('/').is_empty() => None,
        None => path.strip_prefix(home.as_str()).and_then(|rest| rest.strip_prefix('/')),
    };
    let owner = PLATFORMS.iter().find(|(folder, _)| below_home.is_some_and(|b| b.starts_with(folder)));
    owner.map_or("unknown", |(_, platform)| platform)
}

/// A path with forward slashes, without `.`, `..` and doubled slashes; Windows paths in small
/// letters, because their case doesn't count.
fn plain_path(path: &str) -> String {
    let path = path.strip_prefix(r"\\?\").unwrap_or(path);
    let windows = path.contains('\\') || path.as_bytes().get(1) == Some(&b':');
    let path = path.replace('\\', "/");
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !matches!(*part, "" | ".")) {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    let root = if path.starts_with('/') { "/" } else { "" };
    let plain = format!("{root}{}", parts.join("/"));
    if windows { plain.to_lowercase() } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SKILL: &str = "---\nname: weixin-video\nversion: 1.10\n---\n";

    fn platform(path: &str, source: Option<&str>, home: &str) -> String {
        let attribution = Attribution::from_skill_md(SKILL, path, source, home).unwrap();
        attribution.platform().to_owned()
    }

    #[test]
    fn the_install_path_names_the_platform() {
        for (path, home, expected) in [
            ("/home/u/.clawhub/skills/wx/SKILL.md", "/home/u", "clawhub"),
            ("/home/u/.cursor/skills/wx/SKILL.md", "/home/u/", "cursor"),
            ("~/.cursor/skills/wx/SKILL.md", "", "cursor"),
            ("C:\\Users\\Mei\\.Cursor\\skills\\wx\\SKILL.md", "c:\\users\\mei", "cursor"),
            (r"\\?\C:\Users\Mei\.clawhub\SKILL.md", "C:/Users/Mei", "clawhub"),
            ("/home/u/.cursor/SKILL.md", "/home/u", "unknown"),
            ("/home/u/.clawhubber/SKILL.md", "/home/u", "unknown"),
            ("/home/u/.clawhub/../SKILL.md", "/home/u", "unknown"),
            ("/home/user2/.clawhub/SKILL.md", "/home/u", "unknown"),
            ("/srv/.clawhub/SKILL.md", "", "unknown"),
            ("/.clawhub/SKILL.md", "/", "unknown"),
        ] {
            assert_eq!(platform(path, None, home), expected, "{path}");
        }
    }

    #[test]
    fn the_environment_wins_unless_it_is_empty() {
        let path = "/home/u/.clawhub/SKILL.md";
        assert_eq!(platform(path, Some("store"), "/home/u"), "store");
        assert_eq!(platform(path, Some(" "), "/home/u"), "clawhub");
        let split = Attribution::from_skill_md(SKILL, path, Some("a\r\nX: y"), "/home/u");
        assert_eq!(split, Err(AttributionError::Unfit("SKILL_SOURCE")));
    }

    #[test]
    fn values_must_fit_a_header() {
        for (text, error) in [
            ("# no block", AttributionError::NoFrontmatter),
            ("---\nversion: 1\n---\n", AttributionError::Missing("name")),
            ("---\nname: a\n---\n", AttributionError::Missing("version")),
            ("---\nname: 视频\nversion: 1\n---\n", AttributionError::Unfit("name")),
            ("---\nname: \"a\\nb\"\nversion: 1\n---\n", AttributionError::Unfit("name")),
        ] {
            assert_eq!(Attribution::from_skill_md(text, "", None, ""), Err(error), "{text:?}");
        }
        let long = SKILL.replace("1.10", &"9".repeat(101));
        let refused = Attribution::from_skill_md(&long, "", None, "");
        assert_eq!(refused, Err(AttributionError::Unfit("version")));
    }

    #[test]
    fn headers_carry_the_values_as_written() {
        let attribution = Attribution::from_skill_md(SKILL, "", None, "").unwrap();
        let headers = attribution.headers();
        let written = headers.each_ref().map(|(name, value)| (name.as_str(), value.to_str().unwrap()));
        let expected =
            [("x-skill-source", "weixin-video"), ("x-skill-version", "1.10"), ("x-skill-platform", "unknown")];
        assert_eq!(written, expected);
    }
}
