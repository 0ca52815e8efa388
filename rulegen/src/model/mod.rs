//! The specs with their meaning: typed signals, bounds in base units, severities as policies.

mod alert;
mod board;
mod bound;
mod ident;
mod names;
mod project;
mod receiver;
mod service;
mod severity;
mod signal;
mod typing;
mod window;

pub(crate) use alert::{Alert, Level, Part, Summary};
pub(crate) use board::{Board, Panel, PanelKind, Row};
pub(crate) use bound::Bound;
pub use ident::fingerprint;
pub(crate) use ident::{slug, stable_id};
pub(crate) use project::{Project, Version};
pub(crate) use receiver::{Integration, Receiver};
pub(crate) use service::{Service, WATCHDOG};
pub(crate) use severity::Severity;
pub(crate) use signal::{Guard, Kind, Signal};
pub(crate) use window::{Interval, Window, day_name};

use crate::catalog::Catalog;
use crate::diagnostic::{Diagnostics, Problem};
use crate::spec::Specs;

/// Everything the specs mean.
pub(crate) struct Model {
    pub(crate) project: Project,
    pub(crate) services: Vec<Service>,
    pub(crate) catalog: Catalog,
}

/// Where meaning is looked up and problems are put.
pub(crate) struct Lowering<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) problems: &'a mut Diagnostics,
}

impl Lowering<'_> {
    fn push(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
}

/// Gives the specs their meaning. What cannot be understood is reported and left out.
pub(crate) fn lower(specs: Specs, catalog: Catalog, problems: &mut Diagnostics) -> Model {
    let mut lowering = Lowering { catalog: &catalog, problems };
    let project = project::lower(&specs.project, &mut lowering);
    let packs = specs.packs;
    let services =
        specs.services.into_iter().filter_map(|spec| service::lower(spec, &packs, &project, &mut lowering)).collect();
    Model { project, services, catalog }
}
