//! Names that Azure Resource Manager gives: compared without regard to case, kept as they were written.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// An ARM resource id, such as
/// `/subscriptions/{id}/resourceGroups/{group}/providers/Microsoft.ApiManagement/service/{name}`.
///
/// ARM answers the same id in different letter cases, so equality and hashing ignore ASCII case while the text
/// stays what Azure wrote. A copy is cheap: many things name the same resource.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ResourceId(Arc<str>);

/// The text is not an ARM resource id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is not a resource id: it must look like /subscriptions/ID/resourceGroups/GROUP/providers/TYPE/NAME"
)]
pub struct InvalidResourceId(String);

impl ResourceId {
    /// The id exactly as it was read.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The subscription that holds the resource.
    pub fn subscription(&self) -> SubscriptionId {
        SubscriptionId::new(self.subscription_text())
    }

    /// The id of that subscription as Azure wrote it here.
    pub fn subscription_text(&self) -> &str {
        self.after("subscriptions").unwrap_or_default()
    }

    /// The resource group, or an empty text for a resource that has none.
    pub fn resource_group(&self) -> &str {
        self.after("resourceGroups").unwrap_or_default()
    }

    /// The last segment: what people call the resource.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// Whether `self` is `scope` or lies below it. Both are taken segment by segment.
    pub fn is_within(&self, scope: &str) -> bool {
        let mut inner = self.0.split('/').filter(|s| !s.is_empty());
        scope
            .split('/')
            .filter(|s| !s.is_empty())
            .all(|segment| inner.next().is_some_and(|own| own.eq_ignore_ascii_case(segment)))
    }

    fn after(&self, key: &str) -> Option<&str> {
        let mut segments = self.0.split('/');
        segments.find(|s| s.eq_ignore_ascii_case(key))?;
        segments.next()
    }
}

impl FromStr for ResourceId {
    type Err = InvalidResourceId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let id = Self(text.trim_end_matches('/').into());
        let segments: Vec<&str> = id.0.split('/').collect();
        let rooted = segments.first() == Some(&"")
            && segments.get(1).is_some_and(|s| s.eq_ignore_ascii_case("subscriptions"));
        let full = segments.len() >= 3 && segments.iter().skip(1).all(|s| !s.is_empty());
        if rooted && full { Ok(id) } else { Err(InvalidResourceId(text.to_owned())) }
    }
}

impl TryFrom<String> for ResourceId {
    type Error = InvalidResourceId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ResourceId> for String {
    fn from(id: ResourceId) -> Self {
        id.as_str().to_owned()
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialEq for ResourceId {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for ResourceId {}

impl PartialOrd for ResourceId {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ResourceId {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let lower = |byte: u8| byte.to_ascii_lowercase();
        self.0.bytes().map(lower).cmp(other.0.bytes().map(lower))
    }
}

impl Hash for ResourceId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for byte in self.0.bytes() {
            state.write_u8(byte.to_ascii_lowercase());
        }
    }
}

/// The id of a subscription, a GUID in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct SubscriptionId(String);

impl SubscriptionId {
    /// Takes any spelling; the canonical one is lower case.
    pub fn new(text: &str) -> Self {
        Self(text.to_ascii_lowercase())
    }

    /// The GUID in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for SubscriptionId {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl From<SubscriptionId> for String {
    fn from(id: SubscriptionId) -> Self {
        id.0
    }
}

impl fmt::Display for SubscriptionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A subscription that the signed-in identity can see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Its id.
    pub id: SubscriptionId,
    /// What people call it.
    pub name: String,
    /// Azure's word: Enabled, Warned, PastDue, Disabled, Deleted; others may come.
    pub state: Option<String>,
    /// The tenant that owns it.
    pub tenant: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const CORE: &str =
        "/subscriptions/AA-BB/resourceGroups/rg-core/providers/Microsoft.ApiManagement/service/apim-core";

    #[test]
    fn an_id_is_the_same_in_every_letter_case_and_keeps_its_spelling() {
        let id: ResourceId = CORE.parse().unwrap();
        let shouted: ResourceId = CORE.to_uppercase().parse().unwrap();
        assert_eq!(id, shouted);
        assert_eq!(id.cmp(&shouted), std::cmp::Ordering::Equal);
        assert_eq!(id.to_string(), CORE);
    }

    #[test]
    fn its_parts_are_found_whatever_their_case() {
        let id: ResourceId = CORE.replace("resourceGroups", "resourcegroups").parse().unwrap();
        assert_eq!(id.subscription().as_str(), "aa-bb");
        assert_eq!(id.resource_group(), "rg-core");
        assert_eq!(id.name(), "apim-core");
    }

    #[test]
    fn a_scope_holds_what_lies_below_it_and_not_its_name_twin() {
        let id: ResourceId = CORE.parse().unwrap();
        assert!(id.is_within("/subscriptions/aa-bb"));
        assert!(id.is_within(CORE));
        assert!(!id.is_within("/subscriptions/aa-bb/resourceGroups/rg-cor"));
        assert!(!id.is_within("/subscriptions/aa-b"));
    }

    #[test]
    fn what_is_no_id_is_refused_with_the_text() {
        for text in ["", "apim-core", "/resourceGroups/x/y", "/subscriptions/", "/subscriptions/a//b"] {
            let error = text.parse::<ResourceId>().unwrap_err();
            assert!(error.to_string().contains(text), "{error}");
        }
    }
}
