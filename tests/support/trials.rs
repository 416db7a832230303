//! How much a test tries. By itself it tries as much as fits in a landing; `LIFEBOAT_FULL=1` makes it try all that the
//! promise speaks of. Everything random comes from a seed that is printed, and `LIFEBOAT_SEED=…` repeats one.
#![allow(dead_code, unreachable_pub, reason = "each test uses a part")]
#![allow(clippy::disallowed_methods, reason = "the environment of a test is its command line")]

/// How many trials: the small number, or with `LIFEBOAT_FULL` the full one.
pub fn trials(small: u64, full: u64) -> u64 {
    if std::env::var_os("LIFEBOAT_FULL").is_some() { full } else { small }
}

/// The seeds of `count` trials: 1, 2, 3 … or the one that `LIFEBOAT_SEED` names.
pub fn seeds(count: u64) -> Vec<u64> {
    match std::env::var("LIFEBOAT_SEED").ok().and_then(|text| text.parse().ok()) {
        Some(only) => vec![only],
        None => (1..=count).collect(),
    }
}

/// Chance that can be repeated: SplitMix64 (Steele, Lea, Flood 2014).
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The chance of this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, which is not zero.
    pub fn below(&mut self, end: u64) -> u64 {
        self.bits() % end
    }

    /// A number from `from` to `to`, both included.
    pub fn between(&mut self, from: u64, to: u64) -> u64 {
        from + self.below(to - from + 1)
    }

    /// True once in `n` times.
    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[usize::try_from(self.below(of.len() as u64)).unwrap_or(0)]
    }
}
