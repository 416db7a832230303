"""Fills Azurite through the official SDK and writes down, as JSON, what that SDK lists.

tests/peers_azurite.rs compares its own listing with it. There are more blobs than the longest page holds (5000), and
names that hurt. usage: seed_azurite.py URL ACCOUNT KEY LISTING.json
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

from azure.storage.blob import BlobServiceClient

HURTING = [
    "with space.apimbackup",
    "with+plus.apimbackup",
    "100%.apimbackup",
    "50%25 encoded.apimbackup",
    "Übergabe-für-Zürich.apimbackup",
    "日本/東京 ①.apimbackup",
    "nightly/2026/backup & <copy> 'a' \"b\".zip",
    "question?mark=1&x=2#fragment.bak",
    "tilde~exclamation!star*(round)[square]{curly}.bak",
    "semi;colon:comma,at@dollar$equals=.bak",
    "apim-core-prod-2026-11-22-03-00.apimbackup",
]
COUNT = 5100

url, account, key, listing = sys.argv[1:]
# Newer versions than this one Azurite does not know yet, and our own client asks for no newer one.
client = BlobServiceClient(url, {"account_name": account, "account_key": key}, api_version="2021-12-02")
container = client.create_container("apim")
client.create_container("manifests")  # empty: the test writes there
names = HURTING + [f"bulk/{number:05} + backup.apimbackup" for number in range(COUNT - len(HURTING))]


def upload(numbered):
    number, name = numbered
    container.get_blob_client(name).upload_blob(b"x" * (number % 97), overwrite=True)


with ThreadPoolExecutor(8) as pool:
    list(pool.map(upload, enumerate(names)))

rows = [{"name": blob.name, "size": blob.size, "etag": blob.etag, "createdAt": blob.creation_time.isoformat(),
         "lastModified": blob.last_modified.isoformat()} for blob in container.list_blobs()]
if sorted(row["name"] for row in rows) != sorted(names):
    sys.exit(f"Azurite lists {len(rows)} blobs, not the {len(names)} that were written")
with open(listing, "w", encoding="utf-8") as file:
    json.dump(rows, file)
