"""Faces found by two small networks: one tells where, the other lays 468 points over each."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from effects.render import networks
from effects.render.faces import Face, Point
from effects.render.pictures import Picture

SEEN, FINE = 128, 192  # the sides of what the two networks look at
LIKELY, CERTAIN = 0.5, 0.8
MOST = 6  # faces in one picture
ROOM = 1.5  # what the second network wants to see, in sizes of a face
LONG = 1.2  # from this ratio of its sides on, a picture is looked at in squares too
# Points of the mesh; left and right are the viewer's.
LEFT_EYE, RIGHT_EYE, MOUTH = (33, 133, 159, 145), (263, 362, 386, 374), (61, 291)
NOSE, BROW, CHIN = 4, 10, 152
# From the mesh's upper end to the hairline, and to the top of the box, in heights of the mesh.
FOREHEAD, BOX = 0.15, 0.2
CHEEKS = 1.08  # the box's width, in widths of the mesh


Window = tuple[int, int, int]  # a square: left, top, side


@dataclass(frozen=True)
class _Sighting:
    score: float
    centre: Picture
    size: float
    angle: float


def faces_in(picture: Picture, folder: Path) -> list[Face]:
    """All faces in an RGB picture, the largest first."""
    for windows in (_whole(picture.shape), _along(picture.shape), _finely(picture.shape)):
        found = _distinct([sighting for window in windows for sighting in _sightings(picture, window, folder)])
        meshes = [_mesh(picture, sighting, folder) for sighting in found[:MOST]]
        faces = [_face(mesh) for mesh in meshes if mesh is not None]
        if faces:
            return sorted(faces, key=lambda face: -face.box[3])
    return []


def _whole(shape: tuple[int, ...]) -> list[Window]:
    """One square around the picture."""
    height, width = shape[:2]
    long = max(height, width)
    return [((width - long) // 2, (height - long) // 2, long)]


def _along(shape: tuple[int, ...]) -> list[Window]:
    """Squares along a long picture."""
    height, width = shape[:2]
    short, long = min(height, width), max(height, width)
    if long < LONG * short:
        return []
    parts = np.linspace(0, 1, int(np.ceil(2 * long / short)) - 1)
    return [(int(part * (width - short)), int(part * (height - short)), short) for part in parts]


def _finely(shape: tuple[int, ...]) -> list[Window]:
    """Squares of half the size that overlap by half, for a small face."""
    height, width = shape[:2]
    side = min(height, width) // 2
    rows, columns = (round(2 * length / side) - 1 for length in (height, width))
    tops, lefts = np.linspace(0, height - side, rows), np.linspace(0, width - side, columns)
    return [(int(left), int(top), side) for top in tops for left in lefts]


def _sightings(picture: Picture, window: Window, folder: Path) -> list[_Sighting]:
    left, top, side = window
    square = _through(picture, window)
    blob = cv2.dnn.blobFromImage(square, 1 / 127.5, (SEEN, SEEN), (127.5, 127.5, 127.5))
    scores, places = networks.answers(folder / networks.FACES, blob, ("classificators", "regressors"))
    scores = 1 / (1 + np.exp(-scores.reshape(-1).clip(-50, 50)))
    places = places.reshape(-1, 8, 2) / SEEN  # middle, size, eyes, nose, mouth, ears
    sightings = []
    for index in np.flatnonzero(scores > LIKELY):
        middle = (_anchors()[index] + places[index, 0]) * side + (left, top)
        across, down = places[index, 3] - places[index, 2]
        size = float(places[index, 1].max()) * side
        sightings.append(_Sighting(float(scores[index]), middle, size, float(np.arctan2(down, across))))
    return sightings


def _through(picture: Picture, window: Window) -> Picture:
    """What a window shows, as the first network wants it; black where the picture has ended."""
    left, top, side = window
    scale = SEEN / side
    x0, y0 = max(left, 0), max(top, 0)
    seen = picture[y0 : top + side, x0 : left + side]
    size = (max(round(seen.shape[1] * scale), 1), max(round(seen.shape[0] * scale), 1))
    small = cv2.resize(seen, size, interpolation=cv2.INTER_AREA)
    square = np.zeros((SEEN, SEEN, 3), np.uint8)
    x, y = round((x0 - left) * scale), round((y0 - top) * scale)
    small = small[: SEEN - y, : SEEN - x]
    square[y : y + small.shape[0], x : x + small.shape[1]] = small
    return square


@cache
def _anchors() -> Picture:
    """Where the first network's 896 answers stand: two in each cell of a grid of 16, six in each of a grid of 8."""
    grids = []
    for cells, answers in ((16, 2), (8, 6)):
        middles = (np.arange(cells) + 0.5) / cells
        grid = np.stack(np.meshgrid(middles, middles), -1).reshape(-1, 2)
        grids.append(np.repeat(grid, answers, axis=0))
    return np.concatenate(grids)


