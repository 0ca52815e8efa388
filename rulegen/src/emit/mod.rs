//! Outputs. One emitter, one file, one row; each is pure and ordered: same plan, same bytes.

mod alertmanager;
mod grafana;
mod panel;
mod prometheus;
mod promtool;
mod receivers;
mod reference;
mod runbook;
mod yaml;

pub(crate) use reference::reference;

use crate::plan::Plan;

/// One output file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// Where it belongs, relative to the project file, with `/`.
    pub path: String,
    /// Its bytes.
    pub text: String,
}

/// A writer of one kind of output.
pub(crate) struct Emitter {
    /// What it writes, for the reference.
    pub(crate) what: &'static str,
    run: fn(&Plan<'_>) -> Vec<Artifact>,
}

/// Every emitter there is.
pub(crate) static EMITTERS: &[Emitter] = &[
    Emitter {
        what: "`<rules>/<service>/alerts.yml`: recording and alerting rules for Prometheus",
        run: prometheus::run,
    },
    Emitter { what: "`<rules>/<service>/tests.yml`: proofs, run by `promtool test rules`", run: promtool::run },
    Emitter {
        what: "`<rules>/alertmanager.yml`: routes, receivers, windows and inhibitions for Alertmanager",
        run: alertmanager::run,
    },
    Emitter { what: "`<dashboards>/<uid>.json`: a dashboard for Grafana", run: grafana::run },
    Emitter { what: "`<rules>/<service>/runbooks/`: a page per alert and an index", run: runbook::run },
];

/// Everything the plan asks for, ordered by path.
pub(crate) fn all(plan: &Plan<'_>) -> Vec<Artifact> {
    let mut artifacts: Vec<Artifact> = EMITTERS.iter().flat_map(|emitter| (emitter.run)(plan)).collect();
    artifacts.sort_by(|a, b| a.path.cmp(&b.path));
    artifacts
}
