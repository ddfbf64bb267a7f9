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


def _form(picture: Picture, sigma: float) -> Picture:
    """Brightness read as height: how far each place faces the upper left, about -0.5..0.5, outlines left flat."""
    height = _height(picture, sigma)
    slope = (cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3) + cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3)) * sigma / 130
    return slope / (1 + slope * slope)


def lit(picture: Picture, relief: float, gloss: float, fineness: float = 90) -> Picture:
    """Round and lit from the upper left, with a soft shine where it bulges most; less fine is rounder."""
    form = _form(picture, max(min(picture.shape[:2]) / fineness, 1.5))
    shade = 1 + 0.42 * relief * form
    shine = cv2.GaussianBlur(np.clip(form * 2 - 0.45, 0, 1), (0, 0), max(108 / fineness, 1.2)) * gloss * 190
    return np.clip(picture * shade[..., None] + shine[..., None], 0, 255).astype(np.uint8)


def flattened(picture: Picture, reach: float, spread: float) -> Picture:
    """Areas of one colour each, worked at half size; `reach` is in pixels of a picture 720 across."""
    half = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    unit = min(picture.shape[:2])
    shifted = cv2.pyrMeanShiftFiltering(half, max(reach * unit / 720, 2), spread, maxLevel=1)
    flat = cv2.medianBlur(shifted, max(unit // 200, 1) | 1)
    return cv2.resize(flat, (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_CUBIC)


def _seams(picture: Picture, sigma: float) -> Picture:
    """0 inside areas of one colour, up to 1 along their borders."""
    soft = cv2.GaussianBlur(picture, (0, 0), sigma).astype(np.float32)
    slope = np.abs(cv2.Sobel(soft, cv2.CV_32F, 1, 0)) + np.abs(cv2.Sobel(soft, cv2.CV_32F, 0, 1))
    return np.clip(slope.max(axis=2) * sigma / 160 - 0.1, 0, 1)


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
    """Fused beads on a board: a few bright colours, each bead a ring with a hole and a light."""
    across = 46
    crisp = cv2.addWeighted(picture, 1.6, cv2.GaussianBlur(picture, (0, 0), min(picture.shape[:2]) / 40), -0.6, 0)
    bright = cv2.convertScaleAbs(blocks(crisp, across), alpha=1.12, beta=14)
    x, y = _cell_plane(picture.shape, across)
    r = np.hypot(x, y)
    light = 0.3 * np.exp(-((x + 0.45) ** 2 + (y + 0.5) ** 2) * 12)
    shade = np.where(r < 0.36, 0.52, np.where(r > 0.98, 0.5, 1.04 - 0.14 * (x + y) / 2)) + light
    return _shaded(bright, cv2.GaussianBlur(shade.astype(np.float32), (0, 0), 0.7))


def mosaic(picture: Picture) -> Picture:
    across = 46
    x, y = _cell_plane(picture.shape, across)
    edge = np.maximum(np.abs(x), np.abs(y))
    shade = np.where(edge > 0.86, 0.5, 1.02 - 0.1 * (x + y) / 2)
    return _shaded(cv2.convertScaleAbs(blocks(picture, across), alpha=1.15), shade.astype(np.float32))


def clay(picture: Picture) -> Picture:
    """Modelled by hand: few colours, thumb marks, finger lines and a matt shine."""
    unit = min(picture.shape[:2])
    soft = cv2.GaussianBlur(flattened(picture, 9, 30), (0, 0), max(unit / 260, 1))
    dents = _grain(picture.shape, 5, unit / 26)
    pressed = cv2.Sobel(dents, cv2.CV_32F, 1, 1, ksize=3) * unit / 60
    lines = np.sin(dents * 26 + np.arange(picture.shape[0], dtype=np.float32)[:, None] * 340 / unit)
    groove = 1 - 0.22 * _seams(soft, max(unit / 220, 1))
    return _shaded(lit(soft, relief=1.7, gloss=0.3), groove + 0.1 * np.tanh(pressed) + 0.014 * lines)


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
    """Cut from sheets of felt: flat colours, frayed borders with a seam's shadow, short fibres."""
    unit = min(picture.shape[:2])
    flat = flattened(picture, 8, 24)
    wander_x = _grain(picture.shape, 8, 5) * unit / 260
    wander_y = _grain(picture.shape, 9, 5) * unit / 260
    x, y = np.meshgrid(np.arange(picture.shape[1], dtype=np.float32), np.arange(picture.shape[0], dtype=np.float32))
    frayed = cv2.remap(flat, x + wander_x, y + wander_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    fuzz = 1.06 + 0.17 * _fibres(picture.shape, 2, max(unit // 60, 5)) + 0.05 * _grain(picture.shape, 6, unit / 30)
    return _shaded(lit(frayed, 0.8, 0.0), fuzz - 0.18 * _seams(flat, max(unit / 160, 1)))


def plush(picture: Picture) -> Picture:
    """Soft fur lying in tufts, over smooth colours with round edges."""
    unit = min(picture.shape[:2])
    soft = cv2.GaussianBlur(cv2.medianBlur(picture, max(unit // 90, 1) | 1), (0, 0), max(unit / 360, 0.8))
    x, y = np.meshgrid(np.arange(picture.shape[1], dtype=np.float32), np.arange(picture.shape[0], dtype=np.float32))
    angle = 1.9 + 0.9 * _grain(picture.shape, 4, unit / 16)
    cos, sin = np.cos(angle), np.sin(angle)
    noise, hair = _grain(picture.shape, 5, max(unit / 300, 1.0)), np.zeros(picture.shape[:2], np.float32)
    for step in range(8):
        reach = step * unit / 240
        hair += cv2.remap(noise, x + cos * reach, y + sin * reach, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    fur = cv2.remap(soft, x + cos * hair * unit / 420, y + sin * hair * unit / 420, cv2.INTER_LINEAR)
    return _shaded(lit(cv2.convertScaleAbs(fur, alpha=1.04, beta=8), 0.9, 0.0), 1.02 + 0.045 * hair)


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


def jelly(picture: Picture) -> Picture:
    """Clear and wobbly: colour deepened, wide soft lights."""
    deep = cv2.GaussianBlur(picture, (0, 0), max(min(picture.shape[:2]) / 160, 1.0))
    hsv = cv2.cvtColor(deep, cv2.COLOR_RGB2HSV)
    hsv[..., 1] = cv2.convertScaleAbs(hsv[..., 1], alpha=1.35, beta=12)
    return lit(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), relief=1.3, gloss=0.5)


def _flow(picture: Picture, sigma: float) -> tuple[Picture, Picture]:
    """The direction along the shapes at each place, as cosine and sine."""
    smooth = _height(picture, sigma)
    across = cv2.GaussianBlur(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), (0, 0), sigma)
    down = cv2.GaussianBlur(cv2.Sobel(smooth, cv2.CV_32F, 0, 1), (0, 0), sigma)
    length = np.hypot(across, down) + 0.05
    return -down / length, (across + 0.03) / length


def brushed(picture: Picture) -> Picture:
    """Laid on with a bristle brush that follows the shapes: dabs of colour and their ridges."""
    unit = min(picture.shape[:2])
    cos, sin = _flow(picture, max(unit / 120, 1.5))
    x, y = np.meshgrid(np.arange(picture.shape[1], dtype=np.float32), np.arange(picture.shape[0], dtype=np.float32))
    slip = _grain(picture.shape, 3, unit / 150) * unit / 110
    dabs = cv2.remap(picture, x + cos * slip, y + sin * slip, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    noise = _grain(picture.shape, 11, max(unit / 420, 1))
    ridges = np.zeros_like(noise)
    for step in range(-5, 6):
        reach = step * unit / 300
        ridges += cv2.remap(
            noise, x + cos * reach, y + sin * reach, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
        )
    return _shaded(dabs, 1 + 0.055 * ridges)


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


def hatching(grey: Picture) -> Picture:
    """Crossed pencil strokes for an (H, W) brightness, denser where it is darker."""
    height, width = grey.shape
    unit = min(height, width)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32) / unit, np.arange(height, dtype=np.float32) / unit)
    wobble = _grain(grey.shape, 7, unit / 24) * 0.004
    dark = 1 - cv2.GaussianBlur(grey, (0, 0), max(unit / 240, 1)).astype(np.float32) / 255
    rising = np.sin((x + y + wobble) * 700) * 0.5 + 0.5
    falling = np.sin((x - y + wobble) * 700) * 0.5 + 0.5
    ink = np.clip(dark * 1.5 - 0.45, 0, 1) * rising + np.clip(dark * 2 - 1.1, 0, 1) * falling
    return np.clip(255 - 150 * ink, 0, 255).astype(np.uint8)


def gridded(picture: Picture, across: int) -> Picture:
    """Dark lines between the squares of `blocks`."""
    x, y = _cell_plane(picture.shape, across)
    return _shaded(picture, np.where(np.maximum(np.abs(x), np.abs(y)) > 0.82, 0.84, 1.02).astype(np.float32))


def wandering(picture: Picture, reach: float) -> Picture:
    """Borders led astray by up to `reach` pixels, as wet colour runs."""
    x, y = np.meshgrid(np.arange(picture.shape[1], dtype=np.float32), np.arange(picture.shape[0], dtype=np.float32))
    step = min(picture.shape[:2]) / 40
    across = x + _grain(picture.shape, 8, step) * reach
    down = y + _grain(picture.shape, 9, step) * reach
    return cv2.remap(picture, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
