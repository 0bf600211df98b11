//! `cargo xtask purity`: the table of ARCHITECTURE.md that says what each crate may depend on, held
//! against `cargo tree`.
//!
//! A check that passes says little unless it can fail: the last rule is run the wrong way round, and
//! passing it is the failure.

use std::collections::BTreeSet;

use crate::run::{Result, cargo, output};

/// What may stand in a package's tree of normal dependencies, whatever its features.
struct Rule {
    package: &'static str,
    may: May,
    because: &'static str,
}

enum May {
    /// These and no others, at any depth; procedural macros aside, which leave no code behind.
    HaveOnly(&'static [&'static str]),
    /// Anything but these, at any depth.
    HaveNoneOf(&'static [&'static str]),
}

const HTTP: &[&str] = &["axum", "h2", "http", "http-body", "hyper", "hyper-util", "reqwest", "ureq"];

const RULES: &[Rule] = &[
    Rule {
        package: "weixin-video-core",
        may: May::HaveOnly(&[
            "bytes",
            "http",
            "httpdate",
            "itoa",
            "memchr",
            "serde",
            "serde_core",
            "serde_json",
            "zmij",
        ]),
        because: "core decides and does no I/O",
    },
    Rule {
        package: "weixin-video-simulator",
        may: May::HaveOnly(&[
            "bytes",
            "http",
            "httpdate",
            "itoa",
            "memchr",
            "serde",
            "serde_core",
            "serde_json",
            "weixin-video-core",
            "zmij",
        ]),
        because: "a session is its decisions and nothing of this machine",
    },
    Rule {
        package: "weixin-video-fuzz",
        may: May::HaveNoneOf(&["bolero", "bolero-engine", "bolero-libfuzzer"]),
        because: "the engine is for the fuzzing build alone",
    },
    Rule {
        package: "weixin-video-files",
        may: May::HaveNoneOf(&["tokio", "hyper", "reqwest", "ureq", "rustls"]),
        because: "the file side is shared by both adapters and knows no network",
    },
    Rule {
        package: "weixin-video-fake-backend",
        may: May::HaveNoneOf(&["weixin-video-core", "weixin-video-async", "weixin-video-blocking"]),
        because: "a fake that shares the client's types proves nothing",
    },
    Rule {
        package: "weixin-video-blocking",
        may: May::HaveNoneOf(&["tokio", "reqwest", "hyper", "axum", "weixin-video-async"]),
        because: "blocking means no runtime, not a hidden one",
    },
    Rule {
        package: "weixin-video-async",
        may: May::HaveNoneOf(&["ureq", "weixin-video-blocking"]),
        because: "one adapter, one HTTP library",
    },
    Rule { package: "weixin-video-studio", may: May::HaveNoneOf(HTTP), because: "pictures are made without a network" },
    Rule {
        package: "weixin-video-studio",
        may: May::HaveNoneOf(&["weixin-video-core", "weixin-video-fake-backend"]),
        because: "the towers meet on the wire only",
    },
];

/// Known to be broken: the asynchronous adapter stands on reqwest.
const CONTROL: Rule = Rule {
    package: "weixin-video-async",
    may: May::HaveNoneOf(&["reqwest"]),
    because: "this rule is there to be broken",
};

/// Holds every rule against `cargo tree`, and the control too.
pub(crate) fn purity() -> Result {
    let mut broken = 0;
    for rule in RULES {
        let wrong = rule.broken_by(&tree(rule.package)?);
        for name in &wrong {
            println!("error: {} has {name}: {}", rule.package, rule.because);
        }
        broken += wrong.len();
    }
    if CONTROL.broken_by(&tree(CONTROL.package)?).is_empty() {
        println!("error: the control found no reqwest in {}, so this check sees nothing", CONTROL.package);
        broken += 1;
    }
    if has_bugs(&[])? {
        println!("error: the program that users get has bugs planted in it");
        broken += 1;
    }
    if !has_bugs(&["--features", "planted"])? {
        println!("error: the control found no planted bug where there are some, so this check sees nothing");
        broken += 1;
    }
    if broken > 0 {
        return Err(format!("findings: {broken}").into());
    }
    println!("purity: {} rules hold, and the control breaks", RULES.len());
    Ok(())
}

impl Rule {
    /// The dependencies that break the rule.
    fn broken_by(&self, tree: &BTreeSet<String>) -> Vec<String> {
        let wrong = |name: &&String| match self.may {
            May::HaveOnly(allowed) => !allowed.contains(&name.as_str()),
            May::HaveNoneOf(banned) => banned.contains(&name.as_str()),
        };
        tree.iter().filter(wrong).cloned().collect()
    }
}

/// Whether the command line, built with these arguments, holds the bugs of `cargo xtask mutants`.
fn has_bugs(args: &[&str]) -> Result<bool> {
    let mut tree = cargo();
    tree.args(["tree", "--locked", "--package", "weixin-video", "--edges", "normal", "--prefix", "none"]);
    tree.args(["--format", "{p} {f}"]);
    let listing = output(tree.args(args))?;
    Ok(listing.lines().any(|line| line.split([' ', ',']).any(|word| word == "planted")))
}

/// The names of all that the package stands on, itself left out.
fn tree(package: &str) -> Result<BTreeSet<String>> {
    let mut tree = cargo();
    tree.args(["tree", "--locked", "--all-features", "--package", package]);
    tree.args(["--edges", "normal,no-proc-macro", "--prefix", "none"]);
    let names = names(&output(&mut tree)?, package);
    Ok(names)
}

/// `cargo tree --prefix none`: one package a line, its name first.
fn names(listing: &str, package: &str) -> BTreeSet<String> {
    listing
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != package)
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn a_listing_is_read_by_names() {
        let listing = "me v0.0.0 (/repo/me)\nhttp v1.5.0\nbytes v1.12.0\nhttp v1.5.0 (*)\n\n";
        assert_eq!(names(listing, "me"), set(&["bytes", "http"]));
    }

    #[test]
    fn a_rule_names_what_breaks_it() {
        let rule = |may| Rule { package: "me", may, because: "" };
        let only = rule(May::HaveOnly(&["http", "bytes"]));
        assert_eq!(only.broken_by(&set(&["http", "tokio"])), ["tokio"]);
        assert_eq!(only.broken_by(&set(&["http"])), [""; 0]);
        let none = rule(May::HaveNoneOf(&["tokio"]));
        assert_eq!(none.broken_by(&set(&["http", "tokio"])), ["tokio"]);
        assert_eq!(none.broken_by(&set(&["http"])), [""; 0]);
    }

    #[test]
    fn the_real_tree_of_core_is_seen() {
        let tree = tree("weixin-video-core").unwrap();
        assert!(tree.contains("serde_json") && !tree.contains("weixin-video-core"));
        let wrong = Rule { package: "weixin-video-core", may: May::HaveNoneOf(&["serde_json"]), because: "" };
        assert_eq!(wrong.broken_by(&tree), ["serde_json"]);
    }
}
