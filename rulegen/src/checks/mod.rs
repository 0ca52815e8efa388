//! What must hold before anything is written. One check, one file, one row.

mod collector_off;
mod duplicates;
mod hold_too_short;
mod reaches_nobody;
mod repeat_too_short;
mod severity_order;
mod summary_label;
mod target_contradicts;
mod threshold_range;
mod unused_receiver;
mod window_too_short;

use crate::diagnostic::{Code, Diagnostics};
use crate::model::Model;

/// A rule over the model.
pub(crate) struct Check {
    pub(crate) code: &'static Code,
    run: fn(&Model, &mut Diagnostics),
}

/// Every check there is.
pub(crate) static CHECKS: &[Check] = &[
    Check { code: &threshold_range::CODE, run: threshold_range::run },
    Check { code: &severity_order::CODE, run: severity_order::run },
    Check { code: &reaches_nobody::CODE, run: reaches_nobody::run },
    Check { code: &hold_too_short::CODE, run: hold_too_short::run },
    Check { code: &window_too_short::CODE, run: window_too_short::run },
    Check { code: &target_contradicts::CODE, run: target_contradicts::run },
    Check { code: &summary_label::CODE, run: summary_label::run },
    Check { code: &collector_off::CODE, run: collector_off::run },
    Check { code: &unused_receiver::CODE, run: unused_receiver::run },
    Check { code: &duplicates::CODE, run: duplicates::run },
    Check { code: &repeat_too_short::CODE, run: repeat_too_short::run },
];

/// A model that passed. There is no other way to make one, so unchecked input cannot be emitted.
pub(crate) struct Checked(Model);

impl Checked {
    pub(crate) fn model(&self) -> &Model {
        &self.0
    }
}

/// Runs every check, also when an earlier stage found problems: one run shows them all.
pub(crate) fn run(model: Model, problems: &mut Diagnostics) -> Option<Checked> {
    for check in CHECKS {
        (check.run)(&model, problems);
    }
    (!problems.has_errors()).then_some(Checked(model))
}
