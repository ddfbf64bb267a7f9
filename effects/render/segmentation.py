"""A person's outline, found by a small network."""

from functools import cache
from pathlib import Path
from threading import Lock

import cv2
import numpy as np

from effects.render.pictures import Picture

SIDE = 256  # what the network sees and gives
LEAST, MOST = 0.04, 0.97  # parts of the picture a person may cover
SURE = 0.9  # how certain the network must be, on average, of what it calls a person
COMPANION = 0.15  # of the largest piece: smaller ones are crumbs
_turn = Lock()


def person_mask(picture: Picture, model: Path) -> Picture | None:
    """An (H, W) mask of the people in an RGB picture; None if what the network sees cannot be a person."""
    height, width = picture.shape[:2]
    half = (max(width // 2, 2), max(height // 2, 2))
    guide = cv2.cvtColor(cv2.resize(picture, half, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    seen = cv2.resize(_likelihood(picture, model), half, interpolation=cv2.INTER_LINEAR)
    coarse = _without_crumbs(_smoothstep(seen, 0.35, 0.75))
    if float(seen[coarse > 0.1].sum()) < SURE * float((coarse > 0.1).sum()):
        return None
    reach = max(round(min(half) / 100), 2)
    fitted = _guided(guide.astype(np.float32) / 255, coarse, reach, 0.0006)
    inner = cv2.erode(coarse, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    alpha = np.maximum(_smoothstep(fitted, 0.35, 0.85), _smoothstep(inner, 0.5, 1))
    alpha = _without_crumbs(alpha)
    if not LEAST <= float(alpha.mean()) <= MOST:
        return None
    whole = cv2.resize(alpha, (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.GaussianBlur((whole * 255).astype(np.uint8), (0, 0), 0.8)


def _likelihood(picture: Picture, model: Path) -> Picture:
    blob = cv2.dnn.blobFromImage(picture, 1 / 255, (SIDE, SIDE))
    with _turn:
        net = _net(str(model))
        net.setInput(blob)
        return net.forward().reshape(SIDE, SIDE).copy()


@cache
def _net(model: str) -> cv2.dnn.Net:
    return cv2.dnn.readNetFromTFLite(model)


def _smoothstep(values: Picture, low: float, high: float) -> Picture:
    rising = np.clip((values - low) / (high - low), 0, 1)
    return rising * rising * (3 - 2 * rising)


def _guided(guide: Picture, mask: Picture, reach: int, calm: float) -> Picture:
    """Let the mask follow the edges of the picture (He's guided filter)."""

    def mean(values: Picture) -> Picture:
        return cv2.boxFilter(values, -1, (2 * reach + 1, 2 * reach + 1), borderType=cv2.BORDER_REFLECT)

    mean_guide, mean_mask = mean(guide), mean(mask)
    slope = (mean(guide * mask) - mean_guide * mean_mask) / (mean(guide * guide) - mean_guide**2 + calm)
    level = mean_mask - slope * mean_guide
    return np.clip(mean(slope) * guide + mean(level), 0, 1)


def _without_crumbs(mask: Picture) -> Picture:
    """Only the largest piece and companions that can be people too."""
    count, pieces, stats, _ = cv2.connectedComponentsWithStats((mask > 0.3).astype(np.uint8))
    if count < 2:
        return mask
    areas = stats[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    kept = np.isin(pieces, np.flatnonzero(areas >= COMPANION * areas.max())).astype(np.uint8)
    return mask * cv2.dilate(kept, np.ones((3, 3), np.uint8))
