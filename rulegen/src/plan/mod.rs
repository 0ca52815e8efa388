//! What must exist, for no tool in particular: rules, routes, boards, proofs.

mod boards;
mod clock;
mod expression;
mod proof;
mod routes;
mod rules;
mod wording;

pub(crate) use boards::{BoardPlan, Grade, PanelPlan, RowPlan, Thresholds, firing};
pub(crate) use clock::Clock;
pub(crate) use expression::{View, computed};
pub(crate) use proof::{Expectation, Run, Scene, Series, State};
pub(crate) use routes::{Audience, Inhibition, Route, Routing};
pub(crate) use rules::{AlertRule, Origin, RecordingRule};
pub(crate) use wording::{Piece, describe_bound, severity_words};

use crate::checks::Checked;
use crate::model::{Model, Service};
use crate::units::Duration;

/// Everything that the emitters write down.
pub(crate) struct Plan<'m> {
    pub(crate) model: &'m Model,
    pub(crate) clock: Clock,
    pub(crate) services: Vec<ServicePlan<'m>>,
    pub(crate) routing: Option<Routing<'m>>,
    /// Where a drill delivers instead of to people.
    pub(crate) deliver_to: Option<String>,
}

/// An exercise in which nobody wants to wait and nobody wants to be woken.
#[derive(Clone, Debug)]
pub struct Drill {
    /// How often targets are scraped in the exercise, in milliseconds.
    pub(crate) scrape: Duration,
    /// Address that gets every message.
    pub(crate) deliver_to: String,
}

impl Drill {
    /// A drill with this scrape interval, whose messages all go to `deliver_to`.
    #[must_use]
    pub fn new(scrape: std::time::Duration, deliver_to: impl Into<String>) -> Self {
        let millis = u64::try_from(scrape.as_millis()).unwrap_or(u64::MAX).clamp(1, 3_600_000);
        Self { scrape: Duration(millis), deliver_to: deliver_to.into() }
    }
}

/// What one service needs.
pub(crate) struct ServicePlan<'m> {
    pub(crate) service: &'m Service,
    pub(crate) recordings: Vec<RecordingRule>,
    pub(crate) alerts: Vec<AlertRule<'m>>,
    pub(crate) proofs: Vec<Scene>,
    pub(crate) boards: Vec<BoardPlan<'m>>,
}

/// Plans everything.
pub(crate) fn plan<'m>(checked: &'m Checked, drill: Option<&Drill>) -> Plan<'m> {
    let model = checked.model();
    let clock = Clock::new(&model.project, drill.map(|d| d.scrape));
    let services = model.services.iter().map(|service| service_plan(service, model, clock)).collect();
    let deliver_to = drill.map(|d| d.deliver_to.clone());
    Plan { model, clock, services, routing: routes::routing(model, clock), deliver_to }
}

fn service_plan<'m>(service: &'m Service, model: &Model, clock: Clock) -> ServicePlan<'m> {
    let recordings = rules::recordings(service, clock);
    let alerts = rules::alerts(service, &model.project, clock);
    let mut plan = ServicePlan { service, recordings, alerts, proofs: Vec::new(), boards: boards::boards(service) };
    plan.proofs = proof::proofs(&plan, clock, &model.catalog);
    plan
}
