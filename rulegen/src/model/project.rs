//! What holds for all services: intervals, versions, folders.

use super::Lowering;
use crate::diagnostic::{BAD_QUANTITY, Problem};
use crate::spec::{At, ProjectSpec};
use crate::units::Duration;
use std::fmt;

/// `major.minor`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(pub(crate) u32, pub(crate) u32);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) scrape: Duration,
    pub(crate) evaluation: Duration,
    pub(crate) prometheus: Version,
    pub(crate) alertmanager: Version,
    pub(crate) grafana: Version,
    pub(crate) out_rules: String,
    pub(crate) out_dashboards: String,
    pub(crate) runbooks_at: Option<String>,
    pub(crate) grafana_at: Option<String>,
}

pub(super) fn lower(spec: &ProjectSpec, lowering: &mut Lowering<'_>) -> Project {
    let scrape = positive(spec.scrape_interval.as_ref(), Duration::seconds(15), lowering);
    let owned = |at: &Option<At<String>>| at.as_ref().map(|a| a.value.trim_end_matches('/').to_owned());
    Project {
        scrape,
        evaluation: positive(spec.evaluation_interval.as_ref(), scrape, lowering),
        prometheus: version(spec.prometheus.as_ref(), Version(2, 42), lowering),
        alertmanager: version(spec.alertmanager.as_ref(), Version(0, 25), lowering),
        grafana: version(spec.grafana.as_ref(), Version(11, 0), lowering),
        out_rules: owned(&spec.out_rules).unwrap_or_else(|| "rules/generated".to_owned()),
        out_dashboards: owned(&spec.out_dashboards).unwrap_or_else(|| "dashboards".to_owned()),
        runbooks_at: owned(&spec.runbooks_at),
        grafana_at: owned(&spec.grafana_at),
    }
}

fn positive(text: Option<&At<String>>, otherwise: Duration, lowering: &mut Lowering<'_>) -> Duration {
    let Some(at) = text else { return otherwise };
    match Duration::parse(&at.value) {
        Ok(duration) if duration > Duration(0) => return duration,
        Ok(_) => lowering.push(Problem::error(&BAD_QUANTITY, at.span, "an interval must be longer than nothing")),
        Err(message) => lowering.push(Problem::error(&BAD_QUANTITY, at.span, message)),
    }
    otherwise
}

/// The oldest version that the emitters know how to write for.
fn version(text: Option<&At<String>>, oldest: Version, lowering: &mut Lowering<'_>) -> Version {
    let Some(at) = text else { return oldest };
    let (major, minor) = at.value.split_once('.').unwrap_or((&at.value, "0"));
    // A patch number says nothing about which fields exist.
    let minor = minor.split('.').next().unwrap_or("0");
    match (major.parse(), minor.parse()) {
        (Ok(major), Ok(minor)) if Version(major, minor) >= oldest => Version(major, minor),
        (Ok::<u32, _>(_), Ok::<u32, _>(_)) => {
            let message = format!("version {} is too old: the oldest supported is {}.{}", at.value, oldest.0, oldest.1);
            lowering.push(Problem::error(&BAD_QUANTITY, at.span, message));
            oldest
        }
        _ => {
            let message = format!("`{}` is not a version: write \"{}.{}\"", at.value, oldest.0, oldest.1);
            lowering.push(Problem::error(&BAD_QUANTITY, at.span, message));
            oldest
        }
    }
}
