//! `rulegen.yml`: which files belong together and for which versions to write.

use super::decode::Fields;
use super::yaml::{At, Node};
use crate::diagnostic::Diagnostics;

#[derive(Debug, Default)]
pub(crate) struct ProjectSpec {
    pub(crate) specs: Vec<At<String>>,
    pub(crate) library: Option<At<String>>,
    pub(crate) catalogs: Option<At<String>>,
    pub(crate) out_rules: Option<At<String>>,
    pub(crate) out_dashboards: Option<At<String>>,
    pub(crate) prometheus: Option<At<String>>,
    pub(crate) alertmanager: Option<At<String>>,
    pub(crate) grafana: Option<At<String>>,
    pub(crate) scrape_interval: Option<At<String>>,
    pub(crate) evaluation_interval: Option<At<String>>,
    /// Where people open a runbook: the address of the folder that holds the generated rules.
    pub(crate) runbooks_at: Option<At<String>>,
    /// Where people open Grafana.
    pub(crate) grafana_at: Option<At<String>>,
}

pub(super) fn decode(node: At<Node>, problems: &mut Diagnostics) -> Option<ProjectSpec> {
    let mut fields = Fields::open(node, "the project file", problems)?;
    let mut project = ProjectSpec { specs: fields.texts("specs"), ..ProjectSpec::default() };
    project.library = fields.text("library");
    project.catalogs = fields.text("catalogs");
    project.scrape_interval = fields.text("scrape_interval");
    project.evaluation_interval = fields.text("evaluation_interval");
    if let Some(mut out) = fields.take("out").and_then(|n| Fields::open(n, "`out`", fields.problems)) {
        project.out_rules = out.text("rules");
        project.out_dashboards = out.text("dashboards");
        out.close();
    }
    if let Some(mut targets) = fields.take("targets").and_then(|n| Fields::open(n, "`targets`", fields.problems)) {
        project.prometheus = targets.text("prometheus");
        project.alertmanager = targets.text("alertmanager");
        project.grafana = targets.text("grafana");
        targets.close();
    }
    if let Some(mut links) = fields.take("links").and_then(|n| Fields::open(n, "`links`", fields.problems)) {
        project.runbooks_at = links.text("runbooks");
        project.grafana_at = links.text("grafana");
        links.close();
    }
    fields.close();
    Some(project)
}
