//! What the signed-in identity may do, from ARM's permissions call.

use serde::{Deserialize, Serialize};

/// The action that starts a restore.
pub const RESTORE: &str = "Microsoft.ApiManagement/service/restore/action";
/// The action that starts a backup.
pub const BACKUP: &str = "Microsoft.ApiManagement/service/backup/action";
/// What the polling address is guarded by. The exact name is not documented; every role that is known to work holds
/// it through `service/*/read`.
pub const POLL: &str = "Microsoft.ApiManagement/service/operationresults/read";
/// The right to read an instance.
pub const READ: &str = "Microsoft.ApiManagement/service/read";
/// The right to list its workspaces.
pub const WORKSPACES: &str = "Microsoft.ApiManagement/service/workspaces/read";
/// The right to read a storage account.
pub const ACCOUNT: &str = "Microsoft.Storage/storageAccounts/read";
/// The right to read what one may do.
pub const PERMISSIONS: &str = "Microsoft.Authorization/permissions/read";
/// The action that reads an account key.
pub const LIST_KEYS: &str = "Microsoft.Storage/storageAccounts/listKeys/action";

/// One entry of the answer: what a role grants, less what it excepts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Grant {
    /// Granted actions, with `*` for any run of characters.
    pub actions: Vec<String>,
    /// Exceptions from the same entry.
    pub not_actions: Vec<String>,
}

/// Every grant on a scope. Deny assignments are not shown by Azure, so "allowed" is an upper bound.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permissions(pub Vec<Grant>);

impl Permissions {
    /// Whether any single grant holds `action` and does not except it.
    pub fn allow(&self, action: &str) -> bool {
        self.0.iter().any(|grant| {
            grant.actions.iter().any(|pattern| matches(pattern, action))
                && !grant.not_actions.iter().any(|pattern| matches(pattern, action))
        })
    }
}

/// ARM's wildcard: `*` stands for any run of characters, slashes too; letter case does not count.
fn matches(pattern: &str, action: &str) -> bool {
    let (pattern, action) = (pattern.to_ascii_lowercase(), action.to_ascii_lowercase());
    let mut pieces = pattern.split('*');
    let Some(mut rest) = pieces.next().and_then(|first| action.strip_prefix(first)) else { return false };
    let mut pieces = pieces.peekable();
    if pieces.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return rest.ends_with(piece);
        }
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(actions: &[&str], not_actions: &[&str]) -> Grant {
        let own = |list: &[&str]| list.iter().map(|&s| s.to_owned()).collect();
        Grant { actions: own(actions), not_actions: own(not_actions) }
    }

    #[test]
    fn wildcards_exceptions_and_letter_case() {
        let table = [
            (vec![grant(&["*"], &[])], true),
            (vec![grant(&["*/read"], &[])], false),
            (vec![grant(&["microsoft.apimanagement/service/*"], &[])], true),
            (vec![grant(&["Microsoft.ApiManagement/service/restore/action"], &[])], true),
            (vec![grant(&["Microsoft.ApiManagement/*/action"], &[])], true),
            (vec![grant(&["Microsoft.ApiManagement/service/restore/actions"], &[])], false),
            (vec![grant(&["*"], &["Microsoft.ApiManagement/service/restore/action"])], false),
            // The exception of one role does not take from another.
            (vec![grant(&["*"], &["*/restore/*"]), grant(&[RESTORE], &[])], true),
            (vec![], false),
        ];
        for (grants, expected) in table {
            let shown = format!("{grants:?}");
            assert_eq!(Permissions(grants).allow(RESTORE), expected, "{shown}");
        }
    }

    #[test]
    fn the_operator_role_may_poll() {
        let operator = grant(&["Microsoft.ApiManagement/service/*/read", RESTORE], &[]);
        assert!(Permissions(vec![operator]).allow(POLL));
    }
}
