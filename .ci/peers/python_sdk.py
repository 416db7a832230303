"""The official Python SDK: azure-identity, the management clients and the blob client, all as released."""

from datetime import datetime, timedelta, timezone

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.identity import ClientSecretCredential
from azure.mgmt.apimanagement import ApiManagementClient
from azure.mgmt.apimanagement.models import ApiManagementServiceBackupRestoreParameters as Transfer
from azure.mgmt.apimanagement.models import ApiManagementServiceResource
from azure.mgmt.monitor import MonitorManagementClient
from azure.mgmt.storage import StorageManagementClient
from azure.storage.blob import BlobServiceClient

from checks import (CLIENT, CORE, ORIGIN, PAYMENTS, PRODUCTS, SECRET, TENANT, UNREADABLE, Checks, expect,
                    instance_id, until)

check = Checks("Python SDK")
GROUP, STANDBY, ACCOUNT, CONTAINER = "rg-core-dr", "apim-core-dr", "stcorebackup", "apim"
STANDBY_ID = instance_id(CORE, GROUP, STANDBY)
BACKUP = "by the sdk/päckchen 100% + mehr.apimbackup"
SYSTEM, USER, KEY = "SystemAssignedManagedIdentity", "UserAssignedManagedIdentity", "AccessKey"
WAIT = 60  # seconds an operation may take; at speed 200 the longest takes four

credential = ClientSecretCredential(TENANT, CLIENT, SECRET, authority=ORIGIN, disable_instance_discovery=True)
# No client may be tempted to ask the real Azure: address and audience are always given.
arm = {"base_url": ORIGIN, "credential_scopes": ["https://management.azure.com/.default"]}


def apim(subscription):
    return ApiManagementClient(credential, subscription, **arm).api_management_service


def storage(subscription=CORE):
    return StorageManagementClient(credential, subscription, **arm)


def refusal(action):
    """The error that `action` ends in."""
    try:
        action()
    except HttpResponseError as error:
        return error
    raise AssertionError("it was not refused")


def refused(action, status, code, words=""):
    error = refusal(action)
    expect((error.status_code, error.error and error.error.code), (status, code), "answer")
    expect(error.error.message, lambda text: words in text, "message")
    return f"{status} {code} {words}".strip()


def key_of(account, group, subscription=CORE):
    return storage(subscription).storage_accounts.list_keys(group, account).keys_property[0].value


def blobs(account, given):
    return BlobServiceClient(f"{ORIGIN}/{account}", credential=given)


def with_key(account=ACCOUNT, group=GROUP, subscription=CORE):
    return blobs(account, {"account_name": account, "account_key": key_of(account, group, subscription)})


@check("lists instances of a subscription and of a group")
def _():
    names = [row.name for row in apim(CORE).list()]
    expect(names, lambda names: {"apim-core-prod", STANDBY} <= set(names), "names")
    expect([row.name for row in apim(CORE).list_by_resource_group(GROUP)], lambda names: STANDBY in names, "names")
    return f"{len(names)} instances"


@check("gets an instance")
def _():
    row = apim(CORE).get(GROUP, STANDBY)
    expect((row.id, row.sku.name, row.location), (STANDBY_ID, "Premium", "North Europe"), "instance")
    expect(row.identity.type, "SystemAssigned", "identity")


@check("an instance has no property that the SDK's api-version does not know")
def _():
    known = {entry["key"] for entry in ApiManagementServiceResource._attribute_map.values()}
    body = apim(CORE).get(GROUP, STANDBY, cls=lambda answer, *_: answer.http_response.json())
    names = {f"properties.{name}" for name in body.pop("properties")} | set(body)
    # The first was recorded; the second is a preview's, sent because clients must step over what they do not know.
    stepped_over = {"properties.dataApiUrl", "properties.releaseChannel"}
    expect(names - known, lambda unknown: unknown <= stepped_over, "what the SDK does not know")
    return f"{len(names)} properties"


@check("reads children: APIs, workspaces, tiers, network status")
def _():
    client = ApiManagementClient(credential, CORE, **arm)
    expect(list(client.api.list_by_service(GROUP, STANDBY)), bool, "APIs")
    expect(list(client.api_management_service_skus.list_available_service_skus(GROUP, STANDBY)), bool, "tiers")
    expect(list(client.network_status.list_by_service(GROUP, STANDBY)), bool, "regions")
    geo = ApiManagementClient(credential, PRODUCTS, **arm)
    expect(len(list(geo.workspace.list_by_service("rg-geo", "apim-geo-prod"))), 3, "workspaces")


@check("a subscription without rights is refused")
def _():
    return refused(lambda: list(apim(UNREADABLE).list()), 403, "AuthorizationFailed")


