//! The answer of `uname`: which kernel this is, on what, and how the machine is called.

use std::ffi::CStr;

use super::Collector;
use crate::metric::{Descriptor, Unit};

const INFO: Descriptor = Descriptor::gauge(
    "node_uname_info",
    Unit::Info,
    &["domainname", "machine", "nodename", "release", "sysname", "version"],
    "What the kernel says of itself and of the machine.",
);

/// The collector `uname`.
pub const COLLECTOR: Collector = Collector {
    name: "uname",
    default: true,
    metrics: &[INFO],
    settings: &[],
    start: |_| {
        Ok(Box::new(|_, out| {
            let uname = rustix::system::uname();
            let fields = [
                uname.domainname(),
                uname.machine(),
                uname.nodename(),
                uname.release(),
                uname.sysname(),
                uname.version(),
            ]
            .map(CStr::to_string_lossy);
            out.push(&INFO, &fields.each_ref().map(|field| &**field), 1.0);
            Ok(())
        }))
    },
};

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::{
        metric::Batch,
        sources::host::{Host, Paths, Settings},
    };

    #[test]
    fn the_kernel_says_who_it_is() {
        let mut host = Host::new(Paths::default());
        let mut out = Batch::new(10);
        let mut read = (COLLECTOR.start)(&Settings::default()).unwrap();
        host.visit(Instant::now(), |host| read(host, &mut out)).unwrap();
        let (snapshot, _) = out.seal();
        let family = &snapshot.families()[0];
        assert!(snapshot.series(&family.samples[0]).contains(r#",sysname="Linux",version=""#));
    }
}
