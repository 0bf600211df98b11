//! The client's disk, as far as the video goes: the output's name and the part file beside it.

/// Two names and what stands under them.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    /// Under the output's own name.
    pub(crate) output: Option<Vec<u8>>,
    /// Under the name of the part file.
    pub(crate) part: Option<Vec<u8>>,
    /// What stood under the output's name before the session.
    pub(crate) old: Option<Vec<u8>>,
    /// Whether an existing output may be replaced.
    pub(crate) replace: bool,
}

impl Disk {
    /// With a file of an earlier day under the output's name, or none.
    pub(crate) fn new(old: Option<Vec<u8>>) -> Self {
        Self { output: old.clone(), part: None, replace: old.is_some(), old }
    }

    /// Makes room for bytes from `from` on; what lies behind is cut off.
    pub(crate) fn begin(&mut self, from: usize) -> &mut Vec<u8> {
        let part = self.part.get_or_insert_default();
        part.truncate(from);
        part
    }

    /// Bytes in the part file.
    pub(crate) fn part_length(&self) -> u64 {
        length(self.part.as_deref().unwrap_or_default())
    }

    /// Bytes under the output's name.
    pub(crate) fn output_length(&self) -> Option<u64> {
        self.output.as_deref().map(length)
    }

    /// Gives the part file its name; false when there is none, or the name is taken and must stay.
    pub(crate) fn publish(&mut self) -> bool {
        if (self.output.is_some() && !self.replace) || self.part.is_none() {
            return false;
        }
        self.output = self.part.take();
        true
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
