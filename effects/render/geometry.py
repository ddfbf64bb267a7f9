"""Move and bend a picture in a single pass."""

from collections.abc import Callable

import cv2
import numpy as np

from effects.render.pictures import Picture, blit, faded
from effects.render.stage import Matrix

CELL = 16
Bend = Callable[[Picture, Picture], tuple[Picture, Picture]]


def moved(dx: float, dy: float) -> Matrix:
    return np.array([[1, 0, dx], [0, 1, dy], [0, 0, 1]], np.float64)


def around(pivot: tuple[float, float], turn: float, wide: float, tall: float, lean: float) -> Matrix:
    """Lean, scale, then turn (degrees, clockwise) about a point."""
    angle = np.radians(turn)
    cos, sin = np.cos(angle), np.sin(angle)
    linear = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]]) @ np.array([[wide, lean, 0], [0, tall, 0], [0, 0, 1]])
    return moved(*pivot) @ linear @ moved(-pivot[0], -pivot[1])


def applied(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    spot = matrix @ (x, y, 1)
    return float(spot[0]), float(spot[1])


def size_factor(matrix: Matrix) -> float:
    """How much larger the matrix makes things."""
    return float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))


def turn_of(matrix: Matrix) -> float:
    """Clockwise turn of the matrix in degrees."""
    return float(np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0])))


def laid(
    picture: Picture, matrix: Matrix, size: tuple[int, int], bend: Bend | None, border: int = cv2.BORDER_REFLECT_101
) -> Picture:
    """The picture seen through `matrix` (picture to frame), bent in its own coordinates; one warp or one remap."""
    if bend is None:
        return cv2.warpAffine(picture, matrix[:2], size, flags=cv2.INTER_LINEAR, borderMode=border)
    xs, ys = bend(*_coarse(np.linalg.inv(matrix).astype(np.float32), size))
    return cv2.remap(picture, _fine(xs, size), _fine(ys, size), cv2.INTER_LINEAR, borderMode=border)


def _coarse(m: Picture, size: tuple[int, int]) -> tuple[Picture, Picture]:
    """Source positions under the middle of each cell, with one cell to spare on every side."""
    across = (np.arange(-1, -(-size[0] // CELL) + 1, dtype=np.float32) + 0.5) * CELL - 0.5
    down = (np.arange(-1, -(-size[1] // CELL) + 1, dtype=np.float32) + 0.5) * CELL - 0.5
    x, y = np.meshgrid(across, down)
    return m[0, 0] * x + m[0, 1] * y + m[0, 2], m[1, 0] * x + m[1, 1] * y + m[1, 2]


def _fine(coarse: Picture, size: tuple[int, int]) -> Picture:
    full = cv2.resize(coarse, (coarse.shape[1] * CELL, coarse.shape[0] * CELL), interpolation=cv2.INTER_LINEAR)
    return full[CELL : CELL + size[1], CELL : CELL + size[0]]


def place(
    frame: Picture, layer: Picture, matrix: Matrix, bend: Bend | None = None, opacity: float = 1.0, slack: float = 0.0
) -> None:
    """Lay a premultiplied RGBA layer into the frame through `matrix`, in place, computing only what it touches."""
    box = _touched(layer.shape, matrix, frame.shape, slack)
    if box is None or opacity <= 0.01:
        return
    x0, y0, x1, y1 = box
    part = laid(layer, moved(-x0, -y0) @ matrix, (x1 - x0, y1 - y0), bend, cv2.BORDER_CONSTANT)
    blit(frame, faded(part, opacity), x0, y0)


def shown_box(layer: Picture) -> tuple[slice, slice]:
    """The rows and columns of an RGBA layer that are not clear, and one around them."""
    left, top, width, height = cv2.boundingRect(cv2.extractChannel(layer, 3))
    return slice(max(top - 1, 0), top + height + 1), slice(max(left - 1, 0), left + width + 1)


def trimmed(layer: Picture) -> tuple[Picture, Matrix]:
    """A layer without its clear margins, which cost as much as the rest, and where it was."""
    rows, columns = shown_box(layer)
    return np.ascontiguousarray(layer[rows, columns]), moved(columns.start, rows.start)


def _touched(
    layer: tuple[int, ...], matrix: Matrix, frame: tuple[int, ...], slack: float
) -> tuple[int, int, int, int] | None:
    height, width = layer[:2]
    mx, my = width * slack, height * slack
    corners = matrix @ np.array(
        [[-mx, width + mx, -mx, width + mx], [-my, -my, height + my, height + my], [1, 1, 1, 1]]
    )
    x0, y0 = max(int(corners[0].min()), 0), max(int(corners[1].min()), 0)
    x1, y1 = min(int(corners[0].max()) + 2, frame[1]), min(int(corners[1].max()) + 2, frame[0])
    return (x0, y0, x1, y1) if x1 - x0 > 1 and y1 - y0 > 1 else None
