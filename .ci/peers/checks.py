"""What the Python peers share: one line per check, and the few facts of the pretend company that they use."""

import os
import sys
import time
import traceback

import requests

ORIGIN = os.environ["PEERS_ORIGIN"]  # https://localhost:PORT, the terminator before the sandbox
TENANT = "c0a70500-0000-4000-8000-00000000c0de"
CLIENT = "5e70ca11-0000-4000-8000-00000000beef"
SECRET = "any secret is let in"
CORE, PAYMENTS, PRODUCTS, PARTNER, UNREADABLE = (f"6f1c0a10-5b1e-4c60-9a3e-0c0de000000{n}" for n in range(1, 6))


class Checks:
    """Runs each decorated function at once and prints how it went; what it returns is printed beside its name."""

    def __init__(self, peer):
        self.peer, self.failed = peer, 0

    def __call__(self, name):
        def run(function):
            began = time.monotonic()
            try:
                note = function()
            except Exception as error:  # whatever it is, it is this check's failure and the next one goes on
                traceback.print_exc()
                self.failed += 1
                reason = " ".join(f"{type(error).__name__}: {error}".split())
                print(f"FAIL  {self.peer}: {name}: {reason[:400]}", flush=True)
            else:
                seconds = time.monotonic() - began
                print(f"ok    {self.peer}: {name}{f': {note}' if note else ''} ({seconds:.1f} s)", flush=True)

        return run

    def end(self):
        sys.exit(1 if self.failed else 0)


def expect(got, wanted, what="value"):
    """`wanted` is the value, or a function that judges it."""
    good = wanted(got) if callable(wanted) else got == wanted
    if not good:
        raise AssertionError(f"{what} is {got!r}" + ("" if callable(wanted) else f", not {wanted!r}"))
    return got


def until(seconds, look):
    """Looks again until there is something to see."""
    end = time.monotonic() + seconds
    while True:
        seen = look()
        if seen:
            return seen
        if time.monotonic() > end:
            raise AssertionError(f"nothing after {seconds} s")
        time.sleep(0.2)


def instance_id(subscription, group, name):
    return f"/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ApiManagement/service/{name}"


def token(scope="https://management.azure.com/.default"):
    """A fresh token, asked for by hand."""
    form = {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": SECRET, "scope": scope}
    answer = requests.post(f"{ORIGIN}/{TENANT}/oauth2/v2.0/token", data=form, timeout=30)
    expect(answer.status_code, 200, f"status for {scope}")
    return answer.json()["access_token"]


def ask(url, bearer=None, method="GET", **more):
    """One request by hand; nothing is retried and no status is an error."""
    headers = {"Authorization": f"Bearer {bearer or token()}", **more.pop("headers", {})}
    return requests.request(method, url, headers=headers, timeout=60, allow_redirects=False, **more)


def newest_backup(account, container, prefix):
    """The name that sorts last, manifests left out."""
    listing = ask(f"{ORIGIN}/{account}/{container}?restype=container&comp=list&prefix={prefix}",
                  token("https://storage.azure.com/.default"), headers={"x-ms-version": "2021-12-02"})
    names = [part.split("</Name>")[0] for part in listing.content.decode("utf-8-sig").split("<Name>")[1:]]
    return max(name for name in names if not name.endswith(".json"))
