//! What must exist, for no tool in particular: rules, routes, boards, proofs.

mod clock;
mod expression;
mod rules;
mod wording;

pub(crate) use clock::Clock;
pub(crate) use expression::{View, expression, recorded_name};
pub(crate) use rules::{AlertRule, RecordingRule, WATCHDOG};
pub(crate) use wording::{Piece, describe_bound};

use crate::checks::Checked;
use crate::model::{Model, Service};
use crate::units::Duration;

/// Everything that the emitters write down.
pub(crate) struct Plan<'m> {
    pub(crate) model: &'m Model,
    pub(crate) clock: Clock,
    pub(crate) services: Vec<ServicePlan<'m>>,
}

/// What one service needs.
pub(crate) struct ServicePlan<'m> {
    pub(crate) service: &'m Service,
    pub(crate) recordings: Vec<RecordingRule>,
    pub(crate) alerts: Vec<AlertRule<'m>>,
}

/// Plans everything. `drill` is the scrape interval of an exercise in which nobody wants to wait.
pub(crate) fn plan(checked: &Checked, drill: Option<Duration>) -> Plan<'_> {
    let model = checked.model();
    let clock = Clock::new(&model.project, drill);
    let services = model
        .services
        .iter()
        .map(|service| ServicePlan {
            service,
            recordings: rules::recordings(service, clock),
            alerts: rules::alerts(service, &model.project, clock),
        })
        .collect();
    Plan { model, clock, services }
}
