"""Files of people on a page: what a browser may show, and everything else only saved."""

from urllib.parse import quote

from starlette.responses import Response

# What the inspection of files lets in and a browser shows; everything else is only saved.
_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "wav": "audio/wav",
    "m4a": "audio/mp4",
}


def shows(suffix: str) -> str:
    """Return how a browser shows such a file: image, audio, or empty for one to be saved."""
    return _TYPES.get(suffix, "").partition("/")[0]


def suffix_of(name: str) -> str:
    """Return the suffix of a file's name, in lower case; empty when it has none."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def answer(data: bytes, *, number: int, suffix: str) -> Response:
    """Send a file under a name of ours: what somebody called it says nothing to a browser."""
    kind = _TYPES.get(suffix, "application/octet-stream")
    place = "inline" if suffix in _TYPES else "attachment"
    name = quote(f"{number}.{suffix}")
    return Response(
        data,
        media_type=kind,
        headers={"content-disposition": f"{place}; filename*=UTF-8''{name}"},
    )
