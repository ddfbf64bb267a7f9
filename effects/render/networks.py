"""Small neural networks, run by OpenCV. A folder holds them; any of them may be missing."""

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from threading import Lock

import cv2
import numpy as np

from effects.render.pictures import Picture

OUTLINE = "selfie_segmentation.tflite"
FACES = "face_detection_short_range.tflite"
LANDMARKS = "face_landmark.tflite"
_turn = Lock()


def answers(network: Path, blob: Picture, outputs: Sequence[str]) -> list[Picture]:
    """What a network says of a blob: one array for each of its named outputs."""
    with _turn:
        net = _net(str(network))
        net.setInput(blob)
        return [np.array(answer) for answer in net.forward(outputs)]


def fingerprint(folder: Path) -> str:
    """Tell one set of networks from another, also when they arrive while the studio runs."""
    files = [folder / name for name in (OUTLINE, FACES, LANDMARKS)]
    return " ".join(_digest(file, file.stat().st_mtime_ns) if file.is_file() else "-" for file in files)


@cache
def _digest(file: Path, changed_at: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


@cache
def _net(network: str) -> cv2.dnn.Net:
    return cv2.dnn.readNetFromTFLite(network)
