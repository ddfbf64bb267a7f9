"""Photos for tests, made on the spot."""

import io
from typing import Any

import numpy as np
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw


def picture(width: int = 480, height: int = 640, seed: int = 1) -> Image.Image:
    """Draw a head and shoulders on a grained ground; another seed gives another picture."""
    grain = np.random.default_rng(seed).integers(90, 150, (height, width, 3), dtype=np.uint8)
    image = Image.fromarray(grain)
    pen = ImageDraw.Draw(image)
    middle, unit = width / 2, min(width, height) / 10
    pen.ellipse((middle - 4 * unit, height - 3 * unit, middle + 4 * unit, height + 4 * unit), fill=(60, 80, 140))
    pen.ellipse((middle - 2 * unit, height / 3, middle + 2 * unit, height / 3 + 5 * unit), fill=(230, 180, 150))
    return image


def photo_bytes(width: int = 480, height: int = 640, *, form: str = "JPEG", seed: int = 1, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture(width, height, seed).save(buffer, form, **options)
    return buffer.getvalue()


def upload(content: bytes | None = None, name: str = "me.jpg", *, seed: int = 1) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, photo_bytes(seed=seed) if content is None else content, "image/jpeg")
