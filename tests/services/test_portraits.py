"""A portrait that is deleted takes everything with it that was made of it."""

import pytest
from django.test import Client
from django.urls import reverse

from effects.models import Portrait
from effects.render import Subject


@pytest.mark.django_db(transaction=True)
def test_a_deleted_portrait_takes_along_what_was_found_in_it(admin_client: Client, portrait: Portrait) -> None:
    Subject.open(portrait.path, keep=True)
    half = portrait.path.with_name(f"{portrait.key}.abc.part")
    half.write_bytes(b"left by a worker that was killed")
    assert len(list(portrait.path.parent.glob(f"{portrait.key}.*"))) == 4
    address = reverse("admin:effects_portrait_delete", args=[portrait.pk])
    admin_client.post(address, {"post": "yes"})
    assert not Portrait.objects.exists()
    assert not list(portrait.path.parent.glob(f"{portrait.key}.*"))
