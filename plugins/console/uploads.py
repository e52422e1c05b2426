"""Reads a form that brings a file along (multipart/form-data, RFC 7578), as browsers write it.

The whole of it is bounded before it is read; nothing touches the disk.
"""

import re

from starlette.requests import Request

from core.errors import Refusal
from plugins.roster.tables import MOST_BYTES

# Beside the file: a token, names of fields, the browser's own lines.
_MOST_BODY = MOST_BYTES + 64 * 1024
_MOST_PARTS = 20
_BOUNDARY = re.compile(r'multipart/form-data;.*\bboundary="?([^";\s]{1,70})"?', re.IGNORECASE)
_NAME = re.compile(rb'\bname="([^"\r\n]{1,60})"')
_FILE = re.compile(rb"\bfilename\*?=")


def is_one(request: Request) -> bool:
    """Whether a request brings such a form."""
    return _BOUNDARY.match(request.headers.get("content-type", "")) is not None


async def read(request: Request) -> tuple[dict[str, str], bytes]:
    """Return the fields of the form, the first of each name, and the file, empty for none.

    Raises Refusal ``roster.table_too_big``.
    """
    found = _BOUNDARY.match(request.headers.get("content-type", ""))
    pieces: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > _MOST_BODY:
            raise Refusal("roster.table_too_big")
        pieces.append(chunk)
    return parts_of(b"".join(pieces), found[1].encode() if found else b"")


def parts_of(body: bytes, boundary: bytes) -> tuple[dict[str, str], bytes]:
    """Return the fields and the file of a body; what cannot be read is no field."""
    fields: dict[str, str] = {}
    upload = b""
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary, _MOST_PARTS)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        name = _NAME.search(head)
        if name is None:
            continue
        if _FILE.search(head):
            upload = upload or content
        else:
            said = content.decode("utf-8", "replace").replace("\x00", "")
            fields.setdefault(name[1].decode("utf-8", "replace"), said)
    return fields, upload
