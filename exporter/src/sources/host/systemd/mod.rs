//! Units of systemd and how they stand, as systemd itself tells over D-Bus.

mod bus;
mod units;

use regex::Regex;

use super::{BadSetting, Collector, Setting, Settings};

const UNIT_INCLUDE: Setting =
    Setting::text("systemd.unit-include", ".+", "Units to report (regular expression for the whole name).");
const UNIT_EXCLUDE: Setting = Setting::text(
    "systemd.unit-exclude",
    r".+\.(automount|device|mount|scope|slice)",
    "Units to leave out of those (regular expression for the whole name).",
);
const PRIVATE: Setting =
    Setting::switch("systemd.private", false, "Talk to systemd without a bus; needs root, and is meant for tests.");
const TASKS: Setting =
    Setting::switch("systemd.enable-task-metrics", false, "Report the number of tasks of each service.");
const RESTARTS: Setting =
    Setting::switch("systemd.enable-restarts-metrics", false, "Report how often each service was restarted.");
const START_TIMES: Setting =
    Setting::switch("systemd.enable-start-time-metrics", false, "Report since when each unit is active.");

/// The collector `systemd`.
pub const COLLECTOR: Collector = Collector {
    name: "systemd",
    default: false,
    metrics: &units::FAMILIES,
    settings: &[UNIT_INCLUDE, UNIT_EXCLUDE, PRIVATE, TASKS, RESTARTS, START_TIMES],
    start: |settings| {
        let question = Question {
            include: whole(settings, &UNIT_INCLUDE)?,
            exclude: whole(settings, &UNIT_EXCLUDE)?,
            private: settings.is_on(&PRIVATE),
            tasks: settings.is_on(&TASKS),
            restarts: settings.is_on(&RESTARTS),
            start_times: settings.is_on(&START_TIMES),
        };
        Ok(Box::new(move |host, out| {
            let system = bus::ask(host.deadline(), &question)?;
            units::report(&system, out);
            Ok(())
        }))
    },
};

/// What is wanted of systemd.
struct Question {
    include: Regex,
    exclude: Regex,
    private: bool,
    tasks: bool,
    restarts: bool,
    start_times: bool,
}

impl Question {
    /// Whether a unit is reported on its own. Those that are only mentioned by others have no state worth telling.
    fn wants(&self, name: &str, load_state: &str) -> bool {
        load_state == "loaded" && self.include.is_match(name) && !self.exclude.is_match(name)
    }
}

fn whole(settings: &Settings, setting: &'static Setting) -> Result<Regex, BadSetting> {
    let pattern = format!("^(?:{})$", settings.text(setting));
    Regex::new(&pattern).map_err(|error| settings.bad(setting, error.to_string()))
}
