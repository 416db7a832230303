//! Sizes as an operator reads them: three digits are enough to tell a whole backup from a torn one.

use std::fmt;

/// As [`short`], without a text of its own: for what is drawn many times.
#[derive(Clone, Copy, Debug)]
pub struct Short(pub u64);

/// A number of bytes: `231 MiB`, `1.4 GiB`, `12 KiB`.
pub fn short(bytes: u64) -> String {
    Short(bytes).to_string()
}

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
        let mut unit = 0;
        let mut tenths = u128::from(self.0) * 10;
        while tenths >= 10_240 && unit + 1 < UNITS.len() {
            tenths /= 1_024;
            unit += 1;
        }
        if unit >= 2 && tenths < 100 {
            write!(f, "{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
        } else {
            write!(f, "{} {}", tenths / 10, UNITS[unit])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_grows_with_the_number() {
        assert_eq!(short(0), "0 B");
        assert_eq!(short(231 * 1_048_576), "231 MiB");
        assert_eq!(short(1_500_000_000), "1.3 GiB");
    }
}
