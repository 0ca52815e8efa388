//! The addresses of network devices, which the kernel tells only over netlink.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rustix::net::{AddressFamily, SocketType, netdevice::index_to_name, socket};

use super::super::netlink::{attributes, dump, u32_at};
use crate::metric::Failure;

const GET_ADDRESSES: u16 = 22;
const ADDRESS: u16 = 1;
const LOCAL: u16 = 2;

/// An address of a device.
#[derive(Debug, PartialEq, Eq)]
pub struct Address {
    pub device: u32,
    pub ip: IpAddr,
    pub prefix: u8,
}

/// Every address of this network namespace, with the name of its device.
pub fn all() -> Result<Vec<(String, Address)>, Failure> {
    let mut found = Vec::new();
    dump(None, GET_ADDRESSES, &[0; 8], |message| found.extend(parse(message)))?;
    let any = socket(AddressFamily::INET, SocketType::DGRAM, None)
        .or_else(|_| socket(AddressFamily::INET6, SocketType::DGRAM, None))
        .map_err(|errno| Failure::io("socket", &errno.into()))?;
    // A device without a name went away in between.
    let named = found.into_iter().filter_map(|address| Some((index_to_name(&any, address.device).ok()?, address)));
    Ok(named.collect())
}

/// One `struct ifaddrmsg`. On a link of two, `ADDRESS` is the other end's, and `LOCAL` ours.
fn parse(message: &[u8]) -> Option<Address> {
    let (prefix, device) = (*message.get(1)?, u32_at(message, 4)?);
    let values = || attributes(message.get(8..).unwrap_or_default());
    let (_, value) =
        values().find(|(kind, _)| *kind == LOCAL).or_else(|| values().find(|(kind, _)| *kind == ADDRESS))?;
    let ip = match value.len() {
        4 => Ipv4Addr::from(*value.first_chunk()?).into(),
        16 => Ipv6Addr::from(*value.first_chunk()?).to_canonical(),
        _ => return None,
    };
    Some(Address { device, ip, prefix })
}

impl Address {
    /// How far the address is known. The words are node_exporter's, so loopback counts as link-local.
    pub fn scope(&self) -> &'static str {
        let (link, everywhere) = match self.ip {
            IpAddr::V4(ip) => (
                ip.is_loopback() || ip.is_link_local() || ip.octets().starts_with(&[224, 0, 0]),
                !ip.is_multicast() && !ip.is_broadcast(),
            ),
            IpAddr::V6(ip) => (
                ip.is_loopback() || ip.is_unicast_link_local() || ip.segments()[0] & 0xff0f == 0xff02,
                !ip.is_multicast(),
            ),
        };
        match (link, self.ip, everywhere && !self.ip.is_unspecified()) {
            (true, _, _) => "link-local",
            (_, IpAddr::V6(ip), _) if ip.segments()[0] & 0xff0f == 0xff01 => "interface-local",
            (_, _, true) => "global",
            _ => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(prefix: u8, attributes: &[(u16, &[u8])]) -> Vec<u8> {
        let mut bytes = vec![2, prefix, 0, 0];
        bytes.extend(7_u32.to_ne_bytes());
        for (kind, value) in attributes {
            bytes.extend((4 + value.len() as u16).to_ne_bytes());
            bytes.extend(kind.to_ne_bytes());
            bytes.extend(*value);
        }
        bytes
    }

    #[test]
    fn our_end_of_a_link_comes_first() {
        let both = message(32, &[(ADDRESS, &[10, 0, 0, 2]), (LOCAL, &[10, 0, 0, 1])]);
        let ip = Ipv4Addr::new(10, 0, 0, 1).into();
        assert_eq!(parse(&both), Some(Address { device: 7, ip, prefix: 32 }));
        assert_eq!(parse(&message(24, &[(ADDRESS, &[10, 0])])), None);
        assert_eq!(parse(&[]), None);
    }

    #[test]
    fn scopes() {
        for (ip, scope) in [
            ("127.0.0.1", "link-local"),
            ("169.254.1.1", "link-local"),
            ("10.0.0.1", "global"),
            ("255.255.255.255", ""),
            ("0.0.0.0", ""),
            ("::1", "link-local"),
            ("fe80::1", "link-local"),
            ("ff02::1", "link-local"),
            ("ff01::1", "interface-local"),
            ("ff05::1", ""),
            ("2001:db8::1", "global"),
        ] {
            let address = Address { device: 1, ip: ip.parse().unwrap(), prefix: 8 };
            assert_eq!(address.scope(), scope, "{ip}");
        }
    }

    #[test]
    fn the_kernel_knows_the_loopback_address() {
        assert!(all().unwrap().iter().any(|(device, address)| device == "lo" && address.ip.is_loopback()));
    }
}
