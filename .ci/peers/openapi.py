"""The sandbox's answers against the published OpenAPI of API Management (2022-08-01), read from the shared folder.

Two liberties, both because recorded traffic of the real Azure takes them: a null stands for an absent property, and
an enumeration that its specification marks as open takes any word. One rule more than JSON Schema has: a property
that the specification does not know is a fault, so that a misspelt name cannot pass.
"""

import json
import os
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

import jsonschema
import referencing
import referencing.jsonschema

from checks import CORE, ORIGIN, PAYMENTS, PRODUCTS, UNREADABLE, Checks, ask, expect, instance_id, newest_backup

check = Checks("OpenAPI")
STABLE = "specification/apimanagement/resource-manager/Microsoft.ApiManagement/stable/2022-08-01"
ROOT = (Path(os.environ["PEERS_SHARED"]) / "azure" / "openapi").resolve().as_uri()
# Not in the specification, but in every recorded error of the provider.
RECORDED = {"innerError"}


def retrieve(uri):
    content = json.loads(Path(unquote(urlsplit(uri).path)).read_text(encoding="utf-8-sig"))
    return referencing.Resource.from_contents(relaxed(content), default_specification=referencing.jsonschema.DRAFT4)


def relaxed(node):
    """Open enumerations lose their list."""
    if isinstance(node, list):
        return [relaxed(item) for item in node]
    if not isinstance(node, dict):
        return node
    is_open = isinstance(node.get("x-ms-enum"), dict) and node["x-ms-enum"].get("modelAsString")
    return {key: relaxed(value) for key, value in node.items() if not (is_open and key == "enum")}


registry = referencing.Registry(retrieve=retrieve)


def without_nulls(node):
    if isinstance(node, dict):
        return {key: without_nulls(value) for key, value in node.items() if value is not None}
    return [without_nulls(item) for item in node] if isinstance(node, list) else node


def known_properties(schema, resolver):
    """The property schemas of an object schema, `allOf` and `$ref` followed; None where anything may stand."""
    if "$ref" in schema:
        found = resolver.lookup(schema["$ref"])
        return known_properties(found.contents, found.resolver)
    known, is_open = {}, "additionalProperties" in schema or ("properties" not in schema and "allOf" not in schema)
    for name, value in schema.get("properties", {}).items():
        known[name] = (value, resolver)
    for part in schema.get("allOf", []):
        further = known_properties(part, resolver)
        is_open, known = is_open or further is None, {**known, **(further or {})}
    return None if is_open else known


def strangers(schema, resolver, value, path):
    """Properties that the schema does not name, with their paths."""
    while "$ref" in schema:
        found = resolver.lookup(schema["$ref"])
        schema, resolver = found.contents, found.resolver
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from strangers(schema.get("items", {}), resolver, item, f"{path}[{number}]")
    elif isinstance(value, dict):
        known = known_properties(schema, resolver)
        for name, item in value.items() if known is not None else ():
            if name in known:
                yield from strangers(*known[name], item, f"{path}.{name}")
            elif name not in RECORDED:
                yield f"{path}.{name}"


def conforms(body, file, pointer):
    reference = f"{ROOT}/{STABLE}/{file}#{pointer}"
    body = without_nulls(body)
    schema = {"$ref": reference}
    faults = [f"{error.json_path}: {error.message[:160]}"
              for error in jsonschema.Draft4Validator(schema, registry=registry).iter_errors(body)]
    faults += [f"{path}: not in the specification" for path in strangers(schema, registry.resolver(), body, "$")]
    if faults:
        raise AssertionError(f"{len(faults)} faults: " + "; ".join(sorted(set(faults))[:6]))


def body(path, status=200, method="GET", **more):
    answer = ask(f"{ORIGIN}{path}?api-version=2022-08-01", method=method, **more)
    expect(answer.status_code, status, "status")
    return answer.json()


INSTANCES = [(CORE, "rg-core", "apim-core-prod"), (CORE, "rg-core-dr", "apim-core-dr"),
             (PAYMENTS, "rg-pay", "apim-pay-prod"), (PAYMENTS, "rg-billing", "apim-billing-prod"),
             (PRODUCTS, "rg-lab", "apim-events"), (PRODUCTS, "rg-lab", "apim-lab-dev"),
             (PRODUCTS, "rg-docs", "apim-docs-dr"), (PRODUCTS, "rg-geo", "apim-geo-dr")]
