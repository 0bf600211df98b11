//! Counts by group, and tables of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How many of the cases of each group were right.
#[derive(Default)]
pub(crate) struct Tally {
    groups: BTreeMap<(usize, String), (u32, u32)>,
}

impl Tally {
    /// Counts a case in one group of each kind; `kind` only orders the table.
    pub(crate) fn count(&mut self, groups: &[&str], right: bool) {
        for (kind, group) in groups.iter().enumerate() {
            let (good, all) = self.groups.entry((kind, (*group).to_owned())).or_default();
            *good += u32::from(right);
            *all += 1;
        }
    }

    /// A line for each group.
    pub(crate) fn table(&self) -> String {
        let mut text = String::new();
        for ((_, group), (good, all)) in &self.groups {
            let share = percent(*good, *all);
            // Writing to a text can't fail.
            let _ = writeln!(text, "  {group:<14} {good:>4} of {all:<4} {share:>6.1} %");
        }
        text
    }
}

/// A share in percent; of nothing, all is right.
pub(crate) fn percent(part: u32, all: u32) -> f64 {
    if all == 0 { 100.0 } else { f64::from(part) * 100.0 / f64::from(all) }
}

/// `hard` or `easy`, as labelled.
pub(crate) fn hardness(case: &serde_json::Value) -> &'static str {
    if case["hard"] == true { "hard" } else { "easy" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_add_up() {
        let mut tally = Tally::default();
        tally.count(&["chat", "en"], true);
        tally.count(&["chat", "zh"], false);
        let table = tally.table();
        assert!(table.contains("chat              1 of 2      50.0 %"), "{table}");
        assert!(table.contains("zh                0 of 1       0.0 %"), "{table}");
        assert_eq!(percent(0, 0), 100.0);
    }
}
