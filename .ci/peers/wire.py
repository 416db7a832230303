"""What Azure demands of every client, asked for by hand: audiences, expiry, api-version, headers, absolute URLs."""

import base64
import json
import time
import uuid

import requests

from checks import CLIENT, CORE, ORIGIN, TENANT, Checks, ask, expect, instance_id, newest_backup, token

check = Checks("wire")
SUBSCRIPTIONS = f"{ORIGIN}/subscriptions?api-version=2022-12-01"
GROUP, STANDBY, ACCOUNT = "rg-core-dr", "apim-core-dr", "stcorebackup"
STANDBY_URL = ORIGIN + instance_id(CORE, GROUP, STANDBY)
ACCOUNT_URL = f"{ORIGIN}/subscriptions/{CORE}/resourceGroups/{GROUP}/providers/Microsoft.Storage/storageAccounts/{ACCOUNT}"
V = "api-version=2024-05-01"


def forged(audience, life=3600):
    """A token nobody signed: the sandbox looks at audience and expiry only."""
    now = int(time.time())
    claims = {"aud": audience, "iat": now - 7200, "nbf": now - 7200, "exp": now + life, "tid": TENANT, "oid": CLIENT}
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
             for part in ({"typ": "JWT", "alg": "RS256"}, claims)]
    return ".".join([*parts, "c2ln"])


def refused(answer, status, code):
    expect((answer.status_code, answer.json()["error"]["code"]), (status, code), "answer")
    return f"{status} {code}"


@check("both audiences of Resource Manager are accepted, with and without a slash")
def _():
    for scope in ("https://management.azure.com/.default", "https://management.azure.com//.default",
                  "https://management.core.windows.net/.default", "https://management.core.windows.net//.default"):
        expect(ask(SUBSCRIPTIONS, token(scope)).status_code, 200, f"status for {scope}")
    for host in ("management.azure.com", "management.core.windows.net"):
        for audience in (f"https://{host}", f"https://{host}/"):
            expect(ask(SUBSCRIPTIONS, forged(audience)).status_code, 200, f"status for {audience}")


@check("any other audience is refused")
def _():
    for audience in ("https://storage.azure.com/", "https://graph.microsoft.com/", "https://management.azure.com.evil"):
        answer = ask(SUBSCRIPTIONS, forged(audience))
        expect("Bearer" in answer.headers.get("WWW-Authenticate", ""), True, "challenge")
        said = refused(answer, 401, "InvalidAuthenticationTokenAudience")
    refused(ask(SUBSCRIPTIONS, token("https://storage.azure.com/.default")), 401, "InvalidAuthenticationTokenAudience")
    return said


@check("no token, an expired token and a torn token are refused")
def _():
    bare = requests.get(SUBSCRIPTIONS, timeout=30)
    expect((bare.status_code, "authorization_uri=" in bare.headers["WWW-Authenticate"]), (401, True), "challenge")
    refused(ask(SUBSCRIPTIONS, forged("https://management.azure.com", life=-60)), 401, "ExpiredAuthenticationToken")
    return refused(ask(SUBSCRIPTIONS, "abc.def.ghi"), 401, "InvalidAuthenticationToken")


@check("a token for Resource Manager does not open a blob container, and a storage token does")
def _():
    url, version = f"{ORIGIN}/{ACCOUNT}/apim?restype=container&comp=list", {"x-ms-version": "2021-12-02"}
    answer = ask(url, token(), headers=version)
    expect(answer.status_code, lambda status: status in (401, 403), "status")
    expect(answer.headers["x-ms-error-code"], bool, "code")
    listing = ask(url, token("https://storage.azure.com/.default"), headers=version)
    expect((listing.status_code, listing.content[:3]), (200, b"\xef\xbb\xbf"), "status and byte order mark")


