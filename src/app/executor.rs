//! Does what the console wishes, in tasks that answer with messages. Nothing here is waited for.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::task::AbortHandle;

use super::compose::House;
use super::stage::post;
use crate::console::effect::Effect;
use crate::console::message::{Cached, Gathering, Loaded, Msg, RequestId};
use crate::domain::approval::ApprovedPlan;
use crate::domain::operation::{Operation, OperationId};
use crate::domain::plan::Plan;
use crate::domain::sku::Tier;
use crate::engine::survey::Sighting;
use crate::engine::{Report, Reports};
