//! Which Azure: where Resource Manager answers, who signs tokens, and for whom they are meant.
//!
//! Blob addresses are not here on purpose: they come from each account's own `primaryEndpoints.blob`.

use url::{Host, Url};

use super::error::AzureError;

/// One Azure cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cloud {
    /// What people call it: `public`, `usgov`, `china`, or a name of the configuration.
    pub name: String,
    /// The root of Resource Manager, without a slash at its end.
    pub resource_manager: String,
    /// The scope of its tokens, ending in `/.default`.
    pub scope: String,
    /// Who issues tokens.
    pub authority: String,
    /// The scope of tokens for blobs, the same in every cloud of Microsoft's.
    pub storage_scope: String,
}

const STORAGE_SCOPE: &str = "https://storage.azure.com/.default";

impl Cloud {
    /// Azure as most people know it.
    pub fn public() -> Self {
        Self::known(
            "public",
            "https://management.azure.com",
            "https://management.azure.com",
            "https://login.microsoftonline.com/",
        )
    }

    /// Azure Government. The audience of its tokens is another host than the one that answers (azure-mgmt-core).
    pub fn us_government() -> Self {
        Self::known(
            "usgov",
            "https://management.usgovcloudapi.net",
            "https://management.core.usgovcloudapi.net",
            "https://login.microsoftonline.us/",
        )
    }

    /// Azure in China, operated by 21Vianet.
    pub fn china() -> Self {
        Self::known(
            "china",
            "https://management.chinacloudapi.cn",
            "https://management.chinacloudapi.cn",
            "https://login.chinacloudapi.cn/",
        )
    }

    /// One of the three by its name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::public(), Self::us_government(), Self::china()].into_iter().find(|cloud| cloud.name == name)
    }

    fn known(name: &str, resource_manager: &str, audience: &str, authority: &str) -> Self {
        Self {
            name: name.to_owned(),
            resource_manager: resource_manager.to_owned(),
            scope: format!("{audience}/.default"),
            authority: authority.to_owned(),
            storage_scope: STORAGE_SCOPE.to_owned(),
        }
    }

    /// Takes the slashes off the end of the addresses and sees that no secret would travel in the clear.
    ///
    /// # Errors
    /// An address that is not `https`, unless it is `http` to a loopback address, or one that is no address at all.
    pub fn checked(mut self) -> Result<Self, AzureError> {
        for (key, address) in
            [("resource_manager", &mut self.resource_manager), ("authority", &mut self.authority)]
        {
            check_address(address)
                .map_err(|why| AzureError::Setup(format!("cloud '{}': {key}: {why}", self.name)))?;
            let bare = address.trim_end_matches('/').len();
            address.truncate(bare);
        }
        if self.resource_manager.splitn(4, '/').nth(3).is_some_and(|path| !path.is_empty()) {
            let root = &self.resource_manager;
            let why = format!("resource_manager: '{root}' must be a root, without a path");
            return Err(AzureError::Setup(format!("cloud '{}': {why}", self.name)));
        }
        for (key, scope) in [("scope", &self.scope), ("storage_scope", &self.storage_scope)] {
            if scope.trim().is_empty() {
                return Err(AzureError::Setup(format!("cloud '{}': {key} is empty", self.name)));
            }
        }
        Ok(self)
    }
}

impl Cloud {
    /// Whether a token or a signature of this cloud may go to the blob endpoint that an account names.
    ///
    /// The address comes from an answer, or from a file of ours, and a token for storage opens every account. So it
    /// must lie where the cloud keeps its accounts. `primaryEndpoints.blob` is a name of Azure's even where a private
    /// link or a name of one's own leads to the same account: those are other names for it, and stand elsewhere.
    pub(crate) fn check_blob_endpoint(&self, address: &str) -> Result<Url, String> {
        let url = check_address(address)?;
        let root = check_address(&self.resource_manager)?;
        // A pretend Azure on this machine keeps its blobs on this machine, and nobody else does.
        if is_loopback(&url) != is_loopback(&root) {
            return Err(format!("'{address}' is not where this cloud keeps its blobs"));
        }
        if is_loopback(&url) {
            return Ok(url);
        }
        let is_plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let homes = blob_homes(root.host_str().unwrap_or_default());
        let host = url.host_str().unwrap_or_default();
        let is_below = |home: &String| host.strip_suffix(home).is_some_and(|name| !name.is_empty());
        if is_plain
            && url.port_or_known_default() == root.port_or_known_default()
            && homes.iter().any(is_below)
        {
            return Ok(url);
        }
        Err(format!("'{address}' is not where this cloud keeps its blobs: below {}", homes.join(" or ")))
    }
}

/// Where the accounts lie that belong to a Resource Manager. A cloud of one's own keeps them below the name that its
/// Resource Manager has: `management.REGION.EXAMPLE` and `ACCOUNT.blob.REGION.EXAMPLE`.
fn blob_homes(resource_manager: &str) -> Vec<String> {
    match resource_manager {
        // The second are accounts with a zone of their own (`dnsEndpointType` AzureDnsZone): ACCOUNT.z00 to z99. Of the
        // sovereign clouds no such form is documented, so none is guessed at: a token for storage would go there.
        "management.azure.com" => {
            vec![".blob.core.windows.net".to_owned(), ".blob.storage.azure.net".to_owned()]
        }
        "management.usgovcloudapi.net" => vec![".blob.core.usgovcloudapi.net".to_owned()],
        "management.chinacloudapi.cn" => vec![".blob.core.chinacloudapi.cn".to_owned()],
        own => vec![format!(".blob.{}", own.strip_prefix("management.").unwrap_or(own))],
    }
}

