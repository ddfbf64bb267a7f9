"""A recipe with its people, ready to be asked for any moment."""

from collections.abc import Sequence

import numpy as np

from effects.render.arms import Arms, ArmsDrawer
from effects.render.attachments import Attach, AttachmentDrawer
from effects.render.captions import Caption, CaptionDrawer
from effects.render.carousel import Carousel, CarouselDrawer
from effects.render.cast import Actor, Clones, Pair, Placing, Plate, Standing, Twins, stood
from effects.render.figure import Figure, FigureActor, figured
from effects.render.finish import Fade, Finish, FinishDrawer, Flash, fade, flash
from effects.render.frames import Frame, FrameDrawer
from effects.render.geometry import moved
from effects.render.grades import Grade, GradeDrawer
from effects.render.lights import Light, LightDrawer
from effects.render.motion import Move, Pose, pose_of
from effects.render.particles import ParticleDrawer, Particles
from effects.render.pictures import Picture
from effects.render.places import Backdrop
from effects.render.props import Ground, Prop, PropDrawer
from effects.render.reading import Recolouring
from effects.render.recipe import Recipe
from effects.render.scenes import Foreground, ForegroundDrawer, Scene
from effects.render.stage import Drawer, Matrix, Moment, Stage
from effects.render.styles import Style
from effects.render.subject import Subject
from effects.render.tones import tones_of
from effects.render.warps import Warp

SIDES = ("left", "right")
BREATHING = [Move(move="idle", target="person", beats=1.5, phase=phase) for phase in (0.0, 0.4)]


