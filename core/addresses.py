"""Which addresses may be asked from inside our network: public ones only, checked as dialled.

Checking a name before asking is not enough: it may resolve to something else a moment later. The
socket of a connection is made by ``guarded``, which sees the very address that is dialled, after
every redirect and every look-up of a name; nothing is resolved again in between.
"""

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass

from yarl import URL

MOST_REDIRECTS = 3
REDIRECTS = frozenset({301, 302, 303, 307, 308})

# Wraps IPv4 addresses (6to4), and is_global says yes to whatever is inside.
_WRAPPED = ipaddress.ip_network("2002::/16")
# All of IPv6 that is handed out to anybody as a public unicast address (RFC 4291, 2.5.4).
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
AddrInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Rules:
    """What may be asked. ``here`` are ports of this machine; only tests put any in.

    ``ports`` are those of other machines.
    """

    schemes: frozenset[str] = frozenset({"https"})
    ports: frozenset[int] = frozenset({443})
    here: frozenset[int] = frozenset()

    def allows(self, url: URL) -> bool:
        """Whether an address is of a shape that may be asked; a name is not resolved here."""
        if url.scheme not in self.schemes or not url.host:
            return False
        if url.user is not None or url.password is not None or url.port is None:
            return False
        try:
            return self.may_dial(url.host, url.port)
        except ValueError:  # a name: judged when it is dialled
            return url.port in self.ports | self.here

    def may_dial(self, host: str, port: int) -> bool:
        """Whether ``host`` (a numeric address) may be dialled; ValueError when it is a name."""
        if _address(host).is_loopback:
            return port in self.here
        return port in self.ports and is_public(host)

    def guarded(self, info: AddrInfo) -> socket.socket:
        """Make the socket for a connection; OSError when its address may not be dialled."""
        family, kind, protocol, _, address = info
        if not self.may_dial(str(address[0]), int(str(address[1]))):
            raise NotAllowed
        return socket.socket(family, kind, protocol)


class NotAllowed(OSError):
    """An address that may not be dialled."""


STRICT = Rules()

SocketFactory = Callable[[AddrInfo], socket.socket]


def is_public(host: str) -> bool:
    """Whether ``host`` (a numeric address) is a public unicast one; ValueError when it is a name.

    An IPv4 address inside an IPv6 one counts as what it is; other wrappings are never public.
    """
    address = _address(host)
    if isinstance(address, ipaddress.IPv6Address):
        if address not in _GLOBAL_UNICAST or address in _WRAPPED:
            return False
    elif address.is_reserved:
        return False
    return address.is_global and not address.is_multicast


def is_loopback(host: str) -> bool:
    """Whether ``host`` (a numeric address) is this machine; ValueError when it is a name."""
    return _address(host).is_loopback


def _address(host: str) -> _Address:
    address: _Address = ipaddress.ip_address(host.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
