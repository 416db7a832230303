//! Azure regions: "West Europe" in one answer is "westeurope" in the next.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A region in its canonical spelling: lower case, no blanks.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Region(String);

impl Region {
    /// Takes the display form or the canonical one.
    pub fn new(text: &str) -> Self {
        Self(text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect())
    }

    /// The canonical spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Region {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_and_canonical_form_are_one_region() {
        assert_eq!(Region::new("West Europe"), Region::new("westeurope"));
        assert_ne!(Region::new("West US"), Region::new("West US 2"));
        assert_eq!(Region::new("Germany West Central").to_string(), "germanywestcentral");
    }
}
