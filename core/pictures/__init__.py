"""Pictures of words: a long page for a phone, drawn with a font of our own, the same every time."""

from core.pictures.charts import Bar, Chart, draw_chart
from core.pictures.drawing import draw
from core.pictures.keeping import blobs_of, kept_ids
from core.pictures.pages import Break, Item, Page, Paragraph
from core.pictures.sheets import Thumb, draw_sheet

__all__ = [
    "Bar", "Break", "Chart", "Item", "Page", "Paragraph", "Thumb", "blobs_of", "draw", "draw_chart",
    "draw_sheet", "kept_ids",
]  # fmt: skip
