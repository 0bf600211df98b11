//! The committed figures, which none may fall below.

use std::fs;

use serde_json::Value;

use crate::Figures;
use crate::args::{self, Kind};

/// Figures of costs: a floor for them is the most they may be.
const COSTS: &[&str] = &["unasked", "needless", "wrong"];

/// By the name of the set and of the figure, in percent.
#[derive(Default)]
pub(crate) struct Floors(Value);

impl Floors {
    pub(crate) fn read() -> Result<Self, String> {
        let path = args::data().join("floors.json");
        let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        serde_json::from_str(&text).map(Self).map_err(|e| format!("{}: {e}", path.display()))
    }

    /// A line for each figure of a set that is worse than the committed one.
    pub(crate) fn below(&self, kind: Kind, set: &str, figures: &Figures) -> Vec<String> {
        let mut lines = Vec::new();
        for (name, value) in figures {
            let Some(floor) = self.0[set][name].as_f64() else {
                continue;
            };
            let cost = COSTS.contains(name);
            let worse = if cost { *value > floor + 0.05 } else { *value < floor - 0.05 };
            if worse {
                let limit = if cost { "at most" } else { "at least" };
                lines.push(format!("{kind:?} {set}: {name} is {value:.1} %, {limit} {floor:.1} % was committed"));
            }
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worse_figure_is_named() {
        let floors = Floors(serde_json::json!({"a.jsonl": {"exact": 95.0, "unasked": 1.0}}));
        let below = |figures: Figures| floors.below(Kind::Routing, "a.jsonl", &figures);
        assert!(below(vec![("exact", 95.0), ("unasked", 0.5), ("files", 1.0)]).is_empty());
        let lines = below(vec![("exact", 94.0), ("unasked", 1.5)]);
        assert!(lines[0].contains("exact is 94.0 %") && lines[1].contains("at most 1.0 %"), "{lines:?}");
        assert!(floors.below(Kind::Gui, "b.jsonl", &vec![("exact", 0.0)]).is_empty());
    }
}