class Film:
    """Frames on request: the same recipe, people, size, length and seed give the same pixels."""

    def __init__(
        self, recipe: Recipe, subjects: Sequence[Subject], size: tuple[int, int], *, seconds: float, seed: int
    ) -> None:
        self.recipe, self.size, self.subjects = recipe, size, subjects
        self.warps, self.moves = recipe.all(Warp), recipe.all(Move)
        styles = recipe.all(Style)
        cast = [subjects[0]] * 2 if recipe.all(Twins) else subjects
        apart = (recipe.all(Standing) or [Pair()])[0].apart
        self.actors = figured(recipe.all(Figure), self._cast(cast, styles), cast, size, styles, apart)
        self.plate: Plate | None = None
        self.backdrop: Backdrop | None = None
        if self.actors:
            self.backdrop = Backdrop(recipe, subjects, size, styles)
            faces = tuple(actor.face for actor in self.actors)
        else:
            self.plate = Plate(subjects[0], size, styles, emptied=False)
            faces = (self.plate.face,)
        self.stage = Stage(size, faces, seconds, seed, recipe.name)
        self.tones = [tones_of(subject) for subject in cast] if _toned(recipe) else []
        self._prepare()

    def _cast(self, subjects: Sequence[Subject], styles: list[Style]) -> list[Actor]:
        if len(subjects) > 1:
            spots = stood((self.recipe.all(Standing) or [Pair()])[0], subjects[:2], self.size)
            looks = [[style for style in styles if style.on != other] for other in reversed(SIDES)]
            return [Actor(*standing) for standing in zip(subjects[:2], (self.size,) * 2, spots, looks, strict=True)]
        if not self.recipe.layered:
            return []
        placing = (self.recipe.all(Placing) or [Placing()])[0]
        is_covered = any(scene.at <= 0 for scene in self.recipe.all(Scene))
        return [Actor(subjects[0], self.size, placing, styles, casts_shadow=is_covered)]

    def _prepare(self) -> None:
        recipe, stage = self.recipe, self.stage
        drawers: dict[str, list[Drawer]] = {"behind": [], "front": [], "frame": []}
        for index, part in enumerate(recipe.parts):
            drawer = self._drawer(part, index)
            if drawer is not None:
                layer = (
                    "frame"
                    if isinstance(part, (Caption, Frame)) and not getattr(part, "behind", False)
                    else getattr(part, "layer", "behind")
                )
                drawers[layer].append(drawer)
        self.drawers = drawers
        worn = [
            (part, who)
            for part in recipe.all(Attach)
            for who in range(len(stage.faces))
            if part.who in ("all", SIDES[who])
        ]
        self.worn_behind = [AttachmentDrawer(part, stage, who) for part, who in worn if part.layer == "behind"]
        self.worn = [AttachmentDrawer(part, stage, who) for part, who in worn if part.layer == "front"]
        self.clones = recipe.all(Clones)
        self.grade = GradeDrawer(recipe.all(Grade)) if recipe.all(Grade) else None
        self.finish = FinishDrawer((recipe.all(Finish) or [Finish()])[0], stage)
        self.flashes, self.fades = recipe.all(Flash), recipe.all(Fade)
        pair = recipe.all(Standing)
        self.order = (
            [1, 0]
            if len(self.actors) > 1 and not (pair and pair[0].front == "right")
            else list(range(len(self.actors)))
        )

    def _drawer(self, part: object, index: int) -> Drawer | None:
        if isinstance(part, Particles):
            return ParticleDrawer(part, self.stage, index)
        if isinstance(part, Light):
            return LightDrawer(part, self.stage, index)
        if isinstance(part, Prop):
            return PropDrawer(part, self.stage, self._footing() if part.by != "canvas" else None, self._owner(part))
        if isinstance(part, Arms):
            return ArmsDrawer(part, self.stage, self.tones)
        if isinstance(part, Carousel):
            return CarouselDrawer(part, self.stage, self.subjects[0])
        if isinstance(part, Foreground):
            return ForegroundDrawer(part, self.stage)
        if isinstance(part, Caption):
            return CaptionDrawer(part, self.stage)
        return FrameDrawer(part, self.stage) if isinstance(part, Frame) else None

    def _owner(self, part: Prop) -> Recolouring:
        return () if part.of == "nobody" else self.tones[min(SIDES.index(part.of), len(self.tones) - 1)].colours

    def _footing(self) -> Ground:
        figure = next(actor for actor in self.actors if isinstance(actor, FigureActor))
        return Ground(*figure.foot, *[figure.height] * 3)

    def frame(self, u: float, index: int = 0) -> Picture:
        """The RGB frame at `u` from 0 to 1, (height, width, 3) uint8."""
        moment = self._moment(u)
        frame = self._ground(moment)
        for drawer in [*self.drawers["behind"], *self.worn_behind]:
            drawer.draw(frame, moment)
        self._draw_people(frame, moment)
        for drawer in [*self.worn, *self.drawers["front"]]:
            drawer.draw(frame, moment)
        self._finish(frame, moment, index)
        return frame

    def _moment(self, u: float) -> Moment:
        camera = self._camera(u, 1.0)
        moment = Moment(u, u * self.stage.seconds, camera)
        moment.bodies = [camera @ self._body(who, u) for who in range(len(self.stage.faces))]
        heads = [actor.head(u) for actor in self.actors] or [np.eye(3)]
        moment.heads = [body @ head for body, head in zip(moment.bodies, heads, strict=True)]
        return moment

    def _camera(self, u: float, depth: float) -> Matrix:
        """The camera as seen at a depth: 1 is where people stand, less is further away."""
        pose = pose_of([move for move in self.moves if move.target == "camera"], u)
        if depth < 1:
            pose = Pose(
                pose.dx * depth, pose.dy * depth, pose.turn, pose.wide**depth, pose.tall**depth, pose.lean * depth
            )
        centre = self.stage.faces[0].centre if len(self.stage.faces) == 1 else (self.size[0] / 2, self.size[1] * 0.5)
        pivot = ((centre[0] + self.size[0] / 2) / 2, (centre[1] + self.size[1] / 2) / 2)
        return pose.matrix(pivot, self.stage.unit)

    def _body(self, who: int, u: float, delay: float = 0.0) -> Matrix:
        mine = [
            move
            for move in self.moves
            if move.target == "person" or (len(self.actors) > 1 and move.target == SIDES[who])
        ]
        if not mine and self.actors and self.actors[who].breathes:
            mine = [BREATHING[who]]
        face = self.stage.faces[who]
        hips = (face.centre.x, min(face.chin.y + 1.1 * face.box[3], self.size[1] * 1.0))
        return pose_of(mine, u, delay).matrix(hips, self.stage.unit)

    def _ground(self, moment: Moment) -> Picture:
        if self.backdrop is not None:
            return self.backdrop.draw(self._camera(moment.u, 0.55), moment.u)
        assert self.plate is not None
        return self.plate.draw(moment.bodies[0], self.warps, moment.u)

    def _draw_people(self, frame: Picture, moment: Moment) -> None:
        for clones in self.clones:
            self._draw_clones(frame, moment, clones)
        for who in self.order:
            self.actors[who].draw(frame, moment.bodies[who], self.warps, moment.u)

    def _draw_clones(self, frame: Picture, moment: Moment, clones: Clones) -> None:
        opacity = clones.opacity * clones.presence(moment.u)
        for index in reversed(range(clones.count)):
            side, rank = (-1 if index % 2 else 1), index // 2 + 1
            scale = clones.scale**rank
            foot = np.array(self.actors[0].foot)
            shrunk = moved(*foot) @ np.diag([scale, scale, 1.0]) @ moved(*-foot)
            aside = moved(
                side * clones.spread * rank * self.size[0] * clones.progress(moment.u if clones.at else 1.0),
                -0.03 * rank * self.stage.unit,
            )
            body = moment.camera @ aside @ shrunk @ self._body(0, moment.u, clones.delay * (index + 1))
            late = moment.u - clones.delay * (index + 1)
            self.actors[0].draw(frame, body, self.warps, late, opacity)

    def _finish(self, frame: Picture, moment: Moment, index: int) -> None:
        if self.grade is not None:
            self.grade.draw(frame, moment.u)
        self.finish.draw(frame, moment.u, index)
        for drawer in self.drawers["frame"]:
            drawer.draw(frame, moment)
        flash(frame, self.flashes, moment.u)
        for part in self.fades:
            fade(frame, part, moment.u)


def _toned(recipe: Recipe) -> bool:
    """Whether anything is drawn in the colours of somebody's skin and clothes."""
    return bool(recipe.all(Arms)) or any(prop.of != "nobody" for prop in recipe.all(Prop))
