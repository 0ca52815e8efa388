//! How long things take: as the spec says, or shortened for a drill.

use crate::model::Project;
use crate::units::Duration;

/// The durations of outputs. A drill shortens waiting and looking back; thresholds, forecasts and windows of the week
/// keep their meaning, or the drill would exercise something else than what runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    scrape: Duration,
    evaluation: Duration,
    drill: Option<Duration>,
}

impl Clock {
    pub(super) fn new(project: &Project, drill: Option<Duration>) -> Self {
        Self { scrape: project.scrape, evaluation: project.evaluation, drill }
    }

    pub(crate) fn is_drill(self) -> bool {
        self.drill.is_some()
    }

    /// How often rules are evaluated.
    pub(crate) fn evaluation(self) -> Duration {
        self.drill.unwrap_or(self.evaluation)
    }

    /// How often targets are scraped.
    pub(crate) fn scrape(self) -> Duration {
        self.drill.unwrap_or(self.scrape)
    }

    /// A time to wait. In a drill it is as many drill scrapes as the binary digits of the real number of scrapes: what
    /// was longer stays longer, `5m` becomes 5 scrapes and `1d` becomes 13.
    pub(crate) fn wait(self, real: Duration) -> Duration {
        let Some(drill) = self.drill else { return real };
        let scrapes = real.0.div_ceil(self.scrape.0.max(1));
        Duration(drill.0 * u64::from(u64::BITS - scrapes.leading_zeros()))
    }

    /// A time to look back: as [`Self::wait`], but never less than four scrapes.
    pub(crate) fn look_back(self, real: Duration) -> Duration {
        match self.drill {
            None => real,
            Some(drill) => self.wait(real).max(Duration(drill.0 * 4)),
        }
    }
}
