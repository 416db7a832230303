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

/// Gives `target` every seed of its corpus in `fuzz/`, and so many damaged ones.
pub fn fuzz(name: &str, target: fn(&[u8]), damaged: u64) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let corpus: Vec<Vec<u8>> = files.iter().map(|path| std::fs::read(path).unwrap()).collect();
    corpus.iter().for_each(|bytes| target(bytes));
    let seeds = seeds(damaged);
    for &seed in &seeds {
        let mut chance = Chance::new(seed);
        let mut bytes = chance.pick(&corpus).clone();
        for _ in 0..chance.between(1, 4) {
            damage(&mut bytes, &mut chance);
        }
        target(&bytes);
    }
    println!("{name}: {} seeds, {} damaged ones", corpus.len(), seeds.len());
}

/// Flips, cuts, doubles or replaces a piece.
fn damage(bytes: &mut Vec<u8>, chance: &mut Chance) {
    let place = |chance: &mut Chance, of: usize| usize::try_from(chance.below(of as u64 + 1)).unwrap_or(0);
    let (one, other) = (place(chance, bytes.len()), place(chance, bytes.len()));
    let (from, to) = (one.min(other), one.max(other).min(one.min(other) + 40));
    let marks = [
        "\"", "\\", "{", "}", "[", "null", "-1", "1e999", "<", "&#0;", "]]>", "\u{202e}", "\n", "\0", "%",
        "é",
    ];
    match chance.below(5) {
        0 if from < bytes.len() => bytes[from] ^= 1 << chance.below(8),
        1 => bytes.truncate(one),
        2 => drop(bytes.drain(from..to)),
        3 => {
            let piece = bytes[from..to].to_vec();
            drop(bytes.splice(other..other, piece));
        }
        _ => drop(bytes.splice(from..to, chance.pick(&marks).bytes())),
    }
}
