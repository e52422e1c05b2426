"""Takes the port that protocol ends and browsers come to."""

import os
import socket

from core.errors import StartRefused


def bind(host: str, port: int) -> socket.socket:
    """Return a socket bound to ``host`` and ``port`` (0: any free one).

    Raises StartRefused ``start.port_taken`` (port).
    """
    door = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    if os.name != "nt":
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host, port))
    except OSError:
        door.close()
        raise StartRefused("start.port_taken", port=port) from None
    return door
