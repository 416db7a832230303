//! The health endpoint of a gateway, found by the `Host` header: `GET /status-0123456789abcdef`.

use super::{Call, Cloud, Reply};

/// 200 without a body where the gateway runs; 503 where its region is down; 404 for a host that is no gateway.
pub(crate) fn answer(cloud: &Cloud, call: &Call) -> Reply {
    let host = call.header("host").unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default().to_ascii_lowercase();
    let world = cloud.world();
    let named = world.instances.values().filter(|instance| {
        let name = &instance.name;
        host == format!("{name}.azure-api.net")
            || host == format!("{name}-{}-01.regional.azure-api.net", instance.region)
            || instance.hostnames.contains(&host)
    });
    // A name that a standby has too leads to the one whose configuration it is: nobody has changed the DNS.
    let found = named.max_by_key(|instance| instance.content.author == instance.name);
    match found {
        None => Reply::empty(404),
        Some(instance) if cloud.conduct.down_regions.contains(&instance.region) => Reply::empty(503),
        Some(_) => Reply::empty(200),
    }
}
