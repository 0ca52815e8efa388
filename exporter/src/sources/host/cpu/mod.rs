//! The processors: what they spend their time on, what they are, and whether they are slowed down or set aside.

mod info;
mod seconds;
mod sysfs;

use super::{Collector, Setting, Settings};
use crate::metric::Descriptor;

pub(super) use info::FREQUENCY_HELP;
pub(super) use sysfs::{FOLDER, list, parse_list};

const METRICS: [Descriptor; 10] = [
    seconds::SECONDS,
    seconds::GUEST,
    info::INFO,
    info::FREQUENCY,
    info::FLAG,
    info::BUG,
    sysfs::CORE_THROTTLES,
    sysfs::PACKAGE_THROTTLES,
    sysfs::ISOLATED,
    sysfs::ONLINE,
];

const GUEST: Setting = Setting::switch("cpu.guest", true, "Report the time spent in virtual machines.");
const INFO: Setting = Setting::switch("cpu.info", false, "Report what the processors are, from /proc/cpuinfo.");
const FLAGS: Setting =
    Setting::text("cpu.info.flags-include", "", "Abilities to report (regular expression); turns on cpu.info.");
const BUGS: Setting =
    Setting::text("cpu.info.bugs-include", "", "Flaws to report (regular expression); turns on cpu.info.");

/// The collector `cpu`.
pub const COLLECTOR: Collector = Collector {
    name: "cpu",
    default: true,
    metrics: &METRICS,
    settings: &[GUEST, INFO, FLAGS, BUGS],
    start: |settings: &Settings| {
        let guest = settings.is_on(&GUEST);
        let flags = settings.pattern(&FLAGS)?;
        let bugs = settings.pattern(&BUGS)?;
        let info = settings.is_on(&INFO) || flags.is_some() || bugs.is_some();
        let mut seconds = seconds::Seconds::default();
        Ok(Box::new(move |host, out| {
            let stat = host.proc("stat").and_then(|text| seconds.read(&text, guest, out));
            let info = match info {
                true => host.proc("cpuinfo").and_then(|text| info::read(&text, flags.as_ref(), bugs.as_ref(), out)),
                false => Ok(()),
            };
            let sysfs = sysfs::read(host, out);
            stat.and(info).and(sysfs)
        }))
    },
};