@check("storage: accounts, keys, blob service, containers")
def _():
    client = storage()
    expect([row.name for row in client.storage_accounts.list()], lambda names: ACCOUNT in names, "accounts")
    account = client.storage_accounts.get_properties(GROUP, ACCOUNT)
    expect(account.primary_endpoints.blob, f"{ORIGIN}/{ACCOUNT}/", "blob endpoint")
    expect(key_of(ACCOUNT, GROUP), bool, "key")
    client.blob_services.get_service_properties(GROUP, ACCOUNT)
    expect([row.name for row in client.blob_containers.list(GROUP, ACCOUNT)], lambda names: CONTAINER in names)


@check("begin_backup with the system identity, polled to the end")
def _():
    order = Transfer(storage_account=ACCOUNT, container_name=CONTAINER, backup_name=BACKUP, access_type=SYSTEM)
    result = apim(CORE).begin_backup(GROUP, STANDBY, order).result(WAIT)
    expect(result.name, STANDBY, "name of the result")
    blob = with_key().get_blob_client(CONTAINER, BACKUP).get_blob_properties()
    expect(blob.size, lambda size: size > 0, "size")


@check("begin_restore with the system identity, polled to the end")
def _():
    before = apim(CORE).get(GROUP, STANDBY)
    order = Transfer(storage_account=ACCOUNT, container_name=CONTAINER, backup_name=BACKUP, access_type=SYSTEM)
    poller = apim(CORE).begin_restore(GROUP, STANDBY, order)
    moving = apim(CORE).get(GROUP, STANDBY)
    expect(moving.target_provisioning_state, "Updating", "target state while it runs")
    after = poller.result(WAIT)
    expect((after.provisioning_state, after.target_provisioning_state), ("Succeeded", ""), "state")
    expect(after.etag, lambda etag: etag != before.etag, "etag")
    expect(after.hostname_configurations[0].host_name, before.hostname_configurations[0].host_name, "hostname")


@check("begin_restore with a user-assigned identity")
def _():
    target = apim(PAYMENTS).get("rg-pay-dr", "apim-pay-dr")
    client_id = next(iter(target.identity.user_assigned_identities.values())).client_id
    names = [blob.name for blob in with_key("stpaybackup", "rg-pay-dr", PAYMENTS).get_container_client(CONTAINER)
             .list_blobs() if not blob.name.endswith(".json")]
    order = Transfer(storage_account="stpaybackup", container_name=CONTAINER, backup_name=max(names),
                     access_type=USER, client_id=client_id)
    expect(apim(PAYMENTS).begin_restore("rg-pay-dr", "apim-pay-dr", order).result(WAIT).name, "apim-pay-dr")


@check("a tier that differs ends in HttpResponseError on a poll")
def _():
    order = Transfer(storage_account=ACCOUNT, container_name=CONTAINER, backup_name=BACKUP, access_type=KEY,
                     access_key=key_of(ACCOUNT, GROUP))
    poller = apim(CORE).begin_restore(GROUP, "apim-shared-dr", order)
    words = "Cannot restore: current SKU is 'Standard', backup SKU is 'Premium'"
    return refused(lambda: poller.result(WAIT), 400, "RestoreFailed", words)


@check("an expired backup ends in HttpResponseError on a poll")
def _():
    client = with_key("stbilbackup", "rg-billing", PAYMENTS).get_container_client(CONTAINER)
    oldest = min((blob for blob in client.list_blobs() if not blob.name.endswith(".json")),
                 key=lambda blob: blob.creation_time)
    expect(datetime.now(timezone.utc) - oldest.creation_time, lambda age: age > timedelta(days=30), "age")
    order = Transfer(storage_account="stbilbackup", container_name=CONTAINER, backup_name=oldest.name,
                     access_type=SYSTEM)
    poller = apim(PAYMENTS).begin_restore("rg-billing", "apim-billing-prod", order)
    return refused(lambda: poller.result(WAIT), 400, "RestoreFailed", "Cannot restore: backup expired")


@check("a busy instance answers ServiceLocked, and is free again")
def _():
    order = Transfer(storage_account=ACCOUNT, container_name=CONTAINER, backup_name=BACKUP, access_type=SYSTEM)
    poller = apim(CORE).begin_restore(GROUP, STANDBY, order)
    words = f"The API Service {STANDBY} is transitioning at this time."
    said = refused(lambda: apim(CORE).begin_restore(GROUP, STANDBY, order), 409, "ServiceLocked", words)
    poller.result(WAIT)
    return said


@check("a locked instance answers ScopeLocked")
def _():
    order = Transfer(storage_account=ACCOUNT, container_name=CONTAINER, backup_name=BACKUP, access_type=SYSTEM)
    return refused(lambda: apim(CORE).begin_restore(GROUP, "apim-core-dr2", order), 409, "ScopeLocked")


