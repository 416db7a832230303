//! What the wire costs: listing 5 000 blobs of one container over real HTTP from the pretend Azure on the loopback,
//! tokens, paging, XML and all. `cargo bench --bench wire`.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot set up should stop")]

use std::collections::BTreeSet;
use std::sync::Arc;

use divan::{Bencher, black_box};

use lifeboat::azure::cloud::Cloud;
use lifeboat::azure::identity::{AuthMode, EnvironmentVariables, Identity};
use lifeboat::azure::listing::Listing;
use lifeboat::azure::{Azure, Connection, Patience, WriteMode};
use lifeboat::domain::storage::StorageAccount;
use lifeboat::sandbox::{self, Options};

fn main() {
    divan::main();
}

async fn connect(base: &str) -> (Azure, StorageAccount) {
    let environment = EnvironmentVariables {
        tenant_id: Some("contoso".to_owned()),
        client_id: Some("bench".to_owned()),
        client_secret: Some("bench".to_owned().into()),
        ..EnvironmentVariables::default()
    };
    let cloud = Cloud {
        name: "lab".to_owned(),
        resource_manager: base.to_owned(),
        scope: "https://management.azure.com/.default".to_owned(),
        authority: base.to_owned(),
        storage_scope: "https://storage.azure.com/.default".to_owned(),
    };
    let azure = Azure::connect(Connection {
        cloud,
        identity: Identity { mode: AuthMode::Environment, tenant: None, environment },
        write_mode: WriteMode::ReadOnly,
        read_only_subscriptions: BTreeSet::new(),
        patience: Patience::default(),
        clock: Arc::new(now),
    })
    .unwrap();
    let subscriptions = azure.subscriptions().await.unwrap();
    let (accounts, _) = azure.storage_accounts(&subscriptions).await;
    let account = accounts.into_iter().find(|it| it.name == "stcrowdbackup").unwrap();
    (azure, account)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark lives in the present")]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// One container, one page of at most 5 000.
#[divan::bench(args = [500, 5_000], sample_count = 20)]
fn list_blobs(bencher: Bencher<'_, '_>, blobs: usize) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let options = Options { backups: Some(blobs + 400), ..Options::default() };
    let sandbox = runtime.block_on(sandbox::start(options)).unwrap();
    let (azure, account) = runtime.block_on(connect(sandbox.base_url()));
    let count = || {
        runtime.block_on(async {
            let mut count = 0;
            azure.blobs(&account, "apim-0", Listing::Entra, &mut |page| count += page.len()).await.unwrap();
            count
        })
    };
    assert!(count() >= blobs, "{} blobs are listed", count());
    bencher.bench_local(|| black_box(count()));
}
