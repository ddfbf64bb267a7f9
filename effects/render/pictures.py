"""What a picture is here: an array of uint8, (height, width, 3) RGB or (height, width, 4) premultiplied RGBA."""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[Any]


def premultiplied(rgb: Picture, alpha: Picture) -> Picture:
    """Join (H, W, 3) RGB and (H, W) alpha into (H, W, 4) premultiplied RGBA."""
    scaled = cv2.multiply(rgb, cv2.cvtColor(alpha, cv2.COLOR_GRAY2RGB), scale=1 / 255)
    return cv2.merge([*cv2.split(scaled), alpha])


def blit(frame: Picture, layer: Picture, left: int, top: int) -> None:
    """Lay premultiplied RGBA over part of the frame, in place, clipped at the frame's edges."""
    height, width = layer.shape[:2]
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + width, frame.shape[1]), min(top + height, frame.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    part = layer[y0 - top : y1 - top, x0 - left : x1 - left]
    under = frame[y0:y1, x0:x1]
    clear = cv2.bitwise_not(cv2.extractChannel(part, 3))
    cv2.multiply(under, cv2.cvtColor(clear, cv2.COLOR_GRAY2RGB), dst=under, scale=1 / 255)
    cv2.add(under, cv2.cvtColor(part, cv2.COLOR_RGBA2RGB), dst=under)


def faded(layer: Picture, opacity: float) -> Picture:
    """The same premultiplied layer, more transparent."""
    return layer if opacity >= 0.995 else cv2.convertScaleAbs(layer, alpha=max(opacity, 0.0))


def recoloured(frame: Picture, tables: Picture) -> None:
    """Put every colour of an RGB frame of even width through `paired` tables, in place."""
    height, width = frame.shape[:2]
    pairs = frame.reshape(height, width * 3).view(np.uint16).reshape(height, width // 2, 3)
    cv2.LUT(pairs, tables, dst=pairs)


def paired(table: Picture) -> Picture:
    """A (256, 3) uint8 table as three for two bytes at a time (RG, BR and GB), which halves the look-ups."""
    pairs = np.empty((256, 256, 3, 2), np.uint8)
    for index, (first, second) in enumerate(((0, 1), (2, 0), (1, 2))):
        pairs[:, :, index, 0] = table[None, :, first]
        pairs[:, :, index, 1] = table[:, None, second]
    return pairs.view(np.uint16).reshape(1, 65536, 3)


def lit_up(frame: Picture, light: Picture, strength: float = 1.0) -> None:
    """Add a small dark picture, enlarged to the frame's size, in place."""
    scaled = light if strength == 1 else cv2.convertScaleAbs(light, alpha=max(strength, 0.0))
    full = cv2.resize(scaled, (frame.shape[1], frame.shape[0]), interpolation=cv2.INTER_LINEAR)
    cv2.add(frame, full, dst=frame)


def mixed(one: Picture, other: Picture, mask: Picture) -> Picture:
    """Cross from `one` to `other` where the (H, W) uint8 mask is bright."""
    weight = cv2.merge([mask] * one.shape[2])
    rest = cv2.multiply(one, cv2.bitwise_not(weight), scale=1 / 255)
    return cv2.add(rest, cv2.multiply(other, weight, scale=1 / 255))


def rgb(colour: str) -> tuple[int, int, int]:
    """`#RRGGBB` as three numbers."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
