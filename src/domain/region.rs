//! Azure regions: "West Europe" in one answer is "westeurope" in the next.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A region in its canonical spelling: lower case, no blanks.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Region(String);

/// Each region with the one that it is paired with, as the documentation lists them (list of Azure regions). A pair need
/// not be mutual, and the newer regions have none.
const PAIRS: &[(&str, &str)] = &[
    ("australiacentral", "australiacentral2"),
    ("australiacentral2", "australiacentral"),
    ("australiaeast", "australiasoutheast"),
    ("australiasoutheast", "australiaeast"),
    ("brazilsouth", "southcentralus"),
    ("brazilsoutheast", "brazilsouth"),
    ("canadacentral", "canadaeast"),
    ("canadaeast", "canadacentral"),
    ("centralindia", "southindia"),
    ("centralus", "eastus2"),
    ("eastasia", "southeastasia"),
    ("eastus", "westus"),
    ("eastus2", "centralus"),
    ("francecentral", "francesouth"),
    ("francesouth", "francecentral"),
    ("germanynorth", "germanywestcentral"),
    ("germanywestcentral", "germanynorth"),
    ("japaneast", "japanwest"),
    ("japanwest", "japaneast"),
    ("koreacentral", "koreasouth"),
    ("koreasouth", "koreacentral"),
    ("northcentralus", "southcentralus"),
    ("northeurope", "westeurope"),
    ("norwayeast", "norwaywest"),
    ("norwaywest", "norwayeast"),
    ("southafricanorth", "southafricawest"),
    ("southafricawest", "southafricanorth"),
    ("southcentralus", "northcentralus"),
    ("southindia", "centralindia"),
    ("southeastasia", "eastasia"),
    ("swedencentral", "swedensouth"),
    ("switzerlandnorth", "switzerlandwest"),
    ("switzerlandwest", "switzerlandnorth"),
    ("uaecentral", "uaenorth"),
    ("uaenorth", "uaecentral"),
    ("uksouth", "ukwest"),
    ("ukwest", "uksouth"),
    ("westcentralus", "westus2"),
    ("westeurope", "northeurope"),
    ("westindia", "southindia"),
    ("westus", "eastus"),
    ("westus2", "westcentralus"),
    ("westus3", "eastus"),
    ("chinaeast", "chinanorth"),
    ("chinaeast2", "chinanorth2"),
    ("chinaeast3", "chinanorth3"),
    ("chinanorth", "chinaeast"),
    ("chinanorth2", "chinaeast2"),
    ("chinanorth3", "chinaeast3"),
    ("usgovarizona", "usgovtexas"),
    ("usgovvirginia", "usgovtexas"),
    ("usdodeast", "usdodcentral"),
    ("usdodcentral", "usdodeast"),
];

impl Region {
    /// Takes the display form or the canonical one.
    pub fn new(text: &str) -> Self {
        Self(text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect())
    }

    /// The region that the documentation pairs with it: Azure updates the two one after the other, and restores one of
    /// them first.
    pub fn pair(&self) -> Option<Self> {
        self.pairs_name().map(|pair| Self(pair.to_owned()))
    }

    /// Whether `other` is the region that the documentation pairs with it.
    pub fn is_paired_with(&self, other: &Self) -> bool {
        self.pairs_name() == Some(&other.0)
    }

    fn pairs_name(&self) -> Option<&'static str> {
        PAIRS.iter().find(|(own, _)| *own == self.0).map(|(_, pair)| *pair)
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

    #[test]
    fn pairs_are_those_of_the_documentation() {
        let pair = |of: &str| Region::new(of).pair().map(String::from);
        assert_eq!(pair("West Europe").as_deref(), Some("northeurope"));
        assert_eq!(pair("northeurope").as_deref(), Some("westeurope"));
        // One way only.
        assert_eq!(pair("Brazil South").as_deref(), Some("southcentralus"));
        assert_eq!(pair("South Central US").as_deref(), Some("northcentralus"));
        for alone in ["polandcentral", "atlantis", ""] {
            assert_eq!(pair(alone), None, "{alone}");
        }
        for (own, pair) in PAIRS {
            assert_eq!((Region::new(own).as_str(), Region::new(pair).as_str()), (*own, *pair));
            assert_eq!(PAIRS.iter().filter(|(other, _)| other == own).count(), 1, "{own}");
        }
    }
}
