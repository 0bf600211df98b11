//! Ids and tokens: counted and reproducible for tests, random where other people share the machine.

/// Session ids have 19 digits and lie beyond 2^53, where a JSON number read as a double is wrong.
const FIRST_SESSION: u64 = 7_000_000_000_000_000_000;
const SESSIONS: u64 = 2_000_000_000_000_000_000;

#[derive(Debug)]
pub(crate) enum Ids {
    /// The same calls give the same ids.
    Counted { seed: u64, counter: u64 },
    /// From the system's source of randomness.
    Random,
}

impl Ids {
    pub(crate) const fn counted(seed: u64) -> Self {
        Self::Counted { seed, counter: 0 }
    }

    /// `n` words as lower-case hex, 16 digits each.
    pub(crate) fn hex(&mut self, words: usize) -> String {
        (0..words).map(|_| format!("{:016x}", self.word())).collect()
    }

    pub(crate) fn session(&mut self) -> String {
        (FIRST_SESSION + self.word() % SESSIONS).to_string()
    }

    /// In the shape of a UUID.
    pub(crate) fn uuid(&mut self) -> String {
        let hex = self.hex(2);
        format!("{}-{}-4{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
    }

    fn word(&mut self) -> u64 {
        match self {
            Self::Counted { seed, counter } => {
                *counter += 1;
                split_mix(seed.wrapping_add(*counter))
            }
            Self::Random => getrandom::u64().expect("a server that can't get randomness must not hand out tokens"),
        }
    }
}

/// SplitMix64: neighbouring inputs give unrelated outputs, and no two inputs the same one.
const fn split_mix(n: u64) -> u64 {
    let z = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counted_ids_repeat_and_differ_by_seed() {
        let ids = |seed| {
            (0..50).map(|_| ()).fold((Ids::counted(seed), vec![]), |(mut ids, mut all), ()| {
                all.push(ids.hex(1));
                (ids, all)
            })
        };
        assert_eq!(ids(1).1, ids(1).1);
        assert_ne!(ids(1).1, ids(1_000_000).1);
    }

    #[test]
    fn a_session_id_has_19_digits_that_a_double_can_not_hold() {
        for mut ids in [Ids::counted(7), Ids::Random] {
            for _ in 0..1000 {
                let id = ids.session();
                assert_eq!(id.len(), 19);
                assert!(id.parse::<u64>().is_ok_and(|n| n > 1 << 53 && i64::try_from(n).is_ok()));
            }
        }
    }

    #[test]
    fn a_uuid_has_its_shape() {
        let uuid = Ids::counted(3).uuid();
        let groups: Vec<usize> = uuid.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12]);
    }
}
