//! Instances of API Management: lists, single reads, and what hangs below one.

use serde_json::{Value, json};

use super::instance_body::{self, body};
use super::world::instance::Instance;
use super::world::operation::Direction;
use super::{Reply, Visit, error, network};

const READ: &str = "Microsoft.ApiManagement/service/read";

impl Visit<'_> {
    /// `/subscriptions/{s}/providers/Microsoft.ApiManagement/…`
    pub(super) fn provider(&mut self, words: &[&str]) -> Result<Reply, Reply> {
        match words {
            ["service"] => self.instances(None),
            ["skus"] => Ok(self.offered_tiers()),
            ["deletedservices"] => Ok(Reply::json(200, &json!({ "value": [] }))),
            ["checknameavailability"] => Ok(self.name_available()),
            ["locations", _, "operationresults", _] => self.result(2),
            _ => Err(error::no_route(&self.call.path)),
        }
    }

    /// `…/resourceGroups/{g}/providers/Microsoft.ApiManagement/service/…`
    pub(super) fn in_group(&mut self, group: &str, words: &[&str]) -> Result<Reply, Reply> {
        match words {
            [] => self.instances(Some(group)),
            [_, "operationresults", _] => self.result(8),
            [_, "backup"] => self.transfer(Direction::Backup),
            [_, "restore"] => self.transfer(Direction::Restore),
            [_, rest @ ..] => {
                let instance = self.one()?;
                self.below(&instance, rest)
            }
        }
    }

    fn below(&self, instance: &Instance, words: &[&str]) -> Result<Reply, Reply> {
        if !words.is_empty() {
            self.answers_version(instance)?;
        }
        match words {
            [] => Ok(Reply::json(200, &self.shown(instance))),
            ["skus"] => Ok(Reply::json(200, &json!({ "value": network::tiers(), "nextLink": null }))),
            ["regions"] => Ok(self.regions(instance)),
            ["portalrevisions"] => self.portal_revisions(instance),
            ["networkstatus"] => Ok(self.network_status(instance)),
            ["locations", region, "networkstatus"] => self.regional_network_status(instance, region),
            [collection] => self.collection(instance, collection),
            _ => Err(error::no_route(&self.call.path)),
        }
    }

    /// The list of a subscription or of one of its groups.
    fn instances(&self, group: Option<&str>) -> Result<Reply, Reply> {
        let segments = if group.is_some() { 4 } else { 2 };
        self.require(READ, &self.scope(segments))?;
        let subscription = &self.path[1];
        let rows = self
            .world
            .instances
            .values()
            .filter(|row| row.subscription.eq_ignore_ascii_case(subscription))
            .filter(|row| group.is_none_or(|group| row.group.eq_ignore_ascii_case(group)))
            .map(|row| self.shown(row))
            .collect();
        Ok(self.page(rows))
    }

    /// The instance that the path names, if the caller may read it and its region answers.
    pub(super) fn one(&self) -> Result<Instance, Reply> {
        let id = self.scope(8);
        self.require(READ, &id)?;
        let instance = self.existing(&id)?;
        if self.is_down(&instance.region) { Err(error::region_down()) } else { Ok(instance) }
    }

    /// An instance may refuse older api-versions. No refusal was ever recorded, nor whether a plain reading of the
    /// instance is refused too; it is not here, or nobody could read the constraint.
    pub(super) fn answers_version(&self, instance: &Instance) -> Result<(), Reply> {
        let day = |version: &str| version.strip_suffix("-preview").unwrap_or(version).to_owned();
        let oldest = instance.min_api_version.as_ref();
        let Some(oldest) = oldest.filter(|oldest| day(self.version()) < day(oldest)) else { return Ok(()) };
        let message = format!(
            "The api-version '{}' is not allowed: the service '{}' accepts '{oldest}' and newer.",
            self.version(),
            instance.name
        );
        Err(error::provider_refusal(400, "ApiVersionNotAllowed", &message))
    }

    /// The instance with this id, or ARM's 404.
    pub(super) fn existing(&self, id: &str) -> Result<Instance, Reply> {
        self.world.instance(id).cloned().ok_or_else(|| {
            let (group, name) = (&self.path[3], &self.path[7]);
            let groups = self.world.groups(&self.path[1]);
            if groups.keys().any(|known| known.eq_ignore_ascii_case(group)) {
                error::not_found("Microsoft.ApiManagement/service", name, group)
            } else {
                error::no_group(group)
            }
        })
    }

    /// The JSON of an instance; one in a region that is down shows as failed.
    pub(super) fn shown(&self, instance: &Instance) -> Value {
        self.shown_as(instance, self.version())
    }

    /// The same for Resource Graph, whose own api-version says nothing about the shape of instances.
    pub(super) fn shown_to_graph(&self, instance: &Instance) -> Value {
        self.shown_as(instance, instance_body::NEWEST)
    }

    fn shown_as(&self, instance: &Instance, version: &str) -> Value {
        let mut body = body(self.world, instance, version);
        if self.is_down(&instance.region) {
            body["properties"]["provisioningState"] = json!("Failed");
        }
        body
    }

    fn regions(&self, instance: &Instance) -> Reply {
        let first = json!({
            "name": self.world.display_region(&instance.region), "isMasterRegion": true, "isDeleted": false,
        });
        let further = instance.further_regions.iter().map(|further| {
            let name = self.world.display_region(&further.region);
            json!({ "name": name, "isMasterRegion": false, "isDeleted": false })
        });
        let value: Vec<Value> = std::iter::once(first).chain(further).collect();
        Reply::json(200, &json!({ "count": value.len(), "value": value, "nextLink": null }))
    }

    fn name_available(&self) -> Reply {
        let asked: Value = serde_json::from_slice(&self.call.body).unwrap_or_default();
        let name = asked["name"].as_str().unwrap_or_default().to_ascii_lowercase();
        let answer = if self.world.instances.contains_key(&name) {
            json!({ "nameAvailable": false, "reason": "AlreadyExists", "message": format!("{name} is already in use.") })
        } else {
            json!({ "nameAvailable": true, "reason": "Valid", "message": "" })
        };
        Reply::json(200, &answer)
    }
}
