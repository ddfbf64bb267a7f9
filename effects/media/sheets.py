"""One large picture of many small ones, to look them over. No Django inside."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ACROSS = 14
PICTURE, GAP, LABEL, HEADING = (180, 240), 16, 44, 64
GROUND, INK, QUIET = "#13110f", "#f4f0e8", "#a19a8e"


@dataclass(frozen=True)
class Entry:
    picture: Path
    title: str
    name: str


def contact_sheet(groups: Sequence[tuple[str, Sequence[Entry]]]) -> Image.Image:
    """Draw the pictures of each group under its heading, each with its title and name."""
    width, height = PICTURE[0] + GAP, PICTURE[1] + LABEL + GAP
    across = min(ACROSS, max(len(entries) for _, entries in groups))
    rows = sum(-(-len(entries) // across) for _, entries in groups)
    sheet = Image.new("RGB", (GAP + across * width, GAP + rows * height + len(groups) * HEADING), GROUND)
    pen = ImageDraw.Draw(sheet)
    top = GAP
    for heading, entries in groups:
        pen.text((GAP, top + 8), heading, INK, _font(34))
        top += HEADING
        for place, entry in enumerate(entries):
            row, column = divmod(place, across)
            _paste(sheet, pen, entry, (GAP + column * width, top + row * height))
        top += -(-len(entries) // across) * height
    return sheet


def _paste(sheet: Image.Image, pen: ImageDraw.ImageDraw, entry: Entry, corner: tuple[int, int]) -> None:
    left, top = corner
    with Image.open(entry.picture) as picture:
        sheet.paste(picture.convert("RGB").resize(PICTURE, Image.Resampling.LANCZOS), corner)
    for text, below, size, ink in ((entry.title, 4, 17, INK), (entry.name, 24, 14, QUIET)):
        pen.text((left, top + PICTURE[1] + below), _fitting(text, _font(size)), ink, _font(size))


def _fitting(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> str:
    """Return a text shortened until it is no wider than a picture."""
    shorter: Iterable[str] = (f"{text[:length].rstrip()}…" for length in range(len(text) - 1, 0, -1))
    return next((said for said in (text, *shorter) if font.getlength(said) <= PICTURE[0]), "…")


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