/// Whether a secret may be sent to this address: `https` anywhere, `http` on this machine only.
pub(crate) fn check_address(address: &str) -> Result<Url, String> {
    let url = Url::parse(address).map_err(|error| format!("'{address}' is no address: {error}"))?;
    if !url.username().is_empty() || url.password().is_some() {
        // It is not repeated, because it holds a password.
        return Err("the address holds a user name or a password; it must be plain: https://HOST".to_owned());
    }
    if url.host().is_none() {
        return Err(format!("'{address}' must be a plain address: https://HOST"));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(format!("'{address}' is plain http, which is accepted for loopback addresses only")),
        _ => Err(format!("'{address}' must begin with https://")),
    }
}

/// Whether the address can only mean this machine. Names but `localhost` are not looked up.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_clouds_have_names_and_pass_their_own_check() {
        for name in ["public", "usgov", "china"] {
            let cloud = Cloud::named(name).unwrap().checked().unwrap();
            assert_eq!(cloud.name, name);
            assert!(!cloud.resource_manager.ends_with('/'));
            assert!(cloud.scope.ends_with("/.default"));
        }
        assert_eq!(Cloud::named("germany"), None);
    }

    #[test]
    fn blobs_lie_where_the_cloud_keeps_them() {
        let stack = Cloud {
            resource_manager: "https://management.lab.example".to_owned(),
            name: "lab".to_owned(),
            ..Cloud::public()
        };
        let here = Cloud { resource_manager: "http://127.0.0.1:4000".to_owned(), ..stack.clone() };
        let table = [
            (Cloud::public(), "https://st.blob.core.windows.net/", true),
            (Cloud::public(), "https://ST.blob.core.windows.net:443", true),
            (Cloud::public(), "https://st.z13.blob.storage.azure.net/", true),
            (Cloud::public(), "https://st.blob.core.usgovcloudapi.net/", false),
            (Cloud::public(), "https://blob.core.windows.net/", false),
            (Cloud::public(), "https://.blob.core.windows.net/", false),
            (Cloud::public(), "https://stblob.core.windows.net/", false),
            (Cloud::public(), "https://st.blob.core.windows.net./", false),
            (Cloud::public(), "https://st.blob.core.windows.net:8443/", false),
            (Cloud::public(), "https://st.blob.core.windows.net/path", false),
            (Cloud::public(), "https://st.blob.core.windows.net/?sig=x", false),
            (Cloud::public(), "https://st.blob.core.windows.net.evil.example/", false),
            (Cloud::public(), "https://evil.example/.blob.core.windows.net", false),
            (Cloud::public(), "https://st.blob.core.windows.net@evil.example/", false),
            (Cloud::public(), "http://st.blob.core.windows.net/", false),
            (Cloud::public(), "http://127.0.0.1:10000/st", false),
            (Cloud::us_government(), "https://st.blob.core.usgovcloudapi.net/", true),
            (Cloud::us_government(), "https://st.blob.core.windows.net/", false),
            (Cloud::china(), "https://st.blob.core.chinacloudapi.cn/", true),
            (Cloud::public(), "https://st.z42.blob.storage.azure.net/", true),
            (Cloud::us_government(), "https://st.z42.blob.storage.azure.net/", false),
            (Cloud::us_government(), "https://st.z42.blob.storage.usgovcloudapi.net/", false),
            (Cloud::china(), "https://st.z42.blob.storage.azure.net/", false),
            (Cloud::china(), "https://st.z42.blob.storage.chinacloudapi.cn/", false),
            (stack.clone(), "https://st.blob.lab.example/", true),
            (stack, "https://st.blob.core.windows.net/", false),
            (here.clone(), "http://127.0.0.1:10000/st", true),
            (here, "https://st.blob.core.windows.net/", false),
        ];
        for (cloud, address, accepted) in table {
            assert_eq!(cloud.check_blob_endpoint(address).is_ok(), accepted, "{}: {address}", cloud.name);
        }
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        let table = [
            ("https://management.lab.example", true),
            ("https://management.lab.example:8443/", true),
            ("https://management.lab.example/path", false),
            ("http://127.0.0.1:4000", true),
            ("http://127.9.9.9", true),
            ("http://[::1]:4000", true),
            ("http://localhost:4000", true),
            ("http://management.lab.example", false),
            ("http://127.0.0.1.example", false),
            ("http://localhost.example", false),
            ("http://0.0.0.0:4000", false),
            ("https://user@management.azure.com", false),
            ("ftp://127.0.0.1", false),
            ("management.azure.com", false),
            ("", false),
        ];
        for (address, accepted) in table {
            let cloud = Cloud { resource_manager: address.to_owned(), ..Cloud::public() };
            assert_eq!(cloud.checked().is_ok(), accepted, "{address}");
        }
    }
}
