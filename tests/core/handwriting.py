"""Draws pages of handwriting: strokes of a pen on paper, with the grain of a phone's camera.

No text and no person's hand: random strokes in the places of characters, by a seed.
"""

import io
import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

SIZE = (1500, 2000)


def page(
    seed: int, *, pen: int = 5, ink: int = 60, paper: int = 235, size: tuple[int, int] = SIZE
) -> Image.Image:
    """A page of fourteen lines of fourteen characters, as flat as a scanner's."""
    hand = random.Random(seed)  # noqa: S311  # only has to be the same again
    drawn = Image.new("L", size, paper)
    draw = ImageDraw.Draw(drawn)
    step = size[0] // 16
    for line in range(14):
        for column in range(14):
            left, top = step + column * step, step + line * size[1] // 17
            for _ in range(hand.randint(4, 9)):
                x, y = left + hand.randint(0, step * 3 // 4), top + hand.randint(0, step)
                reach = step // 2
                end = (x + hand.randint(-reach, reach), y + hand.randint(-reach, reach))
                draw.line([(x, y), end], fill=ink, width=pen)
    return drawn.convert("RGB")


def blurred(drawn: Image.Image, radius: float) -> Image.Image:
    """The same out of focus, ``radius`` in pixels."""
    return drawn.filter(ImageFilter.GaussianBlur(radius))


def shaken(drawn: Image.Image, times: int, *, down: bool = False) -> Image.Image:
    """The same with a hand that moved, five pixels a time."""
    across = [1.0 if (place % 5 == 2 if down else 10 <= place < 15) else 0.0 for place in range(25)]
    for _ in range(times):
        drawn = drawn.filter(ImageFilter.Kernel((5, 5), across))
    return drawn


def photo(drawn: Image.Image, *, grain: float = 4, quality: int = 60, **options: object) -> bytes:
    """The same as a camera's JPEG, with its grain (standard deviation in grey levels)."""
    even = random.Random(0).randbytes(drawn.width * drawn.height)  # noqa: S311  # as above
    # Even noise of the same spread as a camera's.
    spread = [round(128 + (value - 127.5) * grain * 12**0.5 / 255) for value in range(256)]
    noise = Image.frombytes("L", drawn.size, even).point(spread).convert("RGB")
    out = io.BytesIO()
    ImageChops.add(drawn, noise, 1, -128).save(out, "JPEG", quality=quality, **options)
    return out.getvalue()
