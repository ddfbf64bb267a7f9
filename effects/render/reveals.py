"""How one look gives way to another: each pixel has its turn, given by a map from 0 (first) to 255 (last)."""

from collections.abc import Callable

import cv2
import numpy as np

from effects.render.pictures import Picture, mixed

SOFTNESS = 24


def _plane(width: int, height: int) -> tuple[Picture, Picture]:
    x, y = np.meshgrid(np.linspace(0, 1, width, dtype=np.float32), np.linspace(0, 1, height, dtype=np.float32))
    return x, y


def _wipe(width: int, height: int) -> Picture:
    x, y = _plane(width, height)
    return x * 0.8 + y * 0.2


def _rise(width: int, height: int) -> Picture:
    x, y = _plane(width, height)
    return 1 - y + 0.03 * np.sin(x * 14)


def _iris(width: int, height: int) -> Picture:
    x, y = _plane(width, height)
    return np.hypot((x - 0.5) * width / height, y - 0.45)


def _dissolve(width: int, height: int) -> Picture:
    coarse = np.random.default_rng(7).random((height // 24 + 2, width // 24 + 2), dtype=np.float32)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)


def _cells(width: int, height: int) -> Picture:
    coarse = np.random.default_rng(3).random((16, 10), dtype=np.float32)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_NEAREST)


def _burst(width: int, height: int) -> Picture:
    x, y = _plane(width, height)
    angle = np.arctan2(y - 0.45, x - 0.5)
    return np.hypot((x - 0.5) * width / height, y - 0.45) * (1 + 0.22 * np.sign(np.sin(angle * 12)))


def _blinds(width: int, height: int) -> Picture:
    x, y = _plane(width, height)
    return (y * 9) % 1 * 0.7 + x * 0.3


def _clock(width: int, height: int) -> Picture:
    x, y = _plane(width, height)
    return (np.arctan2(y - 0.5, x - 0.5) / (2 * np.pi) + 1.25) % 1


def _brush(width: int, height: int) -> Picture:
    x, y = _plane(width, height)
    row = np.floor(y * 5)
    along = np.where(row % 2 > 0, 1 - x, x)
    return (row + along + 0.12 * np.sin(y * 60)) / 5


REVEALS: dict[str, Callable[[int, int], Picture]] = {
    "wipe": _wipe,
    "rise": _rise,
    "iris": _iris,
    "dissolve": _dissolve,
    "cells": _cells,
    "burst": _burst,
    "blinds": _blinds,
    "clock": _clock,
    "brush": _brush,
}


def turns(name: str, width: int, height: int) -> Picture:
    """The map of turns, (height, width) uint8, computed at a quarter of the size."""
    coarse = REVEALS[name](max(width // 4, 8), max(height // 4, 8))
    low, high = float(coarse.min()), float(coarse.max())
    scaled = (coarse - low) / max(high - low, 1e-6) * 255
    return cv2.resize(scaled.astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)


def revealed(before: Picture, after: Picture, order: Picture, progress: float) -> Picture:
    """Part of the way from one look to the other."""
    if progress <= 0.0:
        return before
    if progress >= 1.0:
        return after
    edge = progress * (255 + SOFTNESS)
    table = np.clip((edge - np.arange(256)) * (255 / SOFTNESS), 0, 255).astype(np.uint8)
    return mixed(before, after, cv2.LUT(order, table))