ERROR = ("apimanagement.json", "/definitions/ErrorResponse")
DEPLOYMENT = "apimdeployment.json"


@check("the specification refuses what it should")
def _():
    for wrong in ({"value": {}}, {"value": [{"location": 7}]}, {"value": [{"location": "x", "mistyped": 1}]}):
        try:
            conforms(wrong, DEPLOYMENT, "/definitions/ApiManagementServiceListResult")
        except AssertionError:
            continue
        raise AssertionError(f"{wrong} passed")


@check("lists of instances")
def _():
    count = 0
    for subscription in (CORE, PAYMENTS, PRODUCTS):
        rows = body(f"/subscriptions/{subscription}/providers/Microsoft.ApiManagement/service")
        conforms(rows, DEPLOYMENT, "/definitions/ApiManagementServiceListResult")
        count += len(rows["value"])
    return f"{count} instances"


@check("single instances of every kind")
def _():
    for place in INSTANCES:
        conforms(body(instance_id(*place)), DEPLOYMENT, "/definitions/ApiManagementServiceResource")
    return f"{len(INSTANCES)} instances"


@check("tiers of an instance")
def _():
    for place in INSTANCES[:2]:
        conforms(body(instance_id(*place) + "/skus"), DEPLOYMENT, "/definitions/ResourceSkuResults")


@check("tiers of a subscription")
def _():
    rows = body(f"/subscriptions/{CORE}/providers/Microsoft.ApiManagement/skus")
    conforms(rows, "apimskus.json", "/definitions/ApiManagementSkusResult")


@check("network status of an instance and of one region")
def _():
    for place in INSTANCES[:2]:
        rows = body(instance_id(*place) + "/networkstatus")
        for row in expect(rows, lambda rows: isinstance(rows, list) and rows, "list"):
            conforms(row, "apimnetworkstatus.json", "/definitions/NetworkStatusContractByLocation")
    one = body(instance_id(*INSTANCES[0]) + "/locations/westeurope/networkstatus")
    conforms(one, "apimnetworkstatus.json", "/definitions/NetworkStatusContract")


@check("what a restore ends with, well or badly")
def _():
    order = {"storageAccount": "stcorebackup", "containerName": "apim", "accessType": "SystemAssignedManagedIdentity",
             "backupName": newest_backup("stcorebackup", "apim", "core-")}
    for place, status, file, pointer in [
        (INSTANCES[1], 200, DEPLOYMENT, "/definitions/ApiManagementServiceResource"),
        ((CORE, "rg-core-dr", "apim-shared-dr"), 400, *ERROR),
    ]:
        if status == 400:
            scope = f"/subscriptions/{CORE}/resourceGroups/rg-core-dr/providers/Microsoft.Storage/storageAccounts"
            key = body(f"{scope}/stcorebackup/listKeys", method="POST")["keys"][0]["value"]
            order = {**order, "accessType": "AccessKey", "accessKey": key}
        url = f"{ORIGIN}{instance_id(*place)}/restore?api-version=2022-08-01"
        answer, end = ask(url, method="POST", json=order), time.monotonic() + 60
        while answer.status_code == 202 and time.monotonic() < end:
            time.sleep(int(answer.headers["Retry-After"]))
            answer = ask(answer.headers["Location"])
        expect(answer.status_code, status, "status at the end")
        conforms(answer.json(), file, pointer)


@check("errors: absent, forbidden, refused")
def _():
    conforms(body(instance_id(CORE, "rg-core", "apim-nobody"), 404), *ERROR)
    conforms(body(f"/subscriptions/{UNREADABLE}/providers/Microsoft.ApiManagement/service", 403), *ERROR)
    order = {"storageAccount": "nosuchaccount", "containerName": "apim", "backupName": "x",
             "accessType": "SystemAssignedManagedIdentity"}
    conforms(body(instance_id(*INSTANCES[1]) + "/backup", 400, "POST", json=order), *ERROR)


check.end()
