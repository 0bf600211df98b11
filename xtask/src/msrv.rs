//! `cargo xtask msrv`: no package in the tree declares a newer Rust than the workspace does.
//!
//! This compares what manifests declare; clippy's `incompatible_msrv` looks at our own code. It does
//! not compile with the old toolchain.

use serde_json::Value;

use crate::run::{Result, cargo, output};

/// Major, minor, patch.
type Version = (u64, u64, u64);

/// Reads `cargo metadata` for this platform and compares.
pub(crate) fn msrv() -> Result {
    let host = output(crate::run::command("rustc").arg("-vV"))?;
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).ok_or("rustc names no host")?;
    let mut metadata = cargo();
    metadata.args(["metadata", "--format-version", "1", "--locked"]);
    metadata.args(["--all-features", "--filter-platform", host]);
    let metadata: Value = serde_json::from_str(&output(&mut metadata)?)?;
    let ours = ours(&metadata).ok_or("the workspace declares no rust-version")?;
    let newer = newer(&metadata, ours);
    for (name, asks) in &newer {
        println!("error: {name} asks for Rust {asks}");
    }
    if newer.is_empty() {
        println!("msrv: nothing asks for more than Rust {}.{}", ours.0, ours.1);
        Ok(())
    } else {
        Err(format!("{} packages ask for more", newer.len()).into())
    }
}

fn ours(metadata: &Value) -> Option<Version> {
    let us = packages(metadata).find(|package| package["name"] == "weixin-video-core")?;
    version(us["rust_version"].as_str()?)
}

/// The packages that ask for a newer Rust than `ours`: name and version, and what they ask for.
fn newer(metadata: &Value, ours: Version) -> Vec<(String, String)> {
    packages(metadata)
        .filter_map(|package| {
            let asks = package["rust_version"].as_str()?;
            // A version that we can't read is worth a look as well.
            if version(asks).is_some_and(|asks| asks <= ours) {
                return None;
            }
            let name = package["name"].as_str()?;
            let version = package["version"].as_str().unwrap_or("?");
            Some((format!("{name} {version}"), asks.to_owned()))
        })
        .collect()
}

fn packages(metadata: &Value) -> impl Iterator<Item = &Value> {
    metadata["packages"].as_array().into_iter().flatten()
}

fn version(text: &str) -> Option<Version> {
    let mut parts = text.split('.').map(|part| part.parse::<u64>().ok());
    let major = parts.next()??;
    let minor = parts.next().unwrap_or(Some(0))?;
    let patch = parts.next().unwrap_or(Some(0))?;
    parts.next().is_none().then_some((major, minor, patch))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_package_that_asks_for_more_is_named() {
        let metadata = json!({"packages": [
            {"name": "weixin-video-core", "version": "0.0.0", "rust_version": "1.88"},
            {"name": "old", "version": "1.0.0", "rust_version": "1.56.1"},
            {"name": "silent", "version": "1.0.0", "rust_version": null},
            {"name": "same", "version": "1.0.0", "rust_version": "1.88.0"},
            {"name": "new", "version": "2.0.0", "rust_version": "1.90"},
        ]});
        let ours = ours(&metadata).unwrap();
        assert_eq!(ours, (1, 88, 0));
        let newer = newer(&metadata, ours);
        assert_eq!(newer, [("new 2.0.0".to_owned(), "1.90".to_owned())]);
    }

    #[test]
    fn versions_are_compared_by_number() {
        assert!(version("1.9") < version("1.10"));
        assert_eq!(version("2"), Some((2, 0, 0)));
        assert_eq!(version("1.x"), None);
        assert_eq!(version("1.2.3.4"), None);
    }
}
