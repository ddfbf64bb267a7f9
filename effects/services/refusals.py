"""How a service says no: a sentence for the reader and the HTTP status that goes with it."""

from typing import Any

from django.core.exceptions import ValidationError


class Refusal(ValidationError):
    """A request that cannot be met, with a translated sentence that says what to do."""

    def __init__(self, sentence: Any, *, status: int = 422) -> None:
        super().__init__(sentence)
        self.status = status


class PhotoRefused(Refusal):
    """The upload is no photo that a video can be made of."""


class PreviewRefused(Refusal):
    """No preview was made."""


class SampleRefused(Refusal):
    """The upload is no video that can stand for an effect."""


class OrderRefused(Refusal):
    """No job was opened and nothing was charged."""
