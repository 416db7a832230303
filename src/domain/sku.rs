//! The pricing tier and its units. A restore needs the same tier; units may differ.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A pricing tier, `sku.name` in ARM. Open: a word that we do not know is kept and never judged by guess.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Tier {
    /// One unit, no SLA.
    Developer,
    /// Classic tier.
    Basic,
    /// Classic tier.
    Standard,
    /// Classic tier with regions, zones and networks.
    Premium,
    /// Serverless; has no backup.
    Consumption,
    /// Seen in real lists, documented nowhere for backups.
    Isolated,
    /// v2 platform; has no backup.
    BasicV2,
    /// v2 platform; has no backup.
    StandardV2,
    /// v2 platform; has no backup.
    PremiumV2,
    /// A word newer than this program, verbatim.
    Other(String),
}

/// Whether Azure offers backup and restore.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BackupSupport {
    /// Offered by the documentation.
    Supported,
    /// Refused by the documentation.
    Unsupported,
    /// Not documented either way.
    Unknown,
}

impl Tier {
    /// Whether backup and restore exist in this tier.
    ///
    /// Source: "Backup and restore aren't supported in the v2 service tiers" and the feature comparison of tiers
    /// (Developer, Basic, Standard, Premium: yes; Consumption: no). Nothing is said of Isolated.
    pub fn backup_support(&self) -> BackupSupport {
        match self {
            Self::Developer | Self::Basic | Self::Standard | Self::Premium => BackupSupport::Supported,
            Self::Consumption | Self::BasicV2 | Self::StandardV2 | Self::PremiumV2 => {
                BackupSupport::Unsupported
            }
            Self::Isolated | Self::Other(_) => BackupSupport::Unknown,
        }
    }

    /// Azure's word.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Developer => "Developer",
            Self::Basic => "Basic",
            Self::Standard => "Standard",
            Self::Premium => "Premium",
            Self::Consumption => "Consumption",
            Self::Isolated => "Isolated",
            Self::BasicV2 => "BasicV2",
            Self::StandardV2 => "StandardV2",
            Self::PremiumV2 => "PremiumV2",
            Self::Other(word) => word,
        }
    }
}

impl From<&str> for Tier {
    fn from(word: &str) -> Self {
        const KNOWN: [Tier; 9] = [
            Tier::Developer,
            Tier::Basic,
            Tier::Standard,
            Tier::Premium,
            Tier::Consumption,
            Tier::Isolated,
            Tier::BasicV2,
            Tier::StandardV2,
            Tier::PremiumV2,
        ];
        KNOWN
            .into_iter()
            .find(|tier| tier.as_str().eq_ignore_ascii_case(word))
            .unwrap_or_else(|| Self::Other(word.to_owned()))
    }
}

impl From<String> for Tier {
    fn from(word: String) -> Self {
        Self::from(word.as_str())
    }
}

impl From<Tier> for String {
    fn from(tier: Tier) -> Self {
        tier.as_str().to_owned()
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A tier with its units.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sku {
    /// The tier.
    pub tier: Tier,
    /// Scale units; Consumption has none and says 0.
    pub units: Option<u32>,
}

impl fmt::Display for Sku {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.units {
            Some(units) if units > 0 => write!(f, "{}/{units}", self.tier),
            _ => write!(f, "{}", self.tier),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_survives_a_round_trip_and_support_is_never_guessed() {
        let table = [
            ("Developer", BackupSupport::Supported),
            ("Basic", BackupSupport::Supported),
            ("Standard", BackupSupport::Supported),
            ("Premium", BackupSupport::Supported),
            ("Consumption", BackupSupport::Unsupported),
            ("BasicV2", BackupSupport::Unsupported),
            ("StandardV2", BackupSupport::Unsupported),
            ("PremiumV2", BackupSupport::Unsupported),
            ("Isolated", BackupSupport::Unknown),
            ("PremiumV3", BackupSupport::Unknown),
        ];
        for (word, support) in table {
            let tier = Tier::from(word);
            assert_eq!(tier.to_string(), word);
            assert_eq!(tier.backup_support(), support, "{word}");
        }
        assert_eq!(Tier::from("premium"), Tier::Premium);
    }

    #[test]
    fn units_are_shown_where_there_are_any() {
        assert_eq!(Sku { tier: Tier::Premium, units: Some(2) }.to_string(), "Premium/2");
        assert_eq!(Sku { tier: Tier::Consumption, units: Some(0) }.to_string(), "Consumption");
    }
}
