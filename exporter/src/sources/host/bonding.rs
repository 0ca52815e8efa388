//! Bonds of network devices: how many devices each has, and how many of them have a link.

use super::{Collector, Host};
use crate::metric::{Batch, Descriptor, Failure, Unit};

const SLAVES: Descriptor =
    Descriptor::gauge("node_bonding_slaves", Unit::Count, &["master"], "Devices that the bond has.");
const ACTIVE: Descriptor =
    Descriptor::gauge("node_bonding_active", Unit::Count, &["master"], "Devices of the bond that have a link.");

/// The collector `bonding`.
pub const COLLECTOR: Collector = Collector {
    name: "bonding",
    default: true,
    metrics: &[SLAVES, ACTIVE],
    settings: &[],
    start: |_| Ok(Box::new(read)),
};

fn read(host: &mut Host, out: &mut Batch) -> Result<(), Failure> {
    let masters = host.sys("class/net/bonding_masters").map_err(Failure::missing_is_no_data)?.into_owned();
    let mut odd = None;
    for master in masters.split_ascii_whitespace() {
        if let Err(failure) = push(host, out, master) {
            odd.get_or_insert(failure);
        }
    }
    odd.map_or(Ok(()), Err)
}

fn push(host: &mut Host, out: &mut Batch, master: &str) -> Result<(), Failure> {
    let slaves = host.sys(&format!("class/net/{master}/bonding/slaves"))?.into_owned();
    let (mut count, mut active) = (0_u32, 0_u32);
    for slave in slaves.split_ascii_whitespace() {
        // Kernels before 3.13 have another prefix.
        let current = host.attribute(&format!("class/net/{master}/lower_{slave}/bonding_slave/mii_status"));
        let up = match current {
            Some(status) => status == "up",
            None => host.sys(&format!("class/net/{master}/slave_{slave}/bonding_slave/mii_status"))? == "up",
        };
        count += 1;
        active += u32::from(up);
    }
    out.push(&SLAVES, &[master], f64::from(count));
    out.push(&ACTIVE, &[master], f64::from(active));
    Ok(())
}
