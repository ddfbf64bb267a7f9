"""The owner's side of the studio."""

from . import credit, effect, job, portrait, studio, video

__all__ = ["credit", "effect", "job", "portrait", "studio", "video"]
