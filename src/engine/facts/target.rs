//! The caller's sign-in, the locks on the instance, and what its gateway answers.

use crate::domain::fact::{Fact, Known};
use crate::domain::operation::Operation;
use crate::domain::plan::Plan;
use crate::domain::session::Session;
use crate::domain::usual::Usual;

use super::Reading;
use crate::engine::Engine;

impl Engine {
    pub(super) async fn of_session(&self) -> Vec<Reading> {
        let read = self.azure.whoami().await.map(|who| Session {
            via: who.via,
            name: who.name,
            expires_at: who.expires_at,
            renewal: who.renewal,
        });
        let fact = self.fact(read, "the token that is held".to_owned());
        vec![Box::new(|facts| facts.session = fact)]
    }

    pub(super) async fn of_locks(&self, plan: &Plan) -> Vec<Reading> {
        let id = plan.instance();
        let read = self.azure.locks(id).await;
        let fact = self.fact(read, format!("ARM locks on {}", id.name()));
        vec![Box::new(|facts| facts.locks = fact)]
    }

    pub(super) async fn of_traffic(&self, plan: &Plan) -> Vec<Reading> {
        let id = plan.instance();
        let read = self.azure.traffic(id).await;
        let fact = self.fact(read, format!("ARM metrics of {}", id.name()));
        vec![Box::new(|facts| facts.traffic = fact)]
    }

    /// What the configuration says of the instance, when there is one.
    pub(super) fn of_mark(&self, plan: &Plan) -> Vec<Reading> {
        let Some(value) = self.mark_of(plan.instance()) else { return Vec::new() };
        let source = "the configuration of this program".to_owned();
        let fact = Fact::Known(Known { value, source, read_at: self.now() });
        vec![Box::new(|facts| facts.mark = fact)]
    }

    /// How long such operations took on the instance that this journal has seen to their end.
    pub(super) fn of_past(&self, plan: &Plan) -> Vec<Reading> {
        let own: Vec<Operation> = self.journal.list().0.into_iter().map(|it| it.operation).collect();
        let value = Usual::of(plan.kind(), plan.instance(), None, &own);
        let source = "the journal on this machine".to_owned();
        let fact = Fact::Known(Known { value, source, read_at: self.now() });
        vec![Box::new(|facts| facts.usual = fact)]
    }
}
