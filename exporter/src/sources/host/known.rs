//! Files whose lines are families: most lines are known and have a descriptor of their own, a newer kernel adds others.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use crate::metric::{Batch, Descriptor};

/// Descriptors by the names of their families.
pub struct Known(HashMap<&'static str, &'static Descriptor, FxBuildHasher>);

impl Known {
    /// Those of `metrics` that name one family.
    pub fn new(metrics: &'static [Descriptor]) -> Self {
        let concrete = metrics.iter().filter(|metric| !metric.is_pattern());
        Self(concrete.map(|metric| (metric.name, metric)).collect())
    }

    /// Adds one sample of the family `name`: under its own descriptor, or else under the pattern `any`.
    pub fn push(&self, name: &str, any: &'static Descriptor, value: f64, out: &mut Batch) {
        match self.0.get(name) {
            Some(descriptor) => out.push(descriptor, &[], value),
            None => out.push_named(any, name, any.help, &[], value),
        }
    }
}