def _distinct(sightings: list[_Sighting]) -> list[_Sighting]:
    """One sighting for each face: the best one."""
    kept: list[_Sighting] = []
    for sighting in sorted(sightings, key=lambda one: -one.score):
        if all(np.abs(sighting.centre - other.centre).max() > 0.5 * other.size for other in kept):
            kept.append(sighting)
    return kept


def _mesh(picture: Picture, sighting: _Sighting, folder: Path) -> Picture | None:
    """The (468, 2) points of a face, or None if it is none. The second look is at what the first one found."""
    _, mesh = _look(picture, sighting.centre, ROOM * sighting.size, sighting.angle, folder)
    across = _across(mesh)
    turned = mesh @ _axes(across).T
    low, high = turned.min(0), turned.max(0)
    middle = (low + high) / 2 @ _axes(across)
    certainty, mesh = _look(picture, middle, ROOM * float((high - low).max()), across, folder)
    return mesh if certainty > CERTAIN else None


def _look(picture: Picture, middle: Picture, side: float, angle: float, folder: Path) -> tuple[float, Picture]:
    """How surely a face is there, and its points, seen through a square that leans with it."""
    scale = side / FINE
    turn = _axes(angle).T * scale
    matrix = np.column_stack([turn, middle - turn @ (FINE / 2, FINE / 2)])
    square = cv2.warpAffine(picture, matrix, (FINE, FINE), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    blob = cv2.dnn.blobFromImage(square, 1 / 255)
    certainty, points = networks.answers(folder / networks.LANDMARKS, blob, ("conv2d_31", "conv2d_21"))
    mesh = points.reshape(-1, 3)[:, :2] @ turn.T + matrix[:, 2]
    return 1 / (1 + float(np.exp(-np.clip(certainty.item(), -50, 50)))), mesh


def _across(mesh: Picture) -> float:
    """The angle of the line through the eyes."""
    x, y = mesh[list(RIGHT_EYE)].mean(0) - mesh[list(LEFT_EYE)].mean(0)
    return float(np.arctan2(y, x))


def _axes(angle: float) -> Picture:
    """Two rows: the face's own right, and its own down."""
    return np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


def _face(mesh: Picture) -> Face:
    axes = _axes(_across(mesh))
    turned = mesh @ axes.T
    left, right = turned[:, 0].min(), turned[:, 0].max()
    brow, chin = turned[BROW], turned[CHIN]
    tall = chin[1] - brow[1]
    width, height = CHEEKS * (right - left), (1 + BOX) * tall

    def at(x: float, y: float) -> Point:
        return Point(*map(float, np.array((x, y)) @ axes))

    middle = at((left + right) / 2, chin[1] - height / 2)
    eyes, mouth = (turned[list(LEFT_EYE)].mean(0), turned[list(RIGHT_EYE)].mean(0)), turned[list(MOUTH)].mean(0)
    return Face(
        (middle.x - float(width) / 2, middle.y - float(height) / 2, float(width), float(height)),
        left_eye=at(*eyes[0]),
        right_eye=at(*eyes[1]),
        nose=at(*turned[NOSE]),
        mouth=at(*mouth),
        chin=at(*chin),
        forehead=at(brow[0], brow[1] - FOREHEAD * tall),
        head_top=at(brow[0], chin[1] - 1.28 * height),
    )
