//! What would be sent: one backup or one restore, as a value. Nothing here can send it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::backup::{Source, Taken};
use super::resource::ResourceId;
use super::storage::BackupAddress;

/// The api-version of Microsoft.ApiManagement that every request of ours names: the newest stable one, and one that
/// knows `accessType` (2021-08-01 or later).
pub const API_VERSION: &str = "2024-05-01";

/// How Azure reaches the storage account.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Access {
    /// With the account key, read through ARM at the last moment.
    Key,
    /// With the system-assigned identity of the instance.
    System,
    /// With the user-assigned identity that has this client id.
    User {
        /// The client id, not the principal id and not the ARM id.
        client_id: String,
    },
}

/// The text is not a way of access.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not an access: use system, user:CLIENT_ID or key")]
pub struct InvalidAccess(String);

impl FromStr for Access {
    type Err = InvalidAccess;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            None if text == "key" => Ok(Self::Key),
            None if text == "system" => Ok(Self::System),
            Some(("user", client_id)) if !client_id.trim().is_empty() => {
                Ok(Self::User { client_id: client_id.trim().to_owned() })
            }
            _ => Err(InvalidAccess(text.to_owned())),
        }
    }
}

impl TryFrom<String> for Access {
    type Error = InvalidAccess;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Access> for String {
    fn from(access: Access) -> Self {
        access.to_string()
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key => f.write_str("key"),
            Self::System => f.write_str("system"),
            Self::User { client_id } => write!(f, "user:{client_id}"),
        }
    }
}

/// A restore that could be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RestorePlan {
    /// The instance whose configuration would be overwritten.
    pub target: ResourceId,
    /// The backup that would be read.
    pub backup: BackupAddress,
    /// How the target reaches the storage account.
    pub access: Access,
    /// Where the backup came from, as far as known when the plan was made.
    pub source: Source,
    /// When the backup was taken, as far as known when the plan was made.
    pub taken: Option<Taken>,
}

/// A backup that could be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BackupPlan {
    /// The instance that would be backed up.
    pub instance: ResourceId,
    /// Where the backup would be written.
    pub to: BackupAddress,
    /// How the instance reaches the storage account.
    pub access: Access,
}

/// Either of the two things that this program can start in Azure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Plan {
    /// A restore.
    Restore(RestorePlan),
    /// A backup.
    Backup(BackupPlan),
}

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// A backup.
    Backup,
    /// A restore.
    Restore,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Backup => "backup",
            Self::Restore => "restore",
        })
    }
}

impl Plan {
    /// Which of the two it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Restore(_) => Kind::Restore,
            Self::Backup(_) => Kind::Backup,
        }
    }

    /// The restore, when it is one.
    pub fn restore(&self) -> Option<&RestorePlan> {
        match self {
            Self::Restore(plan) => Some(plan),
            Self::Backup(_) => None,
        }
    }

    /// The instance that the request is sent to: the target of a restore, the source of a backup.
    pub fn instance(&self) -> &ResourceId {
        match self {
            Self::Restore(plan) => &plan.target,
            Self::Backup(plan) => &plan.instance,
        }
    }

    /// The blob that is read or written.
    pub fn address(&self) -> &BackupAddress {
        match self {
            Self::Restore(plan) => &plan.backup,
            Self::Backup(plan) => &plan.to,
        }
    }

    /// How Azure reaches the storage account.
    pub fn access(&self) -> &Access {
        match self {
            Self::Restore(plan) => &plan.access,
            Self::Backup(plan) => &plan.access,
        }
    }

    /// The request as it would leave, but for the account key: what is shown is what is sent.
    ///
    /// `resource_manager` is the root of ARM without a slash at its end, such as `https://management.azure.com`.
    pub fn request(&self, resource_manager: &str) -> Request {
        let address = self.address();
        let (access_type, client_id) = match self.access() {
            Access::Key => ("AccessKey", None),
            Access::System => ("SystemAssignedManagedIdentity", None),
            Access::User { client_id } => ("UserAssignedManagedIdentity", Some(client_id.clone())),
        };
        Request {
            method: "POST",
            url: format!("{resource_manager}{}/{}?api-version={API_VERSION}", self.instance(), self.kind()),
            body: RequestBody {
                storage_account: address.location.account.clone(),
                container_name: address.location.container.clone(),
                backup_name: address.name.clone(),
                access_type,
                client_id,
            },
        }
    }
}

