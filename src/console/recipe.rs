//! What can be copied of the thing under the cursor: how it is asked for, or how the request of a plan is sent, in the
//! words of other tools. No key is part of it, and no signed address: where one is needed a variable stands.

use jiff::{SignedDuration, Timestamp};

use super::draft::Step;
use super::intent::Form;
use super::model::{FleetRow, Model, Place};
use crate::domain::backup::Backup;
use crate::domain::instance::Instance;
use crate::domain::operation::Operation;
use crate::domain::plan::{API_VERSION, Request};
use crate::domain::shell::{json, path, percent, posix, powershell, without_wildcards};

/// The version of the activity log that is asked (Monitor, 2015-04-01 is the newest stable one).
const LOG_VERSION: &str = "2015-04-01";
/// A version of the blob service that every account knows.
const BLOB_VERSION: &str = "2021-08-06";

/// One thing that can be copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// What it is: "instance apim-core".
    pub what: String,
    asks: Asks,
    known: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Asks {
    /// Resource Manager is asked, or told.
    Manager { method: &'static str, root: String, url: String, body: Option<Body> },
    /// A blob is asked for.
    Blob { account: String, container: String, name: String, url: Option<String> },
}

/// A body in ASCII; the key of the account is put in where a shell puts it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Body {
    fields: String,
    key: Key,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Wanted,
    NotWanted,
}

/// The forms in the order of the menu, with their letters.
pub const FORMS: [(Form, char, &str); 5] = [
    (Form::Az, 'a', "az"),
    (Form::PowerShell, 'p', "PowerShell"),
    (Form::Curl, 'c', "curl"),
    (Form::Url, 'u', "URL"),
    (Form::Json, 'j', "JSON"),
];

/// What can be copied here.
///
/// # Errors
/// Why nothing can.
pub fn recipe(model: &Model) -> Result<Recipe, String> {
    let root = &model.preferences.resource_manager;
    match model.place() {
        Place::Fleet => match model.fleet_chosen() {
            Some(FleetRow::Instance(place)) => {
                let instance = model.world.inventory.instances.all().get(place);
                instance.map(|it| of_instance(root, it)).ok_or_else(nothing)
            }
            _ => Err(nothing()),
        },
        Place::Backups(_) => model.backup_chosen().map(|it| of_backup(model, it)).ok_or_else(nothing),
        Place::Operations => model.operation_chosen().map(|it| of_operation(root, it)).ok_or_else(nothing),
        Place::Wizard(_) => {
            let draft = model.draft.as_ref().filter(|draft| draft.step >= Step::Review);
            let plan = draft.and_then(super::draft::Draft::plan).ok_or_else(nothing)?;
            Ok(of_request(root, &plan.request(root)))
        }
        Place::Timeline => {
            let id = model.timeline_subject().ok_or_else(nothing)?;
            let watched = model.world.operations.get(&id).ok_or_else(nothing)?;
            Ok(of_operation(root, &watched.operation))
        }
        Place::Failover | Place::Parity(_) | Place::Problems => Err(nothing()),
    }
}

fn nothing() -> String {
    "nothing that could be copied is chosen".to_owned()
}

/// The exact request of a plan.
pub fn of_request(root: &str, request: &Request) -> Recipe {
    let body = &request.body;
    let mut fields = vec![
        ("storageAccount", body.storage_account.as_str()),
        ("containerName", body.container_name.as_str()),
        ("backupName", body.backup_name.as_str()),
        ("accessType", body.access_type),
    ];
    fields.extend(body.client_id.as_deref().map(|id| ("clientId", id)));
    let fields: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}:{}", json(name), json(value))).collect();
    let fields = fields.join(",");
    let key = if body.access_type == "AccessKey" { Key::Wanted } else { Key::NotWanted };
    let url = percent(&request.url);
    let known = format!("{{{fields}}}");
    Recipe {
        what: "request".to_owned(),
        asks: Asks::Manager {
            method: request.method,
            root: root.to_owned(),
            url,
            body: Some(Body { fields, key }),
        },
        known,
    }
}

fn asking(root: &str, url: String) -> Asks {
    Asks::Manager { method: "GET", root: root.to_owned(), url, body: None }
}