@check("a request without an api-version, or with a malformed one, is refused")
def _():
    refused(ask(f"{ORIGIN}/subscriptions?api-version=latest"), 400, "InvalidApiVersionParameter")
    refused(ask(STANDBY_URL), 400, "MissingApiVersionParameter")
    return refused(ask(f"{ORIGIN}/subscriptions"), 400, "MissingApiVersionParameter")


@check("every published api-version is accepted")
def _():
    for version in ("2021-08-01", "2022-08-01", "2024-05-01", "2024-06-01-preview", "2025-03-01-preview"):
        expect(ask(f"{STANDBY_URL}?api-version={version}").status_code, 200, f"status for {version}")


@check("paths match without regard to case, and with a double slash")
def _():
    for url in (STANDBY_URL.replace("/resourceGroups/", "/RESOURCEGROUPS/").replace("Microsoft.Api", "microsoft.api"),
                STANDBY_URL.replace(GROUP, GROUP.upper()).replace(STANDBY, STANDBY.upper()),
                STANDBY_URL.replace("/service/", "/service//")):
        expect((url, ask(f"{url}?{V}").status_code), (url, 200), "status")


@check("answers carry ids and counters; a client request id comes back when asked")
def _():
    mine = str(uuid.uuid4())
    answer = ask(f"{STANDBY_URL}?{V}", headers={"x-ms-client-request-id": mine, "x-ms-return-client-request-id": "true"})
    expect(answer.headers["x-ms-client-request-id"], mine, "client request id")
    for name in ("x-ms-request-id", "x-ms-correlation-request-id", "x-ms-routing-request-id", "Date",
                 "x-ms-ratelimit-remaining-subscription-reads"):
        expect(answer.headers.get(name), bool, name)


@check("absolute URLs follow Host and X-Forwarded-Proto")
def _():
    account = ask(f"{ACCOUNT_URL}?api-version=2023-05-01").json()
    expect(account["properties"]["primaryEndpoints"]["blob"], f"{ORIGIN}/{ACCOUNT}/", "blob endpoint")
    discovery = requests.get(f"{ORIGIN}/{TENANT}/v2.0/.well-known/openid-configuration", timeout=30).json()
    expect(discovery["token_endpoint"], lambda url: url.startswith(f"{ORIGIN}/"), "token endpoint")


@check("listKeys with $expand=kerb")
def _():
    answer = ask(f"{ACCOUNT_URL}/listKeys?api-version=2023-05-01&$expand=kerb", method="POST")
    expect([key["keyName"] for key in answer.json()["keys"]][:2], ["key1", "key2"], "keys")


@check("a restore: 202, nothing in it, Location and a Retry-After that is never 0; then 200 with the instance")
def _():
    order = {"storageAccount": ACCOUNT, "containerName": "apim", "backupName": newest_backup(ACCOUNT, "apim", "core-"),
             "accessType": "SystemAssignedManagedIdentity"}
    answer = ask(f"{STANDBY_URL}/restore?{V}", method="POST", json=order)
    polls, addresses, end = 0, set(), time.monotonic() + 60
    while answer.status_code == 202 and time.monotonic() < end:
        expect((answer.content, answer.headers["Content-Length"]), (b"", "0"), "body")
        expect("Azure-AsyncOperation" in answer.headers, False, "Azure-AsyncOperation present")
        wait = expect(int(answer.headers["Retry-After"]), lambda seconds: seconds >= 1, "Retry-After")
        location = expect(answer.headers["Location"], lambda url: url.startswith(f"{ORIGIN}/"), "Location")
        addresses.add(location)
        time.sleep(wait)
        # As a string it is followed as it is; only its letters beyond ASCII would be escaped, and there are none.
        answer, polls = ask(location), polls + 1
    expect((answer.status_code, answer.json()["name"]), (200, STANDBY), "end")
    expect(len(addresses), polls, "different addresses")
    expect(ask(location).status_code, 200, "status when asked again")
    return f"{polls} polls, addresses of {len(location)} characters"


check.end()
