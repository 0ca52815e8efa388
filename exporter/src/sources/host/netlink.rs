//! Dumps over netlink, for what the kernel tells nowhere else. Works on the network namespace of this process.

use std::time::Duration;

use rustix::{
    io::Errno,
    net::{
        AddressFamily, Protocol, RecvFlags, SendFlags, SocketFlags, SocketType,
        netlink::SocketAddrNetlink,
        recv, sendto, socket_with,
        sockopt::{Timeout, set_socket_timeout},
    },
};

use crate::metric::Failure;

const HEADER: usize = 16;
const REQUEST_DUMP: u16 = 0x301;
const ERROR: u16 = 2;
const DONE: u16 = 3;

/// Asks for all things of a kind, and hands each one's bytes to `each`.
pub fn dump(
    protocol: Option<Protocol>,
    kind: u16,
    question: &[u8],
    mut each: impl FnMut(&[u8]),
) -> Result<(), Failure> {
    exchange(protocol, kind, question, &mut each).map_err(|errno| Failure::io("netlink", &errno.into()))
}

fn exchange(protocol: Option<Protocol>, kind: u16, question: &[u8], each: &mut impl FnMut(&[u8])) -> Result<(), Errno> {
    let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, protocol)?;
    // The kernel answers at once; should it not, this must not hang.
    set_socket_timeout(&socket, Timeout::Recv, Some(Duration::from_secs(1)))?;
    let mut request = Vec::with_capacity(HEADER + question.len());
    request.extend(((HEADER + question.len()) as u32).to_ne_bytes());
    request.extend(kind.to_ne_bytes());
    request.extend(REQUEST_DUMP.to_ne_bytes());
    // Sequence and port: there is one question, and the kernel fills in the port.
    request.extend([0; 8]);
    request.extend(question);
    sendto(&socket, &request, SendFlags::empty(), &SocketAddrNetlink::new(0, 0))?;
    let mut buffer = vec![0; 32 * 1024];
    loop {
        let (_, size) = recv(&socket, buffer.as_mut_slice(), RecvFlags::empty())?;
        if !read(buffer.get(..size).unwrap_or_default(), each)? {
            return Ok(());
        }
    }
}

/// Reads what came in one piece. Returns whether more will come.
fn read(mut bytes: &[u8], each: &mut impl FnMut(&[u8])) -> Result<bool, Errno> {
    if bytes.is_empty() {
        return Ok(false);
    }
    while let (Some(size), Some(kind)) = (u32_at(bytes, 0), u16_at(bytes, 4)) {
        let size = size as usize;
        let Some(body) = bytes.get(HEADER..size) else { return Err(Errno::BADMSG) };
        match kind {
            DONE => return Ok(false),
            ERROR => match u32_at(body, 0).unwrap_or(0) as i32 {
                0 => return Ok(false),
                code => return Err(Errno::from_raw_os_error(code.wrapping_neg())),
            },
            _ => each(body),
        }
        bytes = bytes.get(size.next_multiple_of(4)..).unwrap_or_default();
    }
    Ok(true)
}

/// The attributes behind the fixed part of a message: their types and values.
pub fn attributes(mut bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let (size, kind) = (u16_at(bytes, 0)? as usize, u16_at(bytes, 2)?);
        let value = bytes.get(4..size)?;
        bytes = bytes.get(size.next_multiple_of(4)..).unwrap_or_default();
        Some((kind, value))
    })
}

/// The number at an offset.
pub fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(bytes.get(offset..)?.first_chunk().copied()?))
}

fn u16_at(bytes: &[u8], offset: usize) -> Option<u16> {
    Some(u16::from_ne_bytes(bytes.get(offset..)?.first_chunk().copied()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: u16, body: &[u8]) -> Vec<u8> {
        let mut bytes = ((HEADER + body.len()) as u32).to_ne_bytes().to_vec();
        bytes.extend(kind.to_ne_bytes());
        bytes.extend([0; 10]);
        bytes.extend(body);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    fn bodies(bytes: &[u8]) -> (Result<bool, Errno>, Vec<Vec<u8>>) {
        let mut all = Vec::new();
        (read(bytes, &mut |body| all.push(body.to_vec())), all)
    }

    #[test]
    fn reads_messages_until_the_last() {
        let two = [message(20, b"abcde"), message(20, b"f")].concat();
        assert_eq!(bodies(&two), (Ok(true), vec![b"abcde".to_vec(), b"f".to_vec()]));
        let last = [message(20, b"a"), message(DONE, &[0; 4]), message(20, b"b")].concat();
        assert_eq!(bodies(&last), (Ok(false), vec![b"a".to_vec()]));
    }

    #[test]
    fn an_error_is_an_errno() {
        assert_eq!(bodies(&message(ERROR, &(-13_i32).to_ne_bytes())).0, Err(Errno::ACCESS));
    }

    #[test]
    fn nothing_read_is_out_of_bounds() {
        let whole = message(20, b"abcdefgh");
        for size in 1..whole.len() {
            _ = bodies(&whole[..size]);
            _ = attributes(&whole[..size]).count();
        }
        assert_eq!(bodies(&[0; 64]).0, Err(Errno::BADMSG));
        assert_eq!(bodies(&[0xff; 64]).0, Err(Errno::BADMSG));
        assert_eq!(attributes(&[0; 64]).count(), 0);
    }
}