@check("an identity that storage does not know is refused at once")
def _():
    order = Transfer(storage_account="stbilbackup", container_name=CONTAINER, backup_name=BACKUP, access_type=SYSTEM)
    return refused(lambda: apim(CORE).begin_backup(GROUP, STANDBY, order), 400, "InvalidParameters",
                   "This request is not authorized to perform this operation using this permission.")


@check("tiers and instances that have no backup are refused")
def _():
    order = Transfer(storage_account=ACCOUNT, container_name=CONTAINER, backup_name=BACKUP, access_type=SYSTEM)
    for group, name in [("rg-lab", "apim-events"), ("rg-geo", "apim-geo-prod")]:
        expect(refusal(lambda: apim(PRODUCTS).begin_backup(group, name, order)).status_code,
               lambda status: 400 <= status < 500, f"status for {name}")


@check("the activity log shows what was done, by client request id")
def _():
    client = MonitorManagementClient(credential, CORE, **arm)

    def ended():
        now = datetime.now(timezone.utc)
        start, end = (now - timedelta(hours=1)).isoformat(), now.isoformat()
        wanted = f"eventTimestamp ge '{start}' and eventTimestamp le '{end}' and resourceUri eq '{STANDBY_ID}'"
        rows = list(client.activity_logs.list(filter=wanted))
        done = [row for row in rows if row.status.value == "Succeeded" and row.http_request.client_request_id]
        return {"backup", "restore"} <= {row.operation_name.value.lower().split("/")[-2] for row in done} and rows

    return f"{len(until(30, ended))} events"


@check("blobs: the same pages with the key and with a token")
def _():
    listings = []
    for given in (with_key(), blobs(ACCOUNT, credential)):
        pages = given.get_container_client(CONTAINER).list_blobs(results_per_page=7).by_page()
        listings.append([[(blob.name, blob.size, blob.etag) for blob in page] for page in pages])
    expect(listings[0], listings[1], "listing")
    rows = [row for page in listings[0] for row in page]
    expect(len({name for name, _, _ in rows}), len(rows), "different names")
    expect(rows, lambda rows: any(name == BACKUP for name, _, _ in rows), "names")
    return f"{len(rows)} blobs, {len(listings[0])} pages"


@check("blobs: containers, prefix, unknown container")
def _():
    service = with_key()
    expect([row.name for row in service.list_containers()], lambda names: CONTAINER in names, "containers")
    found = [blob.name for blob in service.get_container_client(CONTAINER).list_blobs(name_starts_with="by the sdk/")]
    expect(found, [BACKUP], "names under the prefix")
    error = refusal(lambda: list(service.get_container_client("nobody").list_blobs()))
    expect(error.error_code, "ContainerNotFound", "code")


@check("blobs: put, get, create only once, change only what was read")
def _():
    for number, service in enumerate((with_key(), blobs(ACCOUNT, credential))):
        blob = service.get_blob_client(CONTAINER, f"peers/ümläut + 50% & so (copy) ' ~{number}.json")
        body = '{"schön": true}'.encode()
        etag = blob.upload_blob(body, overwrite=True)["etag"]
        expect(blob.download_blob().readall(), body, "content")
        expect(blob.get_blob_properties().etag, etag, "etag")
        try:
            blob.upload_blob(b"{}", overwrite=False)
        except ResourceExistsError as error:
            expect(error.error_code, "BlobAlreadyExists", "code")
        else:
            raise AssertionError("overwritten")
        error = refusal(lambda: blob.upload_blob(b"{}", overwrite=True, etag='"0x1"', match_condition=MatchConditions.IfNotModified))
        expect((error.status_code, error.error_code), (412, "ConditionNotMet"), "answer")
        try:
            service.get_blob_client(CONTAINER, "nothing here").get_blob_properties()
        except ResourceNotFoundError as error:
            expect(error.error_code, "BlobNotFound", "code")
        else:
            raise AssertionError("found")


@check("blobs: wrong key, missing role, firewall")
def _():
    wrong = blobs(ACCOUNT, {"account_name": ACCOUNT, "account_key": "A" * 86 + "=="})
    cases = [
        (wrong, CONTAINER, "AuthenticationFailed"),
        (blobs("stsharedbackup", credential), "docs", "AuthorizationPermissionMismatch"),
        (blobs("stb2bbackup", credential), "apim", "AuthorizationFailure"),
    ]
    for service, container, code in cases:
        error = refusal(lambda: list(service.get_container_client(container).list_blobs()))
        expect((error.status_code, error.error_code), (403, code), "answer")


check.end()
