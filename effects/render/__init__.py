"""Short films from portraits, drawn here: no network, no Django."""

import cv2

from effects.render.clip import render_clip, render_still
from effects.render.loop import render_loop, render_poster
from effects.render.recipe import Recipe
from effects.render.subject import Subject, frame_size

# A renderer keeps to one core: there is one for each place, and what is found in a picture must not hang on threads.
cv2.setNumThreads(1)

__all__ = [
    "Recipe",
    "Subject",
    "frame_size",
    "render_clip",
    "render_loop",
    "render_poster",
    "render_still",
]