/// How an instance is read.
fn of_instance(root: &str, instance: &Instance) -> Recipe {
    let sku = instance.sku.as_ref();
    let units = sku.and_then(|it| it.units).map(|units| units.to_string());
    let known = object(&[
        ("id", Some(json(instance.id.as_str()))),
        ("name", Some(json(&instance.name))),
        ("location", Some(json(instance.region.as_str()))),
        ("tier", sku.map(|it| json(&it.tier.to_string()))),
        ("units", units),
        ("provisioningState", instance.state.as_deref().map(json)),
        ("platformVersion", instance.platform_version.as_deref().map(json)),
        ("virtualNetworkType", instance.virtual_network.as_deref().map(json)),
    ]);
    let url = percent(&format!("{root}{}?api-version={API_VERSION}", instance.id));
    Recipe { what: format!("instance {}", instance.name), asks: asking(root, url), known }
}

/// How a backup is read.
fn of_backup(model: &Model, backup: &Backup) -> Recipe {
    let address = &backup.blob.address;
    let accounts = model.world.inventory.accounts.all();
    let account = accounts.iter().find(|it| it.name == address.location.account);
    let endpoint = account.and_then(|it| it.blob_endpoint.as_deref());
    let (container, name) = (&address.location.container, &address.name);
    let url = endpoint
        .map(|it| format!("{}/{}/{}", percent(it.trim_end_matches('/')), path(container), path(name)));
    let known = object(&[
        ("account", Some(json(&address.location.account))),
        ("container", Some(json(container))),
        ("name", Some(json(name))),
        ("sizeBytes", backup.blob.size.map(|size| size.to_string())),
        ("etag", backup.blob.etag.as_deref().map(json)),
        ("takenAt", backup.taken.map(|taken| json(&taken.at.to_string()))),
        ("expiresAt", backup.expires_at().map(|at| json(&at.to_string()))),
        ("source", backup.source.instance.as_deref().map(json)),
        ("sourceTier", backup.source.tier.as_ref().map(|tier| json(&tier.to_string()))),
    ]);
    Recipe {
        what: "backup".to_owned(),
        asks: Asks::Blob {
            account: address.location.account.clone(),
            container: container.clone(),
            name: name.clone(),
            url,
        },
        known,
    }
}

/// What the activity log says of an operation; of one without a correlation id, the instance that it works on. The
/// operation's own address is signed, and shown nowhere.
fn of_operation(root: &str, operation: &Operation) -> Recipe {
    let work = &operation.intent.work;
    let instance = work.instance();
    let url = match &operation.correlation_id {
        Some(correlation) => {
            // A journal of somebody else may say any time, and Azure any id.
            let later = |at: Timestamp, minutes: i64| {
                at.checked_add(SignedDuration::from_mins(minutes)).unwrap_or(at)
            };
            let from = later(operation.planned_at, -5);
            let to = later(operation.ended_at.unwrap_or(later(from, 24 * 60)), 30);
            let correlation = correlation.replace('\'', "''");
            let filter = format!(
                "eventTimestamp ge '{from}' and eventTimestamp le '{to}' and correlationId eq '{correlation}'"
            );
            let list = format!(
                "/subscriptions/{}/providers/Microsoft.Insights/eventtypes/management/values",
                instance.subscription()
            );
            format!("{}{}?api-version={LOG_VERSION}&$filter={}", percent(root), path(&list), path(&filter))
        }
        None => percent(&format!("{root}{instance}?api-version={API_VERSION}")),
    };
    let known = object(&[
        ("operation", Some(json(&operation.id().to_string()))),
        ("kind", Some(json(&work.kind().to_string()))),
        ("instance", Some(json(instance.as_str()))),
        ("backup", work.address().map(|address| json(&address.to_string()))),
        ("phase", Some(json(&operation.phase.to_string()))),
        ("plannedAt", Some(json(&operation.planned_at.to_string()))),
        ("acceptedAt", operation.accepted_at.map(|at| json(&at.to_string()))),
        ("endedAt", operation.ended_at.map(|at| json(&at.to_string()))),
        ("correlationId", operation.correlation_id.as_deref().map(json)),
        ("requestId", operation.request_id.as_deref().map(json)),
    ]);
    Recipe { what: format!("operation {}", operation.id().short()), asks: asking(root, url), known }
}

