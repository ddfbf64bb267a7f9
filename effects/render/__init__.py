"""Short films from portraits, drawn here: no network, no Django."""

from effects.render.clip import RenderStopped, render_clip, render_still
from effects.render.loop import render_loop, render_poster
from effects.render.recipe import Recipe
from effects.render.subject import Subject, frame_size

__all__ = [
    "Recipe",
    "RenderStopped",
    "Subject",
    "frame_size",
    "render_clip",
    "render_loop",
    "render_poster",
    "render_still",
]
