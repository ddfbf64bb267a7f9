"""Surfaces: light on relief, threads, beads, brush strokes, paper. RGB in, RGB out, same size."""

import cv2
import numpy as np

from effects.render.pictures import Picture, rgb


def _grain(shape: tuple[int, ...], seed: int, size: float = 1.0) -> Picture:
    """Noise around 0, about -1..1, float32 (H, W)."""
    height, width = shape[:2]
    noise = np.random.default_rng(seed).standard_normal(
        (int(height / size) + 2, int(width / size) + 2), dtype=np.float32
    )
    return cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC) * 0.5


def _shaded(picture: Picture, shade: Picture) -> Picture:
    """Multiply by an (H, W) shade where 1 leaves things as they are."""
    return np.clip(picture * shade[..., None], 0, 255).astype(np.uint8)


def _height(picture: Picture, sigma: float) -> Picture:
    return cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), sigma)


def lit(picture: Picture, relief: float, gloss: float) -> Picture:
    """Brightness read as height, lit from the upper left."""
    sigma = max(min(picture.shape[:2]) / 160, 1.5)
    slope = _height(picture, sigma)
    light = (cv2.Sobel(slope, cv2.CV_32F, 1, 0, ksize=3) + cv2.Sobel(slope, cv2.CV_32F, 0, 1, ksize=3)) * (sigma / 60)
    shade = np.clip(1 + relief * 0.3 * light, 0.72, 1.3)
    shine = np.clip(light * 1.4 - 0.35, 0, 1) * gloss * 130
    return np.clip(picture * shade[..., None] + shine[..., None], 0, 255).astype(np.uint8)


def cast(picture: Picture, dark: str, middle: str, light: str, relief: float) -> Picture:
    """Poured from one material: three tones, an even relief and sharp lights."""
    sigma = max(min(picture.shape[:2]) / 200, 1.2)
    slope = _height(picture, sigma)
    bump = (cv2.Sobel(slope, cv2.CV_32F, 1, 0, ksize=3) + cv2.Sobel(slope, cv2.CV_32F, 0, 1, ksize=3)) * (sigma / 50)
    tone = np.clip(slope * 0.8 + 22 + relief * 26 * np.tanh(bump), 0, 255).astype(np.uint8)
    stops = np.array([rgb(dark), rgb(middle), rgb(light)], np.float32)
    table = np.stack([np.interp(np.arange(256), [18, 128, 238], stops[:, band]) for band in range(3)], -1)
    return cv2.LUT(cv2.cvtColor(tone, cv2.COLOR_GRAY2RGB), table.astype(np.uint8)[None])


def blocks(picture: Picture, across: int) -> Picture:
    """Square blocks, `across` of them over the shorter side."""
    height, width = picture.shape[:2]
    cell = max(min(height, width) / across, 2)
    small = cv2.resize(picture, (round(width / cell), round(height / cell)), interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST)


def _cell_plane(shape: tuple[int, ...], across: int) -> tuple[Picture, Picture]:
    """Position inside each cell, from -1 to 1 both ways."""
    height, width = shape[:2]
    cell = max(min(height, width) / across, 2)
    columns, rows = round(width / cell), round(height / cell)
    x = (np.arange(width, dtype=np.float32) + 0.5) * columns / width % 1 * 2 - 1
    y = (np.arange(height, dtype=np.float32) + 0.5) * rows / height % 1 * 2 - 1
    return np.meshgrid(x, y)[0], np.meshgrid(x, y)[1]


def perler(picture: Picture) -> Picture:
    """Fused beads: rings with a hole and a highlight."""
    across = 54
    bright = cv2.convertScaleAbs(blocks(picture, across), alpha=1.12, beta=8)
    x, y = _cell_plane(picture.shape, across)
    r = np.hypot(x, y)
    shade = np.where(r < 0.3, 0.62, np.where(r > 0.98, 0.66, 1.0)) + 0.16 * np.exp(
        -((x + 0.4) ** 2 + (y + 0.45) ** 2) * 9
    )
    return _shaded(bright, shade.astype(np.float32))


def mosaic(picture: Picture) -> Picture:
    across = 46
    x, y = _cell_plane(picture.shape, across)
    edge = np.maximum(np.abs(x), np.abs(y))
    shade = np.where(edge > 0.86, 0.5, 1.02 - 0.1 * (x + y) / 2)
    return _shaded(cv2.convertScaleAbs(blocks(picture, across), alpha=1.15), shade.astype(np.float32))


