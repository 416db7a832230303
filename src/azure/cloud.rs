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
