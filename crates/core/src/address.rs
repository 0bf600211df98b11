//! Which addresses a server may send us to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether `ip` is one of the open network: not this machine, not its neighbours, not a link or a cloud's metadata host.
///
/// A download's host is named by a server, so adapters ask this of every address that such a name leads to
/// ([`Call::stays_public`](crate::call::Call::stays_public)).
///
/// ```
/// use weixin_video_core::address::is_public;
///
/// assert!(is_public("93.184.216.34".parse()?));
/// for inside in ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1", "::ffff:192.168.0.1", "64:ff9b::a00:1"] {
///     assert!(!is_public(inside.parse()?), "{inside}");
/// }
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[must_use]
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [first, second, ..] = ip.octets();
    let shared = first == 100 && (64..128).contains(&second);
    let benchmark = first == 198 && (18..20).contains(&second);
    let special = ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_multicast() || ip.is_broadcast();
    !(special || shared || benchmark || first == 0 || first >= 240)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    if let Some(inner) = embedded(ip) {
        return is_public_v4(inner);
    }
    let special = ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_multicast();
    // The old site-local prefix is routed like a private one where it still is.
    let site_local = ip.segments()[0] & 0xffc0 == 0xfec0;
    !(special || site_local || ip.is_unicast_link_local())
}

/// The IPv4 address that an IPv6 one stands for: mapped, compatible, NAT64 and 6to4.
fn embedded(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let [high, low] = [|a: u16| (a >> 8) as u8, |a: u16| (a & 0xff) as u8];
    let of = |a: u16, b: u16| Ipv4Addr::new(high(a), low(a), high(b), low(b));
    match ip.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        [0, 0, 0, 0, 0, 0 | 0xffff, a, b] | [0x64, 0xff9b, 0, 0, 0, 0, a, b] => Some(of(a, b)),
        [0x2002, a, b, ..] => Some(of(a, b)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_inside_stays_inside() {
        for inside in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "127.9.9.9",
            "169.254.1.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.255.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::127.0.0.1",
            "2002:7f00:1::",
            "fc00::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(inside.parse().expect("an address")), "{inside}");
        }
    }

    #[test]
    fn what_is_outside_may_be_asked() {
        for outside in ["1.1.1.1", "100.128.0.1", "172.32.0.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
        {
            assert!(is_public(outside.parse().expect("an address")), "{outside}");
        }
    }
}
