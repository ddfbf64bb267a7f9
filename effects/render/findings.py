"""What is found in a picture before it becomes a film, and how that is kept beside it."""

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

import cv2
import numpy as np

from effects.render import networks
from effects.render.faces import Face, Point, find_face, with_hair
from effects.render.landmarks import faces_in
from effects.render.pictures import Picture
from effects.render.segmentation import SURE, person_mask

VERSION = 1
SEARCHED = 800  # faces are looked for in a picture of at most this size
FLAT = 0.25  # of the picture's upper edge: a pet's head cut off there looks better on a card
NARROWEST, WIDEST = 9 / 16, 16 / 9
SURE_OF_FACE = 0.65  # a face makes it likely that the rest is a person too
LEAST = 420  # pixels: what is shown is not enlarged beyond recognition
CLOSER = 0.8  # less than this part of the picture must do, or it is shown whole
HELD = 0.75  # of the part's sides: how far apart faces may be to be shown together
COMPANION = 0.5  # of the largest face: those in the distance are not meant

Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class Findings:
    """The part of a picture that is worth showing, and in that part the face and the person mask, if there are any."""

    part: tuple[int, int, int, int]
    face: Face | None = None
    cutout: Picture | None = None


def find(picture: Picture, models: Path | None) -> Findings:
    """Look for people in an RGB picture."""
    faces = _faces(picture, models)
    bodies = [_body(face) for face in faces if face.box[3] > COMPANION * faces[0].box[3]]
    part = worth_showing(picture.shape, bodies)
    face = faces[0] if faces else None
    cutout = _cutout(picture, part, face, models)
    if face is None and cutout is not None:
        closer = worth_showing(picture.shape, [_around(cutout, part)])
        if closer != part:
            part, cutout = closer, _cutout(picture, closer, None, models)
    if face is not None:
        face = face.scaled(1, -part[0], -part[1])
    if face is not None and cutout is not None:
        face = with_hair(face, cutout)
    return Findings(part, face, cutout)


def worth_showing(shape: tuple[int, ...], subjects: Sequence[Box]) -> tuple[int, int, int, int]:
    """The part of a picture with its subjects in it: no longer than a clip, and closer if they are small."""
    height, width = shape[:2]
    aspect = min(max(width / height, NARROWEST), WIDEST)
    most = min(height, width / aspect)
    left, top, right, bottom = 0.0, 0.0, float(width), 0.9 * height
    tall = most
    if subjects:
        sides = np.array(subjects)
        if np.ptp(sides[:, ::2].mean(1)) > HELD * most * aspect or np.ptp(sides[:, 1]) > HELD * most:
            sides = sides[:1]  # a group that no clip can hold: the nearest
        (left, top), (right, bottom) = sides[:, :2].min(0), sides[:, 2:].max(0)
        tall = max(bottom - top, (right - left) / aspect, LEAST / min(aspect, 1))
        tall = tall if tall < CLOSER * most else most
    wide = tall * aspect
    x = min(max((left + right - wide) / 2, 0), width - wide)
    y = min(max((top + bottom - tall) / 2, 0), height - tall)
    return round(x), round(y), round(x + wide), round(y + tall)


def _faces(picture: Picture, models: Path | None) -> list[Face]:
    scale = min(SEARCHED / max(picture.shape[:2]), 1.0)
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else picture
    if models and (models / networks.FACES).is_file() and (models / networks.LANDMARKS).is_file():
        faces = faces_in(small, models)
    else:
        found = find_face(small)
        faces = [found] if found else []
    return [face.scaled(1 / scale) for face in faces]


def _body(face: Face) -> Box:
    """Head and trunk: what parts that are worn need room for."""
    left, top, width, height = face.box
    return left - 0.9 * width, top - 1.3 * height, left + 1.9 * width, top + 4.2 * height


def _cutout(
    picture: Picture, part: tuple[int, int, int, int], face: Face | None, models: Path | None
) -> Picture | None:
    if models is None or not (models / networks.OUTLINE).is_file():
        return None
    left, top, right, bottom = part
    mask = person_mask(picture[top:bottom, left:right], models, SURE if face is None else SURE_OF_FACE)
    if mask is None:
        return None
    if face is None:
        return mask if mask[0].mean() <= FLAT * 255 else None
    x, y = int(face.centre.x) - left, int(face.centre.y) - top
    is_inside = 0 <= x < mask.shape[1] and 0 <= y < mask.shape[0]
    return mask if is_inside and mask[y, x] > 127 else None


def _around(cutout: Picture, part: tuple[int, int, int, int]) -> Box:
    """The box of a mask in the whole picture, with a little air."""
    left, top, width, height = cv2.boundingRect((cutout > 127).astype(np.uint8))
    left, top = left + part[0], top + part[1]
    return left - 0.2 * width, top - 0.3 * height, left + 1.2 * width, top + 1.05 * height


def find_once(picture: Picture, path: Path, models: Path | None) -> Findings:
    """Look for people in the picture of a file, unless what was found last time lies beside it."""
    content = hashlib.sha256(path.read_bytes()).hexdigest()
    key = f"{VERSION} {content} {networks.fingerprint(models) if models else ''}"
    beside = path.with_suffix(".findings")
    findings = _read(beside, key)
    if findings is None:
        findings = find(picture, models)
        with suppress(OSError):  # it only saves time
            _write(beside, key, findings)
        if not path.exists():  # deleted meanwhile, and with it all that is known of it
            beside.unlink(missing_ok=True)
    return findings


def _read(file: Path, key: str) -> Findings | None:
    """What a file says, if it is whole and about the same picture, seen through the same networks."""
    try:
        seal, _, body = file.read_bytes().partition(b"\n")
    except OSError:
        return None
    if seal != _seal(key, body):
        return None
    line, _, png = body.partition(b"\n")
    facts = json.loads(line)
    points = {name: Point(*at) for name, at in (facts["face"] or {}).items() if name != "box"}
    face = Face(box=tuple(facts["face"]["box"]), **points) if facts["face"] else None
    cutout = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE) if png else None
    return Findings(tuple(facts["part"]), face, cutout)


def _write(file: Path, key: str, findings: Findings) -> None:
    """Put the file in place whole. Its half has a name that goes with the picture's too."""
    line = json.dumps({"part": findings.part, "face": asdict(findings.face) if findings.face else None})
    png = cv2.imencode(".png", findings.cutout)[1].tobytes() if findings.cutout is not None else b""
    body = line.encode() + b"\n" + png
    with NamedTemporaryFile(dir=file.parent, prefix=f"{file.stem}.", suffix=".part", delete=False) as half:
        half.write(_seal(key, body) + b"\n" + body)
    try:
        Path(half.name).replace(file)
    finally:
        Path(half.name).unlink(missing_ok=True)


def _seal(key: str, body: bytes) -> bytes:
    return hashlib.sha256(key.encode() + b"\n" + body).hexdigest().encode()
