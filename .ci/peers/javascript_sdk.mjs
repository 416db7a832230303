// The official JavaScript SDK: @azure/identity, @azure/arm-apimanagement and @azure/storage-blob, all as released.
import assert from "node:assert/strict";
import { ClientSecretCredential } from "@azure/identity";
import { ApiManagementClient } from "@azure/arm-apimanagement";
import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";

const ORIGIN = process.env.PEERS_ORIGIN; // https://localhost:PORT, the terminator before the sandbox
const TENANT = "c0a70500-0000-4000-8000-00000000c0de";
const [CORE, PAYMENTS] = [1, 2].map((n) => `6f1c0a10-5b1e-4c60-9a3e-0c0de000000${n}`);
const [GROUP, STANDBY, ACCOUNT, CONTAINER] = ["rg-core-dr", "apim-core-dr", "stcorebackup", "apim"];
const WAIT = 60_000; // milliseconds any one check may take

let failed = 0;
async function check(name, run) {
  const began = performance.now();
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error("took too long")), WAIT)));
  try {
    const note = await Promise.race([run(), late]);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.log(`ok    JavaScript SDK: ${name}${note ? `: ${note}` : ""} (${seconds} s)`);
  } catch (error) {
    console.error(error);
    failed += 1;
    console.log(`FAIL  JavaScript SDK: ${name}: ${String(error).replace(/\s+/g, " ").slice(0, 400)}`);
  } finally {
    clearTimeout(timer);
  }
}

const credential = new ClientSecretCredential(TENANT, "5e70ca11-0000-4000-8000-00000000beef", "any secret is let in", {
  authorityHost: ORIGIN,
  disableInstanceDiscovery: true,
});
const apim = (subscription) =>
  new ApiManagementClient(credential, subscription, {
    endpoint: ORIGIN,
    credentialScopes: ["https://management.azure.com/.default"],
  }).apiManagementService;

async function all(pages) {
  const rows = [];
  for await (const row of pages) rows.push(row);
  return rows;
}

async function keyOf(account, group) {
  const token = await credential.getToken("https://management.core.windows.net//.default");
  const scope = `/subscriptions/${CORE}/resourceGroups/${group}/providers/Microsoft.Storage/storageAccounts/${account}`;
  const answer = await fetch(`${ORIGIN}${scope}/listKeys?api-version=2023-05-01`, {
    method: "POST",
    headers: { authorization: `Bearer ${token.token}` },
  });
  assert.equal(answer.status, 200);
  return (await answer.json()).keys[0].value;
}

await check("lists instances of a subscription and of a group", async () => {
  const names = (await all(apim(CORE).list())).map((row) => row.name);
  assert(names.includes("apim-core-prod") && names.includes(STANDBY));
  const grouped = (await all(apim(CORE).listByResourceGroup(GROUP))).map((row) => row.name);
  assert(grouped.includes(STANDBY) && !grouped.includes("apim-core-prod"));
  return `${names.length} instances`;
});

await check("gets an instance", async () => {
  const row = await apim(CORE).get(GROUP, STANDBY);
  assert.equal(row.sku.name, "Premium");
  assert.equal(row.location, "North Europe");
  assert.equal(row.provisioningState, "Succeeded");
});

const backup = "by javascript/päckchen 100% + mehr.apimbackup";
const order = { storageAccount: ACCOUNT, containerName: CONTAINER, backupName: backup };
const identity = { accessType: "SystemAssignedManagedIdentity" };

await check("beginBackupAndWait with the system identity", async () => {
  const result = await apim(CORE).beginBackupAndWait(GROUP, STANDBY, { ...order, ...identity });
  assert.equal(result.name, STANDBY);
});

await check("beginRestoreAndWait with the system identity", async () => {
  const before = await apim(CORE).get(GROUP, STANDBY);
  const after = await apim(CORE).beginRestoreAndWait(GROUP, STANDBY, { ...order, ...identity });
  assert.equal(after.provisioningState, "Succeeded");
  assert.notEqual(after.etag, before.etag);
});

await check("beginRestoreAndWait with the account key", async () => {
  const accessKey = await keyOf(ACCOUNT, GROUP);
  const result = await apim(CORE).beginRestoreAndWait(GROUP, STANDBY, { ...order, accessType: "AccessKey", accessKey });
  assert.equal(result.name, STANDBY);
});

await check("a tier that differs ends in RestoreFailed", async () => {
  const accessKey = await keyOf(ACCOUNT, GROUP);
  const words = "Cannot restore: current SKU is 'Standard', backup SKU is 'Premium'";
  const restore = apim(CORE).beginRestoreAndWait(GROUP, "apim-shared-dr", { ...order, accessType: "AccessKey", accessKey });
  await assert.rejects(restore, (error) => `${error.message} ${JSON.stringify(error.details ?? {})}`.includes(words));
  return words;
});

await check("a missing role is refused at once", async () => {
  const wrong = { ...order, ...identity, storageAccount: "stbilbackup" };
  await assert.rejects(apim(CORE).beginBackupAndWait(GROUP, STANDBY, wrong), (error) => error.statusCode === 400 && error.code === "InvalidParameters");
});

await check("an unknown instance is ResourceNotFound", async () => {
  await assert.rejects(apim(PAYMENTS).get(GROUP, "apim-nobody"), (error) => error.statusCode === 404);
});

await check("blobs: the same pages with the key and with a token", async () => {
  const shared = new StorageSharedKeyCredential(ACCOUNT, await keyOf(ACCOUNT, GROUP));
  const listings = [];
  for (const given of [shared, credential]) {
    const container = new BlobServiceClient(`${ORIGIN}/${ACCOUNT}`, given).getContainerClient(CONTAINER);
    const pages = await all(container.listBlobsFlat().byPage({ maxPageSize: 7 }));
    listings.push(pages.map((page) => page.segment.blobItems.map((blob) => [blob.name, blob.properties.contentLength, blob.properties.etag])));
  }
  assert.deepEqual(listings[0], listings[1]);
  const rows = listings[0].flat();
  assert(rows.some(([name]) => name === backup));
  return `${rows.length} blobs, ${listings[0].length} pages`;
});

await check("blobs: put and get, create only once", async () => {
  const shared = new StorageSharedKeyCredential(ACCOUNT, await keyOf(ACCOUNT, GROUP));
  for (const [number, given] of [shared, credential].entries()) {
    const container = new BlobServiceClient(`${ORIGIN}/${ACCOUNT}`, given).getContainerClient(CONTAINER);
    const blob = container.getBlockBlobClient(`peers/ümläut + 50% & so (js) ' ~${number}.json`);
    const body = JSON.stringify({ schön: true });
    await blob.upload(body, Buffer.byteLength(body));
    assert.equal((await blob.downloadToBuffer()).toString(), body);
    const again = blob.upload(body, Buffer.byteLength(body), { conditions: { ifNoneMatch: "*" } });
    await assert.rejects(again, (error) => error.statusCode === 409 && error.code === "BlobAlreadyExists");
  }
});

process.exit(failed ? 1 : 0);
