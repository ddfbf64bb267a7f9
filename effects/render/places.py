"""What is behind people: their own emptied walls, and painted scenes that take over."""

from collections.abc import Sequence

import cv2
import numpy as np

from effects.render.cast import Looks, Plate
from effects.render.geometry import laid
from effects.render.pictures import Picture, mixed
from effects.render.recipe import Recipe
from effects.render.reveals import revealed, turns
from effects.render.scenes import SPARE, Scene, painted
from effects.render.stage import Matrix
from effects.render.styles import Style
from effects.render.subject import Subject


class Backdrop:
    """Everything behind people, flattened where it stands still."""

    def __init__(
        self, recipe: Recipe, subjects: Sequence[Subject], size: tuple[int, int], styles: Sequence[Style]
    ) -> None:
        self.size = size
        self.scenes = recipe.all(Scene)
        wide = (int(size[0] * SPARE), int(size[1] * SPARE))
        self.pictures = [_scene(scene, wide) for scene in self.scenes]
        self.orders = [turns("iris", *size) for _ in self.scenes]
        self.home = np.array(
            [[1, 0, (size[0] - wide[0]) / 2], [0, 1, (size[1] - wide[1]) * 0.5], [0, 0, 1]], np.float64
        )
        covered = any(scene.at <= 0 for scene in self.scenes)
        self.wall = None if covered else _wall(subjects, size, styles)

    def draw(self, camera: Matrix, u: float) -> Picture:
        """A new frame holding only the background."""
        shown = [scene.progress(u) if scene.at > 0 else 1.0 for scene in self.scenes]
        whole = max((index for index, share in enumerate(shown) if share >= 1), default=None)
        if whole is None:
            assert self.wall is not None
            frame = laid(self.wall.at(u), camera, self.size, None)
        else:
            frame = self._seen(whole, camera, u)
        for index in range(0 if whole is None else whole + 1, len(shown)):
            if shown[index] > 0:
                frame = revealed(frame, self._seen(index, camera, u), self.orders[index], shown[index])
        return frame

    def _seen(self, index: int, camera: Matrix, u: float) -> Picture:
        scene, picture = self.scenes[index], self.pictures[index]
        if not scene.flow:
            return laid(picture, camera @ self.home, self.size, None)
        width = picture.shape[1] // 2
        shift = int(scene.flow * u * width) % width
        rolled = picture[:, shift : shift + self.size[0]]
        return laid(rolled, camera, self.size, None)


def _scene(scene: Scene, size: tuple[int, int]) -> Picture:
    lamp = "lamp" if scene.flow else ""
    picture = cv2.cvtColor(painted(scene.scene, size, scene.colours, scene.blur, lamp), cv2.COLOR_RGBA2RGB)
    if not scene.flow:
        return picture
    endless = np.hstack([picture, picture[:, ::-1]])
    return np.hstack([endless, endless])


class SideBySide:
    """Two walls that melt into each other in the middle."""

    def __init__(self, walls: Sequence[Looks], size: tuple[int, int]) -> None:
        self.walls = walls
        ramp = np.clip((np.linspace(0, 1, size[0]) - 0.4) * 5, 0, 1) * 255
        self.mask = np.repeat(ramp.astype(np.uint8)[None], size[1], axis=0)
        self.settled: Picture | None = None

    def at(self, u: float) -> Picture:
        """Both walls now; kept once no style is left to come."""
        if self.settled is None:
            joined = mixed(self.walls[0].at(u), self.walls[1].at(u), self.mask)
            if self.walls[0].styles:
                return joined
            self.settled = joined
        return self.settled


def _wall(subjects: Sequence[Subject], size: tuple[int, int], styles: Sequence[Style]) -> Looks | SideBySide:
    walls = [Plate(subject, size, styles, emptied=True).looks for subject in subjects]
    return walls[0] if len(walls) == 1 else SideBySide(walls, size)
