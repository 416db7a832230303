//! The pages of the Azure portal. They are addressed by what stands behind the `#`: `#resource` and a resource id, which
//! the portal resolves for whoever is signed in there (the form that its own "Share a link" gives).

use super::resource::ResourceId;
use super::shell::percent;

/// The roots of Resource Manager and the portals that belong to them. A cloud of one's own has none that is known.
const PORTALS: [(&str, &str); 3] = [
    ("https://management.azure.com", "https://portal.azure.com"),
    ("https://management.usgovcloudapi.net", "https://portal.azure.us"),
    ("https://management.chinacloudapi.cn", "https://portal.azure.cn"),
];

/// The page of a resource in the portal that belongs to this root of Resource Manager; `None` where none is known.
pub fn page(resource_manager: &str, id: &ResourceId) -> Option<String> {
    let root = resource_manager.trim_end_matches('/');
    let (_, portal) = PORTALS.iter().find(|(known, _)| known.eq_ignore_ascii_case(root))?;
    Some(format!("{portal}/#resource{}/overview", percent(id.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cloud_has_its_portal_and_an_unknown_one_has_none() {
        let id: ResourceId =
            "/subscriptions/s/resourceGroups/rg x/providers/Microsoft.ApiManagement/service/apim-core"
                .parse()
                .unwrap();
        let page = |root| page(root, &id);
        let path = "/#resource/subscriptions/s/resourceGroups/rg%20x/providers/Microsoft.ApiManagement/service/apim-core/overview";
        for (root, portal) in [
            ("https://management.azure.com", "https://portal.azure.com"),
            ("https://management.azure.com/", "https://portal.azure.com"),
            ("https://management.usgovcloudapi.net", "https://portal.azure.us"),
            ("https://management.chinacloudapi.cn", "https://portal.azure.cn"),
        ] {
            assert_eq!(page(root), Some(format!("{portal}{path}")));
        }
        for root in [
            "http://127.0.0.1:4711",
            "https://management.lab.example",
            "https://management.azure.com.evil.example",
        ] {
            assert_eq!(page(root), None, "{root}");
        }
    }
}