/// A JSON object of what is known.
fn object(fields: &[(&str, Option<String>)]) -> String {
    let known =
        fields.iter().filter_map(|(name, value)| value.as_ref().map(|it| format!("  {}: {it}", json(name))));
    format!("{{\n{}\n}}", known.collect::<Vec<_>>().join(",\n"))
}

impl Recipe {
    /// It in this form.
    ///
    /// # Errors
    /// Why it cannot be had.
    pub fn text(&self, form: Form) -> Result<String, String> {
        match (form, &self.asks) {
            (Form::Json, _) => Ok(self.known.clone()),
            (form, Asks::Manager { method, root, url, body }) => Ok(match form {
                Form::Az => az(method, url, body.as_ref()),
                Form::PowerShell => invoke(method, url, root, body.as_ref()),
                Form::Curl => format!("{}\n{}", token(root), curl(method, url, body.as_ref())),
                Form::Url | Form::Json => url.clone(),
            }),
            (form, Asks::Blob { account, container, name, url }) => {
                let known = || {
                    url.clone().ok_or_else(|| {
                        format!("the address of {account} is not known yet: its storage account was not read")
                    })
                };
                Ok(match form {
                    Form::Az => format!(
                        "az storage blob show --auth-mode login --account-name={} --container-name={} --name={}",
                        posix(account),
                        posix(container),
                        posix(name)
                    ),
                    Form::PowerShell => format!(
                        "Get-AzStorageBlob -Context (New-AzStorageContext -StorageAccountName {} -UseConnectedAccount) \
                         -Container {} -Blob {}",
                        powershell(account),
                        powershell(container),
                        powershell(&without_wildcards(name))
                    ),
                    Form::Curl => format!(
                        "{}\ncurl --silent --show-error --globoff --head --header \"Authorization: Bearer $TOKEN\" \
                         --header 'x-ms-version: {BLOB_VERSION}' {}",
                        token("https://storage.azure.com/"),
                        posix(&known()?)
                    ),
                    Form::Url | Form::Json => known()?,
                })
            }
        }
    }
}

fn az(method: &str, url: &str, body: Option<&Body>) -> String {
    let mut command = format!("az rest --method {} --url {}", method.to_ascii_lowercase(), posix(url));
    if let Some(body) = body {
        command.push_str(&format!(" --body {}", body.posix()));
    }
    command
}

/// By the path alone where the address is Resource Manager's: the cloud is that of the sign-in.
fn invoke(method: &str, url: &str, root: &str, body: Option<&Body>) -> String {
    let path = url.strip_prefix(&percent(root)).unwrap_or(url);
    let mut command = format!("Invoke-AzRestMethod -Method {method} -Path {}", powershell(path));
    if let Some(body) = body {
        command.push_str(&format!(" -Payload {}", body.powershell()));
    }
    command
}

fn token(resource: &str) -> String {
    format!(
        "TOKEN=$(az account get-access-token --resource {} --query accessToken --output tsv)",
        posix(resource)
    )
}

fn curl(method: &str, url: &str, body: Option<&Body>) -> String {
    let mut command = format!(
        "curl --silent --show-error --globoff --request {method} --header \"Authorization: Bearer $TOKEN\""
    );
    if let Some(body) = body {
        command.push_str(&format!(" --header 'Content-Type: application/json' --data-raw {}", body.posix()));
    }
    command.push_str(&format!(" {}", posix(url)));
    command
}

impl Body {
    fn posix(&self) -> String {
        match self.key {
            Key::NotWanted => posix(&format!("{{{}}}", self.fields)),
            Key::Wanted => format!(
                "{}\"$ACCOUNT_KEY\"{}",
                posix(&format!("{{{},\"accessKey\":\"", self.fields)),
                posix("\"}")
            ),
        }
    }

    fn powershell(&self) -> String {
        match self.key {
            Key::NotWanted => powershell(&format!("{{{}}}", self.fields)),
            Key::Wanted => format!(
                "({} + $env:ACCOUNT_KEY + {})",
                powershell(&format!("{{{},\"accessKey\":\"", self.fields)),
                powershell("\"}")
            ),
        }
    }
}
