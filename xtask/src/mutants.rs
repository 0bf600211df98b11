//! `cargo xtask mutants`: bugs planted on purpose, one after the other, and which net sees each.
//!
//! The bugs stand in `crates/core/src/planted`. Three nets are asked, the cheapest first, and a bug that one has caught
//! is not shown to the next:
//!
//! | net | what is run | where the bug is named |
//! |---|---|---|
//! | `simulate` | the program `mutants` of crates/simulator, 20,000 sessions at most | its arguments |
//! | `sweep` | the test `sweep::quick` of the binary `it` in tests | `WEIXIN_VIDEO_PLANTED`, in the test's own process |
//! | `crash` | the test `quick` of the binary `crash` in crates/cli | `WEIXIN_VIDEO_PLANTED`, in the processes it starts |
//!
//! A net that finds something fails and says `caught: RULE after N cases`; with nothing planted it passes, which is seen to
//! first. A bug that no net catches fails the task: then a net is too coarse, or the bug is none.

mod nets;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use crate::run::Result;
use nets::{Catch, Net, Nets};

/// A bug, as the clients name it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Bug {
    name: String,
    /// `Core`, `Adapter` or `Cli`.
    home: String,
    words: String,
}

/// A bug, and what caught it.
struct Trial {
    bug: Bug,
    catches: Vec<(Net, Catch)>,
}

#[derive(Debug, Default, PartialEq)]
struct Wanted {
    bugs: Vec<String>,
    nets: Vec<Net>,
    all_nets: bool,
}

/// All bugs and all nets, or what the arguments say.
pub(crate) fn mutants(args: &[String]) -> Result {
    let wanted = Wanted::of(args)?;
    let started = Instant::now();
    let nets = Nets::build(&wanted.nets)?;
    let bugs = chosen(nets.bugs()?, &wanted.bugs)?;
    let mut trials: Vec<Trial> = bugs.into_iter().map(|bug| Trial { bug, catches: Vec::new() }).collect();
    for net in &wanted.nets {
        let shown: Vec<&str> =
            trials.iter().filter(|trial| trial.is_for(*net, wanted.all_nets)).map(Trial::name).collect();
        if shown.is_empty() {
            continue;
        }
        eprintln!("\n{}: {} bugs", net.name(), shown.len());
        let caught = nets.show(*net, &shown)?;
        for (name, catch) in caught {
            let trial = trials.iter_mut().find(|trial| trial.bug.name == name);
            trial
                .ok_or_else(|| format!("{} tells of {name}, which it was not shown", net.name()))?
                .catches
                .push((*net, catch));
        }
    }
    println!("{}", table(&trials));
    judged(&trials, started.elapsed())
}

fn judged(trials: &[Trial], time: Duration) -> Result {
    let missed: Vec<&str> = trials.iter().filter(|trial| trial.catches.is_empty()).map(Trial::name).collect();
    if missed.is_empty() {
        println!("mutants: all {} bugs are caught, in {:.0} s", trials.len(), time.as_secs_f64());
        return Ok(());
    }
    Err(format!("no net catches {} of {} bugs: {}", missed.len(), trials.len(), missed.join(" ")).into())
}

impl Trial {
    fn name(&self) -> &str {
        &self.bug.name
    }

    /// Whether this net can see where the bug stands, and is still asked.
    fn is_for(&self, net: Net, all_nets: bool) -> bool {
        let can_see = match net {
            Net::Simulate => self.bug.home == "Core",
            Net::Sweep => self.bug.home != "Cli",
            Net::Crash => true,
        };
        can_see && (all_nets || self.catches.is_empty())
    }
}

