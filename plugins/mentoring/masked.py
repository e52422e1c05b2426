"""A line of which what was understood is masked, so that the rest stays apart."""

import re

MASK = "\x00"


class Masked:
    """The text of a line, and what of it is still to be understood."""

    def __init__(self, text: str) -> None:
        self.text = text

    def mask(self, start: int, end: int) -> None:
        """Put the characters from ``start`` to before ``end`` out of sight."""
        self.text = self.text[:start] + MASK * (end - start) + self.text[end:]

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Mask the first place where ``pattern`` stands, and return it."""
        found = pattern.search(self.text)
        if found is not None:
            self.mask(*found.span())
        return found