def clay(picture: Picture) -> Picture:
    """Thumbed and matt."""
    flat = cv2.pyrMeanShiftFiltering(
        cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), 8, 26, maxLevel=1
    )
    soft = cv2.resize(flat, (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_CUBIC)
    prints = 1 + 0.06 * _grain(picture.shape, 5, min(picture.shape[:2]) / 60)
    return _shaded(lit(soft, relief=2.2, gloss=0.25), prints)


def _fibres(shape: tuple[int, ...], seed: int, length: int) -> Picture:
    """Short hairs in all directions, around 0."""
    noise = _grain(shape, seed)
    total = np.zeros(shape[:2], np.float32)
    for angle in (0, 35, 80, 130):
        kernel = np.zeros((length, length), np.float32)
        middle = length // 2
        dx, dy = np.cos(np.radians(angle)) * middle, np.sin(np.radians(angle)) * middle
        cv2.line(kernel, (round(middle - dx), round(middle - dy)), (round(middle + dx), round(middle + dy)), 1.0, 1)
        total += cv2.filter2D(noise, -1, kernel / kernel.sum())
    return total


def felt(picture: Picture) -> Picture:
    """Flat colours with soft borders and a fuzz of fibres."""
    unit = min(picture.shape[:2])
    flat = cv2.medianBlur(picture, max(unit // 60, 1) | 1)
    wander_x = _grain(picture.shape, 8, 6) * unit / 240
    wander_y = _grain(picture.shape, 9, 6) * unit / 240
    x, y = np.meshgrid(np.arange(picture.shape[1], dtype=np.float32), np.arange(picture.shape[0], dtype=np.float32))
    frayed = cv2.remap(flat, x + wander_x, y + wander_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    return _shaded(lit(frayed, 0.9, 0.0), 1.03 + 0.3 * _fibres(picture.shape, 2, max(unit // 70, 5)))


def plush(picture: Picture) -> Picture:
    unit = min(picture.shape[:2])
    soft = cv2.GaussianBlur(cv2.medianBlur(picture, max(unit // 80, 1) | 1), (0, 0), max(unit / 300, 0.8))
    return _shaded(
        cv2.convertScaleAbs(soft, alpha=1.06, beta=10), 1.02 + 0.5 * _fibres(picture.shape, 4, max(unit // 45, 7))
    )


def wool(picture: Picture) -> Picture:
    """Knitted: rows of V-shaped stitches."""
    across = 44
    base = cv2.GaussianBlur(blocks(picture, across * 2), (0, 0), max(min(picture.shape[:2]) / 300, 0.8))
    x, y = _cell_plane(picture.shape, across)
    strand = np.cos((y * 0.5 + np.abs(x) * 0.75) * np.pi * 1.35)
    shade = 0.86 + 0.2 * strand - 0.18 * np.exp(-(x**2) * 30)
    return _shaded(
        cv2.convertScaleAbs(base, alpha=1.08, beta=6), (shade + 0.1 * _grain(picture.shape, 6, 1.5)).astype(np.float32)
    )


def curls(picture: Picture) -> Picture:
    """Tight round locks, like a lamb's coat."""
    across = 30
    x, y = _cell_plane(picture.shape, across)
    drift = _grain(picture.shape, 12, min(picture.shape[:2]) / 20)
    r = np.hypot(x, y) + drift * 0.5
    spiral = np.cos(r * 7 - np.arctan2(y, x) + drift * 3)
    soft = cv2.GaussianBlur(blocks(picture, across * 2), (0, 0), max(min(picture.shape[:2]) / 200, 1.0))
    return _shaded(
        cv2.convertScaleAbs(soft, alpha=1.05, beta=12),
        (0.97 + 0.13 * spiral - 0.12 * np.clip(r - 0.6, 0, 1)).astype(np.float32),
    )


def jelly(picture: Picture) -> Picture:
    """Clear and wobbly: colour deepened, wide soft lights."""
    deep = cv2.GaussianBlur(picture, (0, 0), max(min(picture.shape[:2]) / 160, 1.0))
    hsv = cv2.cvtColor(deep, cv2.COLOR_RGB2HSV)
    hsv[..., 1] = cv2.convertScaleAbs(hsv[..., 1], alpha=1.35, beta=12)
    return lit(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), relief=1.3, gloss=0.5)


def brushed(picture: Picture) -> Picture:
    """The ridges of a bristle brush, following the brightness."""
    unit = min(picture.shape[:2])
    smooth = _height(picture, max(unit / 90, 2))
    angle = np.arctan2(cv2.Sobel(smooth, cv2.CV_32F, 0, 1), cv2.Sobel(smooth, cv2.CV_32F, 1, 0)) + np.pi / 2
    x, y = np.meshgrid(np.arange(picture.shape[1], dtype=np.float32), np.arange(picture.shape[0], dtype=np.float32))
    noise = _grain(picture.shape, 11, 1.6)
    streak = np.zeros_like(noise)
    cos, sin = np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)
    for step in range(-4, 5):
        reach = step * unit / 320
        streak += cv2.remap(
            noise, x + cos * reach, y + sin * reach, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
        )
    return _shaded(picture, 1 + 0.032 * streak)


def halftoned(picture: Picture) -> Picture:
    """Printed dots in the shadows."""
    x, y = _cell_plane(picture.shape, 84)
    dots = (2 - x * x - y * y) * 0.5
    dark = 1 - cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    return _shaded(picture, np.where(dots + 0.1 > 1.35 - dark * 0.95, 0.72, 1.0).astype(np.float32))


def papered(picture: Picture, strength: float) -> Picture:
    """On rough paper."""
    tooth = 1 + strength * (0.05 * _grain(picture.shape, 1, 2.2) + 0.035 * _grain(picture.shape, 2, 14))
    return _shaded(picture, tooth)