fn table(trials: &[Trial]) -> String {
    let mut table = String::from("\n| bug | what is wrong | net | after | rule |\n|---|---|---|---|---|\n");
    for Trial { bug, catches } in trials {
        let mut row = |net: &str, after: &str, rule: &str| {
            let _ = writeln!(table, "| {} | {} | {net} | {after} | {rule} |", bug.name, bug.words);
        };
        for (net, catch) in catches {
            row(net.name(), &catch.after.to_string(), &catch.rule);
        }
        if catches.is_empty() {
            row("none", "", "");
        }
    }
    table
}

fn chosen(bugs: Vec<Bug>, names: &[String]) -> Result<Vec<Bug>> {
    if let Some(name) = names.iter().find(|name| !bugs.iter().any(|bug| bug.name == **name)) {
        return Err(format!("there is no bug \"{}\"", name.escape_debug()).into());
    }
    Ok(bugs.into_iter().filter(|bug| names.is_empty() || names.contains(&bug.name)).collect())
}

impl Wanted {
    fn of(args: &[String]) -> Result<Self> {
        let mut wanted = Self::default();
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or_else(|| format!("{arg} needs a name"));
            match arg.as_str() {
                "--all-nets" => wanted.all_nets = true,
                "--bug" => wanted.bugs.push(value()?.clone()),
                "--net" => wanted.nets.push(Net::named(value()?)?),
                other => return Err(format!("there is no option \"{}\"", other.escape_debug()).into()),
            }
        }
        if wanted.nets.is_empty() {
            wanted.nets.extend(Net::ALL);
        }
        Ok(wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bug(name: &str, home: &str) -> Bug {
        Bug { name: name.into(), home: home.into(), words: "it is wrong".into() }
    }

    fn trial(home: &str, catches: Vec<(Net, Catch)>) -> Trial {
        Trial { bug: bug("A", home), catches }
    }

    fn strings(args: &[&str]) -> Vec<String> {
        args.iter().map(|&arg| arg.to_owned()).collect()
    }

    #[test]
    fn arguments_narrow_what_is_run() {
        let wanted = Wanted::of(&strings(&["--bug", "A", "--net", "crash", "--all-nets"])).expect("all known");
        assert_eq!(wanted, Wanted { bugs: strings(&["A"]), nets: vec![Net::Crash], all_nets: true });
        assert_eq!(Wanted::of(&[]).expect("nothing").nets, Net::ALL);
        for wrong in [&["--bug"][..], &["--net", "fish"], &["A"]] {
            assert!(Wanted::of(&strings(wrong)).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_bug_is_shown_to_nets_that_can_see_it_until_one_does() {
        assert!(trial("Core", Vec::new()).is_for(Net::Simulate, false));
        assert!(!trial("Adapter", Vec::new()).is_for(Net::Simulate, true));
        assert!(!trial("Cli", Vec::new()).is_for(Net::Sweep, true));
        let caught = || vec![(Net::Simulate, Catch { rule: "R".into(), after: 3 })];
        assert!(!trial("Core", caught()).is_for(Net::Crash, false));
        assert!(trial("Core", caught()).is_for(Net::Crash, true));
    }

    #[test]
    fn a_bug_that_nobody_sees_is_a_failure() {
        let seen = trial("Core", vec![(Net::Sweep, Catch { rule: "ChargedOnce".into(), after: 12 })]);
        assert!(table(std::slice::from_ref(&seen)).contains("| A | it is wrong | sweep | 12 | ChargedOnce |"));
        assert!(judged(&[seen], Duration::ZERO).is_ok());
        let why = judged(&[trial("Core", Vec::new())], Duration::ZERO).expect_err("nobody saw it").to_string();
        assert_eq!(why, "no net catches 1 of 1 bugs: A");
    }

    #[test]
    fn bugs_are_chosen_by_name() {
        let all = || vec![bug("A", "Core"), bug("B", "Cli")];
        assert_eq!(chosen(all(), &strings(&["B"])).expect("known"), [bug("B", "Cli")]);
        assert_eq!(chosen(all(), &[]).expect("all").len(), 2);
        assert!(chosen(all(), &strings(&["C"])).is_err());
    }
}
