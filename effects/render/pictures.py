"""What a picture is here: an array of uint8, (height, width, 3) RGB or (height, width, 4) premultiplied RGBA."""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[Any]


def premultiplied(rgb: Picture, alpha: Picture) -> Picture:
    """Join (H, W, 3) RGB and (H, W) alpha into (H, W, 4) premultiplied RGBA."""
    scaled = cv2.multiply(rgb, cv2.cvtColor(alpha, cv2.COLOR_GRAY2RGB), scale=1 / 255)
    return np.dstack([scaled, alpha])


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


def mixed(one: Picture, other: Picture, mask: Picture) -> Picture:
    """Cross from `one` to `other` where the (H, W) uint8 mask is bright."""
    weight = cv2.multiply(mask, 1 / 255, dtype=cv2.CV_32F)
    return cv2.blendLinear(one, other, cv2.subtract(1.0, weight), weight)


def rgb(colour: str) -> tuple[int, int, int]:
    """`#RRGGBB` as three numbers."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
