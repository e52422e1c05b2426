"""What a picture says, free of any look."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running words."""

    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """A numbered line: its number stands in a box before the words."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Break:
    """A thin rule between two sections."""


Block = Paragraph | Item | Break


@dataclass(frozen=True, slots=True)
class Page:
    """One description. ``above`` is a short line over the title, ``footer`` small print below."""

    title: str
    blocks: tuple[Block, ...]
    footer: tuple[str, ...] = ()
    above: str = ""
