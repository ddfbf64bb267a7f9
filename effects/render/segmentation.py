"""A person's outline, found by a small network."""

from pathlib import Path

import cv2
import numpy as np

from effects.render import networks
from effects.render.pictures import Picture

SIDE = 256  # what the network sees and gives
GUIDE = 640  # the longest side at which the edges of the picture are followed
LEAST, MOST = 0.04, 0.97  # parts of the picture a person may cover
SURE = 0.9  # how certain the network must be, on average, of what it calls a person
COMPANION = 0.15  # of the largest piece: smaller ones are crumbs
DOUBT = 0.1  # of a real hole, as under an arm, the network is surer than this


def person_mask(picture: Picture, folder: Path, sure: float = SURE) -> Picture | None:
    """An (H, W) mask of the people in an RGB picture; None if what the network sees cannot be a person."""
    height, width = picture.shape[:2]
    scale = min(0.5, GUIDE / max(height, width))
    size = (max(round(width * scale), 2), max(round(height * scale), 2))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    seen = cv2.resize(_likelihood(small, folder / networks.OUTLINE), size, interpolation=cv2.INTER_LINEAR)
    coarse = _without_holes(_without_crumbs(_smoothstep(seen, 0.3, 0.7)), seen)
    if float(seen[coarse > 0.1].sum()) < sure * float((coarse > 0.1).sum()):
        return None
    reach = max(round(min(size) / 100), 2)
    guide = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    fitted = _guided(guide, coarse, reach, 0.0006)
    inner = cv2.erode(coarse, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    alpha = _without_crumbs(np.maximum(_smoothstep(fitted, 0.35, 0.85), _smoothstep(inner, 0.5, 1)))
    if not LEAST <= float(alpha.mean()) <= MOST:
        return None
    return cv2.resize((alpha * 255).astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)


def _likelihood(picture: Picture, network: Path) -> Picture:
    """Where the network sees a person, (256, 256).

    It is asked twice, about the picture drawn out to a square and about the picture in a square: it overlooks
    hair and pets in one or the other, and seldom sees a person where none is.
    """
    height, width = picture.shape[:2]
    scale = SIDE / max(height, width)
    wide, tall = max(round(width * scale), 1), max(round(height * scale), 1)
    left, top = (SIDE - wide) // 2, (SIDE - tall) // 2
    fitting = cv2.resize(picture, (wide, tall), interpolation=cv2.INTER_AREA)
    square = cv2.copyMakeBorder(fitting, top, SIDE - tall - top, left, SIDE - wide - left, cv2.BORDER_REPLICATE)
    drawn_out = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    whole = _asked(square, network)[top : top + tall, left : left + wide]
    return np.maximum(cv2.resize(whole, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR), _asked(drawn_out, network))


def _asked(square: Picture, network: Path) -> Picture:
    (likelihood,) = networks.answers(network, cv2.dnn.blobFromImage(square, 1 / 255), ("activation_10",))
    return likelihood.reshape(SIDE, SIDE)


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


def _without_holes(mask: Picture, seen: Picture) -> Picture:
    """A hole inside a person stays only where the network is sure of it: a white collar is none."""
    count, pieces, stats, _ = cv2.connectedComponentsWithStats((mask < 0.5).astype(np.uint8), connectivity=4)
    left, top = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    right, bottom = left + stats[:, cv2.CC_STAT_WIDTH], top + stats[:, cv2.CC_STAT_HEIGHT]
    is_inside = (left > 0) & (top > 0) & (right < mask.shape[1]) & (bottom < mask.shape[0])
    doubt = np.bincount(pieces.ravel(), seen.ravel(), count) / np.maximum(stats[:, cv2.CC_STAT_AREA], 1)
    filled = is_inside & (doubt > DOUBT)
    filled[0] = False
    return np.maximum(mask, filled[pieces].astype(mask.dtype))
