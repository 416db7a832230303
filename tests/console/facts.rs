//! Facts on which every check of a restore is fine.

use jiff::{SignedDuration, Timestamp};
use lifeboat::domain::backup::Provenance;
use lifeboat::domain::blob_service::BlobService;
use lifeboat::domain::deed::Log;
use lifeboat::domain::fact::{Fact, Known};
use lifeboat::domain::instance::{Instance, Mark};
use lifeboat::domain::lock::Locks;
use lifeboat::domain::parity::{Collection, Contents, Portal, Portrait, Settings};
use lifeboat::domain::permission::{Grant, Permissions};
use lifeboat::domain::plan::Plan;
use lifeboat::domain::preflight::Facts;
use lifeboat::domain::region::Region;
use lifeboat::domain::role::{AccountRoles, HeldRole, RoleAssignment};
use lifeboat::domain::session::{Renewal, Session};
use lifeboat::domain::storage::StorageAccount;
use lifeboat::domain::traffic::{Traffic, WINDOW};

use super::stage::{backup, backups, fleet, instance};

pub(crate) fn known<T>(value: T, at: Timestamp) -> Fact<T> {
    Fact::Known(Known { value, source: "ARM GET".to_owned(), read_at: at })
}

pub(crate) fn facts(plan: &Plan, at: Timestamp) -> Facts {
    let spare = instance("apim-pay-dr", "Premium", 2, "francecentral");
    let instance =
        fleet().into_iter().chain([spare]).find(|it| it.id == *plan.instance()).expect("it is of the fleet");
    let newest = backup("apim-iot-prod", Some("Standard"), 20, Provenance::Manifest);
    let backup = backups().into_iter().chain([newest]).find(|it| it.blob.address == *plan.address());
    let grants =
        |action: &str| Permissions(vec![Grant { actions: vec![action.to_owned()], not_actions: Vec::new() }]);
    let roles = AccountRoles { account: account().id, held: vec![contributor(&instance, at)] };
    Facts {
        instance: known(instance, at),
        workspaces: known(0, at),
        permissions: known(grants("*"), at),
        account: known(account(), at),
        account_permissions: known(grants("*"), at),
        backup: backup.map_or(Fact::NotAsked, |it| known(it, at)),
        blob_service: known(BlobService::default(), at),
        lifecycle: known(Vec::new(), at),
        roles: known(roles, at),
        denials: known(Vec::new(), at),
        deleted: Fact::NotAsked,
        occupied: known(None, at),
        settings: known(Settings::default(), at),
        manifest: Fact::NotAsked,
        source: Portrait {
            settings: known(Settings::default(), at),
            portal: known(Portal::default(), at),
            vault: known(Vec::new(), at),
            contents: [(Collection::Gateways, known(Contents::default(), at))].into(),
            ..Portrait::default()
        },
        vault: Fact::NotAsked,
        portal: Fact::NotAsked,
        network: known(Vec::new(), at),
        unfinished: Fact::NotAsked,
        session: known(session(at), at),
        usual: known(None, at),
        locks: known(Locks::default(), at),
        log: known(log(at), at),
        source_log: known(log(at), at),
        tier_changes: Fact::NotAsked,
        platform_then: known("stv2".to_owned(), at),
        traffic: known(Traffic { requests: 0, since: at - WINDOW, until: at }, at),
        mark: known(Mark::Unmarked, at),
    }
}

/// Storage Blob Data Contributor of an instance's own identity, held for long.
fn contributor(instance: &Instance, at: Timestamp) -> HeldRole {
    let role = "ba92f5b4-2d11-453d-a403-e96b0029c9fe".to_owned();
    let assignment = RoleAssignment {
        scope: account().id.to_string(),
        definition: format!("/providers/Microsoft.Authorization/roleDefinitions/{role}"),
        role,
        principal: instance.identity.system.clone().unwrap_or_default(),
        condition: None,
        created_at: Some(at - SignedDuration::from_hours(9_000)),
    };
    HeldRole { assignment, definition: None }
}

fn session(at: Timestamp) -> Session {
    let expires_at = at + SignedDuration::from_mins(50);
    let name = Some("oncall@contoso.example".to_owned());
    Session { via: "Azure CLI".to_owned(), name, expires_at, renewal: Renewal::Assured }
}

/// Thirty days in which nobody changed anything.
fn log(at: Timestamp) -> Log {
    Log { since: at - SignedDuration::from_hours(30 * 24), deeds: Vec::new() }
}

pub(crate) fn account() -> StorageAccount {
    StorageAccount {
        id: "/subscriptions/6f1c/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/stcorebackup"
            .parse()
            .unwrap(),
        name: "stcorebackup".to_owned(),
        region: Region::new("westeurope"),
        blob_endpoint: Some("https://stcorebackup.blob.core.windows.net/".to_owned()),
        shared_key_access: Some(true),
        public_network_access: Some("Enabled".to_owned()),
        default_action: Some("Allow".to_owned()),
        bypass: None,
        resource_rules: Vec::new(),
        address_rules: Vec::new(),
        key_made_at: None,
        has_folders: None,
    }
}
