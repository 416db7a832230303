"""The Azure CLI as a person uses it: registers the cloud, signs in, then looks, backs up and restores.

Its configuration lies in a folder of its own (AZURE_CONFIG_DIR), so nobody's sign-in is touched.
"""

import json
import os
import subprocess

from checks import CLIENT, CORE, ORIGIN, SECRET, TENANT, Checks, expect, instance_id, until

check = Checks("Azure CLI")
GROUP, STANDBY, OTHER_TIER = "rg-core-dr", "apim-core-dr", "apim-shared-dr"
ACCOUNT, CONTAINER, BACKUP = "stcorebackup", "apim", "from the cli+100%.apimbackup"
STANDBY_ID = instance_id(CORE, GROUP, STANDBY)


class Refused(Exception):
    """The CLI ended with an error; the text is what it told the person."""


def az(*arguments):
    command = [os.environ["PEERS_AZ"], *arguments, "--only-show-errors"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise Refused(done.stderr.strip() or f"exit {done.returncode}")
    return json.loads(done.stdout) if done.stdout.strip() else None


def transfer(verb, instance, key):
    return az("apim", verb, "-g", GROUP, "-n", instance, "--backup-name", BACKUP,
              "--storage-account-name", ACCOUNT, "--storage-account-container", CONTAINER,
              "--storage-account-key", key)


def key():
    return az("storage", "account", "keys", "list", "-g", GROUP, "-n", ACCOUNT)[0]["value"]


@check("registers the cloud from its own metadata")
def _():
    az("cloud", "register", "-n", "lifeboat", "--endpoint-resource-manager", ORIGIN)
    az("cloud", "set", "-n", "lifeboat")
    endpoints = az("cloud", "show")["endpoints"]
    expect(endpoints["activeDirectory"].rstrip("/"), ORIGIN, "authority")
    expect(endpoints["activeDirectoryResourceId"], "https://management.core.windows.net/", "audience")


if check.failed:
    check.end()  # the CLI still has the real Azure as its cloud: nothing may be asked of that


@check("az login --service-principal")
def _():
    accounts = az("login", "--service-principal", "-u", CLIENT, "-p", SECRET, "--tenant", TENANT)
    az("account", "set", "-s", CORE)
    expect(az("account", "show")["name"], "Core", "subscription")
    return f"{len(expect(accounts, lambda rows: len(rows) >= 4, 'subscriptions'))} subscriptions"


@check("az account get-access-token, for ARM and for storage")
def _():
    expect(az("account", "get-access-token")["subscription"], CORE, "subscription")
    az("account", "get-access-token", "--resource", "https://storage.azure.com/")


@check("az apim list")
def _():
    names = [row["name"] for row in az("apim", "list")]
    expect(names, lambda names: {"apim-core-prod", STANDBY} <= set(names), "names")
    group = {row["resourceGroup"] for row in az("apim", "list", "-g", GROUP)}
    expect(group, {GROUP}, "resource groups")
    return f"{len(names)} instances"


@check("az apim show")
def _():
    row = az("apim", "show", "-g", GROUP, "-n", STANDBY)
    expect(row["sku"]["name"], "Premium", "tier")
    expect(row["id"], STANDBY_ID, "id")
    expect(row["provisioningState"], "Succeeded", "state")


@check("az apim show of one that does not exist says ResourceNotFound")
def _():
    try:
        az("apim", "show", "-g", GROUP, "-n", "apim-nobody")
    except Refused as refused:
        return expect(str(refused), lambda text: "ResourceNotFound" in text, "error")[:60] + "…"
    raise AssertionError("it was shown")


@check("az apim api list")
def _():
    return f"{len(expect(az('apim', 'api', 'list', '-g', GROUP, '--service-name', STANDBY), bool, 'APIs'))} APIs"


@check("az storage account list, show and keys list")
def _():
    expect([row["name"] for row in az("storage", "account", "list")], lambda names: ACCOUNT in names, "accounts")
    account = az("storage", "account", "show", "-g", GROUP, "-n", ACCOUNT)
    expect(account["primaryEndpoints"]["blob"], f"{ORIGIN}/{ACCOUNT}/", "blob endpoint")
    keys = az("storage", "account", "keys", "list", "-g", GROUP, "-n", ACCOUNT)
    expect([row["keyName"] for row in keys], ["key1", "key2"], "keys")


@check("az storage container-rm list and blob-service-properties show")
def _():
    rows = az("storage", "container-rm", "list", "--storage-account", ACCOUNT, "-g", GROUP)
    expect([row["name"] for row in rows], lambda names: CONTAINER in names, "containers")
    az("storage", "account", "blob-service-properties", "show", "-n", ACCOUNT, "-g", GROUP)


@check("az lock list")
def _():
    locks = az("lock", "list", "--resource", instance_id(CORE, GROUP, "apim-core-dr2"))
    expect([lock["level"] for lock in locks], lambda levels: "ReadOnly" in levels, "levels")


@check("az role assignment list")
def _():
    rows = az("role", "assignment", "list", "--scope", STANDBY_ID, "--include-inherited",
              "--fill-principal-name", "false", "--fill-role-definition-name", "false")
    expect(rows, bool, "assignments")


@check("az apim backup runs to its end, and the blob is there")
def _():
    expect(transfer("backup", STANDBY, key())["id"], STANDBY_ID, "id of the result")
    blob = az("storage", "blob", "show", "--blob-endpoint", f"{ORIGIN}/{ACCOUNT}", "--account-name", ACCOUNT,
              "--account-key", key(), "-c", CONTAINER, "-n", BACKUP)
    size = expect(blob["properties"]["contentLength"], lambda size: size > 0, "size")
    return f"{size / 2**20:.0f} MiB"


@check("az apim restore runs to its end, and the instance has changed")
def _():
    before = az("apim", "show", "-g", GROUP, "-n", STANDBY)["etag"]
    after = transfer("restore", STANDBY, key())["etag"]
    expect(after, lambda etag: etag != before, "etag")


@check("az apim restore into another tier fails with Azure's words")
def _():
    try:
        transfer("restore", OTHER_TIER, key())
    except Refused as refused:
        words = "(RestoreFailed) Cannot restore: current SKU is 'Standard', backup SKU is 'Premium'"
        expect(str(refused), lambda text: words in text, "error")
        return words
    raise AssertionError("it succeeded")


@check("az storage blob list, with the key and with the signed-in identity")
def _():
    place = ["--blob-endpoint", f"{ORIGIN}/{ACCOUNT}", "--account-name", ACCOUNT, "-c", CONTAINER]
    with_key = [row["name"] for row in az("storage", "blob", "list", *place, "--account-key", key())]
    with_token = [row["name"] for row in az("storage", "blob", "list", *place, "--auth-mode", "login")]
    expect(with_token, with_key, "names")
    expect(with_key, lambda names: BACKUP in names, "names")
    return f"{len(with_key)} blobs"


@check("az rest: Resource Graph, page by page")
def _():
    url = "/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01"
    query = ("resources | where type =~ 'microsoft.apimanagement/service' "
             "| project id, name, location, sku, properties | order by id asc")
    options, names = {"$top": 7, "resultFormat": "objectArray"}, []
    for _ in range(20):
        body = json.dumps({"query": query, "options": options})
        page = az("rest", "--method", "post", "--url", url, "--body", body)
        names += [row["name"] for row in page["data"]]
        if "$skipToken" not in page:
            break
        expect(page["count"], 7, "rows of a full page")
        options = {**options, "$skipToken": page["$skipToken"]}
    expect(len(names), page["totalRecords"], "rows")
    expect(len(set(names)), lambda count: count == len(names) >= 14, "different rows")
    return f"{len(names)} instances"


@check("az rest: Resource Graph, storage accounts and subscriptions")
def _():
    url = "/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01"
    for query, least in [
        ("resources | where type =~ 'microsoft.storage/storageaccounts' | project id, name, location, properties", 4),
        ("resourcecontainers | where type =~ 'microsoft.resources/subscriptions' | project id, name", 4),
    ]:
        body = json.dumps({"query": query, "options": {"resultFormat": "objectArray"}})
        rows = az("rest", "--method", "post", "--url", url, "--body", body)["data"]
        expect(rows, lambda rows: len(rows) >= least, f"rows of {query}")


@check("az monitor activity-log list shows both operations, begun and ended")
def _():
    def words():
        rows = az("monitor", "activity-log", "list", "--resource-id", STANDBY_ID, "--offset", "1h")
        seen = {(row["operationName"]["value"].lower().split("/")[-2], row["status"]["value"]) for row in rows}
        return {("backup", "Succeeded"), ("restore", "Succeeded"), ("restore", "Started")} <= seen and rows

    return f"{len(until(30, words))} events"


@check("az logout")
def _():
    az("logout")
    try:
        az("apim", "list")
    except Refused:
        return
    raise AssertionError("still signed in")


check.end()
