"""What the pages send."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from effects import providers
from effects.models import Account, Effect, Portrait
from effects.services.portraits import keep_portrait
from effects.services.refusals import PhotoRefused, Refusal

OLD_PAGE = {name: _("This page is out of date. Reload it and try again.") for name in ("required", "min_length")}


class PhotosForm(forms.Form):
    """A photo for each side, as a file or by the key of one kept before.

    A good photo is kept as soon as it is checked, so that a bad one beside it costs nobody a second upload.
    """

    left = forms.FileField(required=False, allow_empty_file=True)
    right = forms.FileField(required=False, allow_empty_file=True)
    left_key = forms.CharField(required=False)
    right_key = forms.CharField(required=False)

    def __init__(
        self, owner: Account, effect: Effect, data: Any = None, files: MultiValueDict[str, UploadedFile] | None = None
    ) -> None:
        super().__init__(data, files)
        self.owner = owner
        self.effect = effect
        self.status = 422
        self.portraits: dict[str, Portrait] = {}

    def clean(self) -> dict[str, Any]:
        for side in ("left", "right") if self.effect.is_dual else ("left",):
            self._take(side)
        return self.cleaned_data

    def refuse(self, refusal: Refusal) -> None:
        """Note that the request was refused after the form itself was found in order."""
        self.status = refusal.status
        self.add_error(None, refusal)

    def _take(self, side: str) -> None:
        upload, key = self.cleaned_data.get(side), self.cleaned_data.get(f"{side}_key")
        if upload:
            self._keep(side, upload)
        elif key:
            self.portraits[side] = self._known(key)
        else:
            self.add_error(side, _("Choose a photo first."))

    def _keep(self, side: str, upload: UploadedFile) -> None:
        try:
            self.portraits[side] = keep_portrait(self.owner, upload)
        except PhotoRefused as refusal:
            self.status = refusal.status
            self.add_error(side, refusal)

    def _known(self, key: str) -> Portrait:
        portrait = self.owner.portraits.filter(key=key).first()
        if portrait is None:
            raise Http404
        return portrait


class OrderForm(PhotosForm):
    """An order of a video."""

    request_key = forms.CharField(min_length=8, max_length=64, error_messages=OLD_PAGE)
    accept_retired = forms.BooleanField(required=False)
    agreed_price = forms.DecimalField(required=False)

    def clean(self) -> dict[str, Any]:
        super().clean()
        if needs_consent(self.effect) and not self.cleaned_data.get("accept_retired"):
            self.add_error("accept_retired", _("Tick this box to try it anyway."))
        return self.cleaned_data | {"portrait": self.portraits.get("left"), "partner": self.portraits.get("right")}


def needs_consent(effect: Effect) -> bool:
    """Whether the paid provider may refuse this effect, so that the reader says yes to that first."""
    return providers.in_force().is_paid and not effect.is_current and not effect.refused_at
