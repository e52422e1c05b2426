"""Pictures of words: a long page for a phone, drawn with a font of our own, the same every time."""

from core.pictures.drawing import draw
from core.pictures.keeping import blobs_of
from core.pictures.pages import Break, Item, Page, Paragraph

__all__ = ["Break", "Item", "Page", "Paragraph", "blobs_of", "draw"]