/// A request, to be shown and sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Request {
    /// Always POST.
    pub method: &'static str,
    /// The whole address.
    pub url: String,
    /// The body, without a key.
    pub body: RequestBody,
}

/// `ApiManagementServiceBackupRestoreParameters` without `accessKey`, which is added where it is sent and nowhere
/// else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestBody {
    /// The account's name: ARM takes neither an id nor an address here.
    pub storage_account: String,
    /// The container's name.
    pub container_name: String,
    /// The blob's name.
    pub backup_name: String,
    /// Sent always, because its default is AccessKey.
    pub access_type: &'static str,
    /// Only with a user-assigned identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
}

#[cfg(test)]
pub(crate) mod samples {
    use super::*;
    use crate::domain::backup::Backup;
    use crate::domain::instance::Instance;

    /// A restore of `backup` into `target` with the system-assigned identity.
    pub(crate) fn restore(backup: &Backup, target: &Instance) -> RestorePlan {
        RestorePlan {
            target: target.id.clone(),
            backup: backup.blob.address.clone(),
            access: Access::System,
            source: backup.source.clone(),
            taken: backup.taken,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::backup::samples::backup;
    use crate::domain::instance::samples::instance;
    use crate::domain::sku::Tier;
    use serde_json::json;

    #[test]
    fn the_three_ways_of_access_have_their_published_bodies() {
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        let mut plan = samples::restore(&backup("apim-core", 5, now), &instance("apim-dr", Tier::Premium));
        let table = [
            ("key", json!({"accessType": "AccessKey"})),
            ("system", json!({"accessType": "SystemAssignedManagedIdentity"})),
            ("user:c-1", json!({"accessType": "UserAssignedManagedIdentity", "clientId": "c-1"})),
        ];
        for (access, mut expected) in table {
            plan.access = access.parse().unwrap();
            assert_eq!(plan.access.to_string(), access);
            expected["storageAccount"] = "stcore".into();
            expected["containerName"] = "apim".into();
            expected["backupName"] = "apim-core-5.apimbackup".into();
            let request = Plan::Restore(plan.clone()).request("https://management.azure.com");
            assert_eq!(serde_json::to_value(&request.body).unwrap(), expected);
            assert!(
                request.url.ends_with("/service/apim-dr/restore?api-version=2024-05-01"),
                "{}",
                request.url
            );
        }
    }

    #[test]
    fn a_plan_tells_what_it_works_on_whichever_it_is() {
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        let restore = samples::restore(&backup("apim-core", 5, now), &instance("apim-dr", Tier::Premium));
        let RestorePlan { target, backup, .. } = restore.clone();
        let to = BackupAddress { name: "other".into(), ..backup.clone() };
        let other = instance("apim-core", Tier::Premium).id;
        let plan = BackupPlan { instance: other.clone(), to: to.clone(), access: Access::Key };
        let table = [
            (Plan::Restore(restore), Kind::Restore, "restore", target, backup, Access::System),
            (Plan::Backup(plan), Kind::Backup, "backup", other, to, Access::Key),
        ];
        for (plan, kind, word, instance, address, access) in table {
            assert_eq!((plan.kind(), plan.kind().to_string().as_str()), (kind, word));
            assert_eq!(plan.restore().is_some(), kind == Kind::Restore);
            assert_eq!((plan.instance(), plan.address(), plan.access()), (&instance, &address, &access));
            let url = plan.request("https://management.azure.com").url;
            let expected = format!("https://management.azure.com{instance}/{word}?api-version=2024-05-01");
            assert_eq!(url, expected);
        }
    }

    #[test]
    fn an_access_is_kept_as_the_text_that_names_it() {
        for text in ["key", "system", "user:c-1"] {
            let json = json!(text);
            let access: Access = serde_json::from_value(json.clone()).unwrap();
            assert_eq!(serde_json::to_value(access).unwrap(), json);
        }
        assert!(serde_json::from_value::<Access>(json!("keys")).is_err());
        assert_eq!("user: c-1 ".parse(), Ok(Access::User { client_id: "c-1".into() }));
    }

    #[test]
    fn a_wrong_access_says_the_right_ones() {
        for text in ["", "keys", "user", "user:", "user: ", "system:x", "key:"] {
            assert!(text.parse::<Access>().unwrap_err().to_string().contains("user:CLIENT_ID"));
        }
    }
}
