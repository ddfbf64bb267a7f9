"""What every effect shows before anybody orders it: a poster and a short silent loop of its own recipe.

The studio's drawn sitters play in them. A file's name holds a version, so that a changed recipe makes new samples and
none goes stale. An empty file stands for one that could not be made, so that others get their turn; an hour later it
is tried again.
"""

import hashlib
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from django.conf import settings
from PIL import Image

from effects.catalogue import recipes, sitters
from effects.media.images import encode_webp
from effects.models import Effect, Theme, Worker
from effects.providers import OnFrame, Stopped
from effects.providers.polite import PoliteThread
from effects.providers.slots import take_slot
from effects.render import render_loop, render_poster
from effects.services import production
from effects.services.leftovers import is_older

log = logging.getLogger(__name__)

CARD, LARGE, LOOP = (480, 640), (720, 960), (432, 576)
SEED = 7
EDITION = 1  # raise it when the renderer comes to draw the same recipes otherwise
BATCH = 2
LEFTOVER_AGE = timedelta(hours=1)


Maker = Callable[..., bool]


class Kind(StrEnum):
    """What a sample consists of, by the ends of the files' names."""

    CARD = "webp"
    LARGE = "large.webp"
    LOOP = "mp4"


def path_of(effect: Effect, kind: Kind) -> Path:
    return folder() / f"{effect.name}.{_rendered_version(effect)}.{kind}"


def poster_of(effect: Effect, kind: Kind) -> tuple[Path, bool]:
    """Return a picture at once, and whether it is the poster; before that is made, it is the bare sitter."""
    poster = path_of(effect, kind)
    if _is_good(poster):
        return poster, True
    return sitters.small_picture(effect.name, effect.subject_kind), False


def loop_of(effect: Effect) -> Path | None:
    loop = path_of(effect, Kind.LOOP)
    return loop if _is_good(loop) else None


def version(effect: Effect) -> str:
    """Name what an effect shows at present, for its addresses; another sample has another name."""
    return effect.sample_key or _rendered_version(effect)


def make_some() -> bool:
    """Make the next few missing samples unless somebody needs the renderer; return whether to go on with more."""
    with turn() as is_ours:
        missing = list(missing_samples()) if is_ours and not somebody_waits() else []
        for effect, make in missing[:BATCH]:
            try:
                make(effect, give_way)
            except Stopped:
                return False
    return len(missing) > BATCH


@contextmanager
def turn() -> Iterator[bool]:
    """Take the one place of those who make samples, and one at the renderer; yield whether both were free.

    Where the renderer has several places, one is left to people who wait for a video.
    """
    places = max(1, settings.RENDER_SLOTS - 1)
    with take_slot(folder(), 1) as is_alone, take_slot(settings.DATA_DIR / "renders", places) as has_place:
        yield is_alone and has_place


def missing_samples(*, loops: bool = True) -> Iterator[tuple[Effect, Maker]]:
    """Yield what is to be made, as the catalogue shows it, so that what is seen first is made first: posters, loops."""
    effects = in_order()
    yield from ((effect, make_poster) for effect in effects if not path_of(effect, Kind.CARD).exists())
    if loops:
        yield from ((effect, make_loop) for effect in effects if not path_of(effect, Kind.LOOP).exists())


def make_poster(effect: Effect, on_frame: OnFrame = lambda done, total: None) -> bool:
    """Render an effect's poster in both sizes; return whether it could be. What `on_frame` raises stops it."""

    def work(note: OnFrame) -> None:
        picture = Image.fromarray(render_poster(recipes.recipe_for(effect.name), _cast(effect), LARGE, seed=SEED))
        _put(path_of(effect, Kind.LARGE), encode_webp(picture))
        _put(path_of(effect, Kind.CARD), encode_webp(picture.resize(CARD, Image.Resampling.LANCZOS)))

    return _politely(work, path_of(effect, Kind.CARD), on_frame)


def make_loop(effect: Effect, on_frame: OnFrame = lambda done, total: None) -> bool:
    """Render an effect's loop; return whether it could be. What `on_frame` raises stops it."""
    target = path_of(effect, Kind.LOOP)

    def work(note: OnFrame) -> None:
        render_loop(recipes.recipe_for(effect.name), _cast(effect), target, LOOP, seed=SEED, on_frame=note)

    return _politely(work, target, on_frame)


def in_order() -> list[Effect]:
    """Return effects as the catalogue shows them, but for small tiers, which it does not divide by theme."""
    effects = Effect.objects.offered().shown_first().select_related("tier")
    return sorted(effects, key=lambda effect: (effect.price, Theme.values.index(effect.theme)))


def clear_old() -> None:
    """Remove samples of recipes that have changed since, and what makers left empty or half done."""
    current = {path_of(effect, kind) for effect in Effect.objects.all() for kind in Kind}
    for file in folder().glob("*.*"):
        is_wanted = file.suffix == ".lock" or (file in current and _is_good(file))
        if not is_wanted and is_older(file, LEFTOVER_AGE):
            file.unlink(missing_ok=True)


@cache
def folder() -> Path:
    path = Path(settings.DATA_DIR) / "samples"
    path.mkdir(parents=True, exist_ok=True)
    return path


def _politely(work: Callable[[OnFrame], None], target: Path, on_frame: OnFrame) -> bool:
    """Work at low priority; what breaks leaves an empty file."""
    try:
        PoliteThread(work).finish(on_frame)
        return True
    except Stopped:
        raise
    except Exception:
        log.exception("The sample %s broke", target.name)
        target.touch()  # a good one stays
        return False


def give_way(done: int, total: int) -> None:
    """Stop a sample that is being made when somebody needs the renderer."""
    if somebody_waits():
        raise Stopped


def somebody_waits() -> bool:
    """Whether a worker is there to give the renderer to a job that waits for it."""
    return Worker.any_alive() and production.waiting_for_place() is not None


def _put(path: Path, content: bytes) -> None:
    half = path.with_suffix(f".{os.getpid()}.part")
    half.write_bytes(content)
    half.replace(path)


def _is_good(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _cast(effect: Effect) -> list[sitters.Subject]:
    return [sitters.sitter(name) for name in _names(effect)]


def _names(effect: Effect) -> list[str]:
    return sitters.names_for(effect.name, count=2 if effect.is_dual else 1, kind=effect.subject_kind)


def _rendered_version(effect: Effect) -> str:
    return _version(effect.name, tuple(_names(effect)))


@cache
def _version(name: str, cast: tuple[str, ...]) -> str:
    files = [sitters.FOLDER / f"{sitter}.{kind}" for sitter in cast for kind in ("svg", "json")]
    drawings = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    made_of = (EDITION, CARD, LARGE, LOOP, recipes.fingerprint(name), *drawings)
    return hashlib.sha256(repr(made_of).encode()).hexdigest()[:10]
