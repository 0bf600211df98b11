//! What `cargo xtask fuzz` is asked for.

use crate::run::Result;

/// A run, or a look at inputs that broke something.
#[derive(Debug, PartialEq)]
pub(super) enum Wanted {
    Run { minutes: Option<u32>, targets: Vec<String> },
    Replay(Vec<String>),
}

impl Wanted {
    pub(super) fn of(args: &[String]) -> Result<Self> {
        let mut minutes = None;
        let mut targets = Vec::new();
        let mut rest = args.iter();
        while let Some(arg) = rest.next() {
            match arg.as_str() {
                "--replay" if targets.is_empty() && minutes.is_none() => {
                    let files: Vec<String> = rest.cloned().collect();
                    return if files.is_empty() {
                        Err("--replay needs a file".into())
                    } else {
                        Ok(Self::Replay(files))
                    };
                }
                "--minutes" => {
                    let number = rest.next().and_then(|number| number.parse().ok()).filter(|number| *number > 0);
                    minutes = Some(number.ok_or("--minutes needs a whole number")?);
                }
                flag if flag.starts_with('-') => {
                    return Err(format!("there is no flag {} here", flag.escape_debug()).into());
                }
                target => targets.push(target.to_owned()),
            }
        }
        Ok(Self::Run { minutes, targets })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(args: &str) -> std::result::Result<Wanted, String> {
        let args: Vec<String> = args.split_whitespace().map(str::to_owned).collect();
        Wanted::of(&args).map_err(|why| why.to_string())
    }

    #[test]
    fn minutes_and_targets_in_any_order() {
        let run = |minutes, targets: &[&str]| {
            let targets = targets.iter().map(|&target| target.to_owned()).collect();
            Ok(Wanted::Run { minutes, targets })
        };
        assert_eq!(wanted(""), run(None, &[]));
        assert_eq!(wanted("sse --minutes 3 job"), run(Some(3), &["sse", "job"]));
        assert_eq!(wanted("--replay a b"), Ok(Wanted::Replay(vec!["a".into(), "b".into()])));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        assert_eq!(wanted("--minutes"), Err("--minutes needs a whole number".into()));
        assert_eq!(wanted("--minutes 0"), Err("--minutes needs a whole number".into()));
        assert_eq!(wanted("--replay"), Err("--replay needs a file".into()));
        assert_eq!(wanted("--jobs 4"), Err("there is no flag --jobs here".into()));
    }
}
