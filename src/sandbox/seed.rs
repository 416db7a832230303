//! Chance without surprise: every id, size and delay is drawn from the seed and a label that says what it is for.
//!
//! Drawing by label instead of from a running generator means that adding an instance to the fleet does not change
//! the ids of all the others.

/// The root of everything that looks random.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seed(pub(crate) u64);

impl Seed {
    /// 64 well-mixed bits that belong to `label`.
    pub(crate) fn draw(self, label: &str) -> u64 {
        // FNV-1a gathers the label, the finaliser of SplitMix64 spreads it.
        let gathered = label.bytes().fold(self.0 ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        spread(gathered)
    }

    /// A number in `low..high`; `low` when the range is empty.
    pub(crate) fn within(self, label: &str, low: u64, high: u64) -> u64 {
        if high > low { low + self.draw(label) % (high - low) } else { low }
    }

    /// A version 4 GUID in lower case.
    pub(crate) fn guid(self, label: &str) -> String {
        let high = self.draw(label);
        let low = spread(high ^ 0x9e37_79b9_7f4a_7c15);
        uuid::Builder::from_random_bytes(((u128::from(high) << 64) | u128::from(low)).to_be_bytes())
            .into_uuid()
            .to_string()
    }

    /// `length` letters of the URL-safe base64 alphabet.
    pub(crate) fn letters(self, label: &str, length: usize) -> String {
        const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut state = self.draw(label);
        (0..length)
            .map(|_| {
                state = spread(state.wrapping_add(0x9e37_79b9_7f4a_7c15));
                char::from(ALPHABET[(state % 64) as usize])
            })
            .collect()
    }
}

fn spread(bits: u64) -> u64 {
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_label_gives_the_same_thing_and_another_seed_another() {
        assert_eq!(Seed(7).guid("a"), Seed(7).guid("a"));
        assert_ne!(Seed(7).guid("a"), Seed(7).guid("b"));
        assert_ne!(Seed(7).guid("a"), Seed(8).guid("a"));
        assert_eq!(Seed(7).letters("x", 40).len(), 40);
        assert!((3..9).contains(&Seed(7).within("n", 3, 9)));
    }
}
