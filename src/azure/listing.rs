//! How a container is read.

use std::fmt;
use std::str::FromStr;

/// With what right blobs are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Listing {
    /// With an Entra token first, with the account key when that is refused and keys may be read.
    #[default]
    Auto,
    /// With an Entra token only.
    Entra,
    /// With the account key only.
    Key,
}

/// The text is not a way to list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a way to list: use auto, entra or key")]
pub struct InvalidListing(String);

impl FromStr for Listing {
    type Err = InvalidListing;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "auto" => Ok(Self::Auto),
            "entra" => Ok(Self::Entra),
            "key" => Ok(Self::Key),
            _ => Err(InvalidListing(text.to_owned())),
        }
    }
}

impl fmt::Display for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Entra => "entra",
            Self::Key => "key",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_its_own_and_others_are_refused() {
        for listing in [Listing::Auto, Listing::Entra, Listing::Key] {
            assert_eq!(listing.to_string().parse(), Ok(listing));
        }
        assert!("Entra".parse::<Listing>().is_err());
    }
}
