"""Who stands in front of what: person masks, and the wall behind the person."""

from dataclasses import replace

import cv2
import numpy as np

from effects.render.faces import Face, Point, face_in_box
from effects.render.pictures import Picture, mixed

EDGE = 0.03  # of the shorter side: how far an estimated outline takes from clear to full
RIM = 0.012  # of the shorter side: the border of a card
CREAM = (255, 250, 238)


def estimated_cutout(shape: tuple[int, ...], face: Face) -> Picture:
    """An (H, W) mask of head and shoulders, grown from the face; its edge is narrow, but never quite hard."""
    height, width = shape[:2]
    mask = np.zeros((height, width), np.uint8)
    left, top, across, down = face.box
    middle = (int(left + across / 2), int(top + down * 0.42))
    cv2.ellipse(mask, middle, (int(across * 0.82), int(down * 0.84)), 0, 0, 360, 255, -1)
    neck, waist = top + down * 0.95, float(height)
    spread = across * 1.75
    shoulders = [
        (middle[0] - across * 0.5, neck),
        (middle[0] - spread, neck + down * 0.55),
        (middle[0] - spread * 1.05, waist),
    ]
    outline = shoulders + [(2 * middle[0] - x, y) for x, y in reversed(shoulders)]
    cv2.fillPoly(mask, [np.array(outline, np.int32)], 255)
    return _feathered(mask, min(width, height) * EDGE / 2.6)


def card(shape: tuple[int, ...], face: Face) -> Picture:
    """An (H, W) mask that makes no guess at an outline: a rounded card with the middle of the photo on it."""
    left, top, right, bottom, radius = _card_box(shape, face)
    return _rounded((shape[1], shape[0]), (left, top, right, bottom), radius)


def on_card(picture: Picture, face: Face) -> Picture:
    """The picture with the light border that belongs on the rim of its card."""
    left, top, right, bottom, radius = _card_box(picture.shape, face)
    rim = max(round(min(picture.shape[:2]) * RIM), 4)
    box = (left + rim, top + rim, right - rim, bottom - rim)
    inside = _rounded((picture.shape[1], picture.shape[0]), box, max(radius - rim, 1))
    return mixed(np.full_like(picture, CREAM), picture, inside)


def face_on_card(shape: tuple[int, ...], face: Face) -> Face:
    """A face as large as the card bears, with hats on its upper rim and what hangs from the neck on its lower one."""
    left, top, right, bottom, _ = _card_box(shape, face)
    middle, wide = (left + right) / 2, 0.5 * (right - left)
    whole = face_in_box(middle - wide / 2, top + 0.46 * (bottom - top) - 0.6 * wide, wide, 1.2 * wide)
    return replace(
        whole,
        forehead=Point(middle, top - 0.02 * wide),
        head_top=Point(middle, top - 0.06 * wide),
        chin=Point(middle, bottom - 0.2 * wide),
    )


def blurred(picture: Picture) -> Picture:
    """The picture far out of focus: the wall behind a card."""
    small = cv2.resize(picture, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), max(min(small.shape[:2]) / 14, 1.0))
    return cv2.resize(soft, (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_LINEAR)


def _card_box(shape: tuple[int, ...], face: Face) -> tuple[int, int, int, int, int]:
    height, width = shape[:2]
    short = min(height, width)
    half = min(0.43 * width, 0.6 * height)
    tall = min(0.96 * height, 1.25 * 2 * half)
    middle = min(max(face.centre.x, half + 0.065 * width), 0.935 * width - half)
    top = min(max(face.centre.y - 0.46 * tall, 0.02 * height), 0.98 * height - tall)
    return int(middle - half), int(top), int(middle + half), int(top + tall), int(0.08 * short)


def _rounded(size: tuple[int, int], box: tuple[int, int, int, int], radius: int) -> Picture:
    fine = 2  # drawn finer, so that the edge is smooth and still a pixel wide
    left, top, right, bottom = (edge * fine for edge in box)
    mask, reach = np.zeros((size[1] * fine, size[0] * fine), np.uint8), radius * fine
    cv2.rectangle(mask, (left + reach, top), (right - reach, bottom), 255, -1)
    cv2.rectangle(mask, (left, top + reach), (right, bottom - reach), 255, -1)
    for x in (left + reach, right - reach):
        for y in (top + reach, bottom - reach):
            cv2.circle(mask, (x, y), reach, 255, -1)
    return cv2.resize(mask, size, interpolation=cv2.INTER_AREA)


def _feathered(mask: Picture, sigma: float) -> Picture:
    small = cv2.resize(mask, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), max(sigma / 4, 1.0), borderType=cv2.BORDER_REPLICATE)
    return cv2.resize(soft, (mask.shape[1], mask.shape[0]), interpolation=cv2.INTER_LINEAR)


def wall_behind(picture: Picture, mask: Picture, margin: float = 0.0) -> Picture:
    """The picture with the person and `margin` pixels around taken out: what is around flows softly into the gap."""
    small = cv2.resize(picture, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA).astype(np.float32)
    reach = 9 + 2 * int(margin / 4)
    grown = cv2.dilate(
        cv2.resize(mask, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_AREA),
        np.ones((reach, reach), np.uint8),
    )
    kept = 1 - grown.astype(np.float32) / 255
    filled = _flow_in(small * kept[..., None], kept)
    size = (picture.shape[1], picture.shape[0])
    away = cv2.resize(grown, size, interpolation=cv2.INTER_LINEAR)
    flowed = cv2.resize(filled.clip(0, 255).astype(np.uint8), size, interpolation=cv2.INTER_LINEAR)
    weight = cv2.multiply(away, 1 / 255, dtype=cv2.CV_32F)
    return cv2.blendLinear(picture, flowed, cv2.subtract(1.0, weight), weight)


def _flow_in(colour: Picture, weight: Picture) -> Picture:
    """Fill gaps from ever coarser averages (push-pull)."""
    if min(weight.shape) <= 4:
        overall = colour.sum((0, 1)) / max(float(weight.sum()), 1e-3)
        return np.where(weight[..., None] > 0.02, colour / np.maximum(weight, 0.02)[..., None], overall)
    half = (max(weight.shape[1] // 2, 2), max(weight.shape[0] // 2, 2))
    below = _flow_in(
        cv2.resize(colour, half, interpolation=cv2.INTER_AREA), cv2.resize(weight, half, interpolation=cv2.INTER_AREA)
    )
    coarse = cv2.resize(below, (weight.shape[1], weight.shape[0]), interpolation=cv2.INTER_LINEAR)
    share = np.minimum(weight, 1)[..., None]
    return colour + coarse * (1 - share)
