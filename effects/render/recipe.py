"""A recipe: the ordered parts of an effect, read from data and checked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from effects.render.arms import Arms
from effects.render.attachments import Attach
from effects.render.captions import Caption
from effects.render.carousel import Carousel
from effects.render.cast import Clones, Pair, Placing, Standing, Twins
from effects.render.figure import Figure
from effects.render.finish import Fade, Finish, Flash
from effects.render.frames import Frame
from effects.render.grades import Grade
from effects.render.lights import Light
from effects.render.motion import Move
from effects.render.particles import Particles
from effects.render.props import Prop
from effects.render.reading import read
from effects.render.scenes import Foreground, Scene
from effects.render.styles import Style
from effects.render.timeline import Span
from effects.render.warps import Warp

KINDS: dict[str, type[Span]] = {
    "move": Move,
    "warp": Warp,
    "style": Style,
    "grade": Grade,
    "particles": Particles,
    "light": Light,
    "wear": Attach,
    "arms": Arms,
    "prop": Prop,
    "scene": Scene,
    "foreground": Foreground,
    "frame": Frame,
    "caption": Caption,
    "placing": Placing,
    "pair": Pair,
    "twins": Twins,
    "figure": Figure,
    "clones": Clones,
    "carousel": Carousel,
    "finish": Finish,
    "flash": Flash,
    "fade": Fade,
}
PartType = TypeVar("PartType", bound=Span)


@dataclass(frozen=True)
class Recipe:
    """How one effect is made; `still` is its most telling moment, from 0 to 1."""

    name: str
    parts: tuple[Span, ...]
    still: float = 0.6

    @classmethod
    def read(cls, name: str, data: Mapping[str, Any], shared: Mapping[str, Any] | None = None) -> "Recipe":
        """Parse JSON data; `shared` holds parts used by name. Raise ValueError naming the effect and the field."""
        unknown = set(data) - {"parts", "still"}
        if unknown:
            raise ValueError(f"{name}.{min(unknown)}: there is no such field")
        still = data.get("still", 0.6)
        if not isinstance(still, (int, float)) or not 0 <= still <= 1:
            raise ValueError(f"{name}.still: {still!r} is not between 0 and 1")
        written = list(_spelled_out(name, data.get("parts"), shared or {}))
        parts = tuple(_part(f"{name}.parts[{index}]", part) for index, part in enumerate(written))
        if not parts:
            raise ValueError(f"{name}.parts: is empty")
        if any(isinstance(part, Prop) and part.by != "canvas" for part in parts) and not any(
            isinstance(part, Figure) for part in parts
        ):
            raise ValueError(f"{name}.parts: a prop goes by the figure, but there is none")
        return cls(name, parts, float(still))

    def all(self, kind: type[PartType]) -> list[PartType]:
        """The parts of one kind, in order."""
        return [part for part in self.parts if isinstance(part, kind)]

    @property
    def layered(self) -> bool:
        """Whether people must be cut out of their photo: something is behind them, or they move on their own."""
        return any(
            isinstance(part, (Arms, Figure, Scene, Placing, Standing, Clones))
            or getattr(part, "layer", "") == "behind"
            or getattr(part, "target", "camera") != "camera"
            for part in self.parts
        )


def _spelled_out(name: str, parts: Any, shared: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Replace every name of shared parts by the parts; `{"use": name, ...}` changes fields of a single one."""
    if not isinstance(parts, list):
        raise ValueError(f"{name}.parts: is not a list")
    for part in parts:
        used = part if isinstance(part, str) else part.get("use")
        if used is None:
            yield part
        elif used not in shared:
            raise ValueError(f"{name}.use: there are no shared parts {used!r}")
        elif isinstance(part, str):
            yield from _spelled_out(name, shared[used], shared)
        else:
            yield _changed(name, shared[used], part)


def _changed(name: str, shared: list[Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    if len(shared) != 1 or not isinstance(shared[0], dict):
        raise ValueError(f"{name}.use: {part['use']!r} is more than one part and cannot be changed")
    return {**shared[0], **{key: value for key, value in part.items() if key != "use"}}


def _part(where: str, data: Mapping[str, Any]) -> Span:
    kind = data.get("kind")
    if kind not in KINDS:
        raise ValueError(f"{where}.kind: unknown kind {kind!r}")
    return read(KINDS[kind], {key: value for key, value in data.items() if key != "kind"}, where)
