import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from effects.models import Account, CreditEntry, Effect, FailureReason, Job, Portrait, Status, Tier, Video
from effects.providers import Report, State
from effects.services import credits, orders, production, track_record
from tests import clips

LISTS = ("effect", "tier", "job", "video", "portrait", "account", "creditentry")
SEARCHES = {
    "effect": ("parade", "气球", "balloon"),
    "job": ("ada", "balloon", "task"),
    "video": ("ada", "parade"),
    "portrait": ("ada",),
    "account": ("ada",),
    "creditentry": ("ada", "birthday"),
}


def _page(model: str, page: str, *args: Any) -> str:
    return reverse(f"admin:effects_{model}_{page}", args=args)


def _act(client: Client, model: str, action: str, *rows: Any, **fields: Any):
    chosen = {"action": action, "_selected_action": [row.pk for row in rows], **fields}
    return client.post(_page(model, "changelist"), chosen, follow=True)


def _said(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


@pytest.fixture
def unknown(paid, ada: Account, effect: Effect, portrait: Portrait) -> Job:
    """A paid order whose answer was lost."""
    credits.add(ada, CreditEntry.Kind.TOP_UP, Decimal(1))
    job = orders.order_video(ada, effect, portrait, request_key="unknown")
    job.move_to(Status.SUBMITTING, submitted_at=timezone.now())
    job.move_to(Status.UNCONFIRMED, note="No answer.")
    return job


@pytest.fixture
def owed(unknown: Job) -> Job:
    """A paid order that was given up, and whose video may still come."""
    unknown.move_to(Status.PENDING, task_id="task-9")
    production.fail(unknown, FailureReason.TOOK_TOO_LONG)
    return unknown


@pytest.fixture
def rows(video: Video, ada: Account, effect: Effect, tier: Tier, portrait: Portrait) -> dict[str, Any]:
    entry = credits.add(ada, CreditEntry.Kind.TOP_UP, Decimal(1), note="For her birthday")
    row_of = {"effect": effect, "tier": tier, "job": video.job, "video": video, "portrait": portrait}
    return {**row_of, "account": ada, "creditentry": entry}


class TestWhoMayCome:
    @pytest.mark.parametrize("model", LISTS)
    def test_a_member_is_asked_to_sign_in_as_staff(self, model: str, ada_client: Client) -> None:
        response = ada_client.get(_page(model, "changelist"))

        assert response.status_code == 302
        assert response.url.startswith(reverse("admin:login"))

    def test_nobody_but_staff_sees_others_files(
        self, ada_client: Client, client: Client, bob_client: Client, video: Video, portrait: Portrait
    ) -> None:
        for visitor in (ada_client, bob_client, client):
            assert visitor.get(_page("portrait", "file", portrait.pk, "picture")).status_code == 302
            assert visitor.get(_page("video", "file", video.pk, "file")).status_code == 302

    def test_staff_without_the_permission_sees_none_either(self, client: Client, portrait: Portrait) -> None:
        client.force_login(User.objects.create_user("helper", is_staff=True))

        assert client.get(_page("portrait", "file", portrait.pk, "picture")).status_code == 403
        assert client.get(_page("job", "changelist")).status_code == 403
        assert client.get(_page("job", "settle")).status_code == 403


class TestPages:
    @pytest.mark.parametrize("model", LISTS)
    def test_every_list_and_page_opens(self, model: str, admin_client: Client, rows: dict[str, Any]) -> None:
        assert admin_client.get(_page(model, "changelist")).status_code == 200
        assert admin_client.get(_page(model, "change", rows[model].pk)).status_code == 200
        assert admin_client.get(_page(model, "history", rows[model].pk)).status_code == 200

    @pytest.mark.parametrize(("model", "words"), [(model, word) for model in SEARCHES for word in SEARCHES[model]])
    def test_search_finds(self, model: str, words: str, admin_client: Client, rows: dict[str, Any]) -> None:
        found = admin_client.get(_page(model, "changelist"), {"q": words}).context["cl"].result_list
        nothing = admin_client.get(_page(model, "changelist"), {"q": "no such thing"}).context["cl"].result_list

        assert rows[model] in found
        assert not nothing

    @pytest.mark.parametrize("model", LISTS)
    def test_a_list_asks_little(
        self, model: str, admin_client: Client, rows: dict[str, Any], django_assert_max_num_queries
    ) -> None:
        with django_assert_max_num_queries(16):
            admin_client.get(_page(model, "changelist"))

    def test_nothing_is_inline(self, admin_client: Client, rows: dict[str, Any]) -> None:
        pages = [reverse("admin:index"), *(_page(model, "change", rows[model].pk) for model in LISTS)]
        for page in pages + [_page(model, "changelist") for model in LISTS]:
            html = admin_client.get(page).content.decode()
            assert " style=" not in html
            assert "<style" not in html
            assert "<script>" not in html

    def test_the_studios_row_opens_at_once(self, admin_client: Client) -> None:
        response = admin_client.get(_page("studio", "changelist"), follow=True)

        assert response.redirect_chain == [(_page("studio", "change", 1), 302)]
        assert response.status_code == 200
        assert admin_client.get(_page("studio", "add")).status_code == 403

    def test_the_page_of_an_app_is_the_cockpit(self, admin_client: Client) -> None:
        response = admin_client.get(reverse("admin:app_list", args=["effects"]))

        assert response.url == reverse("admin:index")

    def test_files_are_shown_to_staff(self, admin_client: Client, video: Video, portrait: Portrait) -> None:
        part = admin_client.get(_page("video", "file", video.pk, "file"), headers={"Range": "bytes=0-9"})

        assert part.status_code == 206
        assert admin_client.get(_page("video", "file", video.pk, "poster"))["Content-Type"] == "image/webp"
        assert admin_client.get(_page("portrait", "file", portrait.pk, "picture")).status_code == 200
        assert admin_client.get(_page("portrait", "file", portrait.pk, "digest")).status_code == 404


class TestReadOnly:
    @pytest.mark.parametrize("model", ["job", "video", "account", "creditentry", "portrait"])
    def test_rows_are_neither_added_nor_changed(self, model: str, admin_client: Client, rows: dict[str, Any]) -> None:
        before = type(rows[model]).objects.filter(pk=rows[model].pk).values().get()
        posted = {"amount": "9", "balance": "9", "price": "0", "status": "failed", "note": "mine"}

        assert admin_client.post(_page(model, "add"), posted).status_code == 403
        assert admin_client.post(_page(model, "change", rows[model].pk), posted).status_code == 403
        assert type(rows[model]).objects.filter(pk=rows[model].pk).values().get() == before

    @pytest.mark.parametrize("model", ["job", "video", "account", "creditentry", "effect", "tier"])
    def test_rows_are_not_deleted(self, model: str, admin_client: Client, rows: dict[str, Any]) -> None:
        assert admin_client.post(_page(model, "delete", rows[model].pk), {"post": "yes"}).status_code == 403
        _act(admin_client, model, "delete_selected", rows[model], post="yes")

        assert type(rows[model]).objects.filter(pk=rows[model].pk).exists()


class TestEffects:
    def test_a_tier_chosen_in_the_list_is_the_owners(self, admin_client: Client, effect: Effect) -> None:
        high = Tier.objects.create(name="high", title_en="High", price=Decimal("0.05"))
        form = {
            "form-TOTAL_FORMS": "1",
            "form-INITIAL_FORMS": "1",
            "form-0-id": effect.pk,
            "form-0-tier": high.pk,
            "form-0-is_enabled": "on",
            "_save": "Save",
        }

        admin_client.post(_page("effect", "changelist"), form)

        effect.refresh_from_db()
        assert (effect.tier, effect.tier_source) == (high, "owner")

    def test_effects_are_moved_and_switched_together(
        self, admin_client: Client, effect: Effect, dual_effect: Effect
    ) -> None:
        high = Tier.objects.create(name="high", title_en="High", price=Decimal("0.05"))

        _act(admin_client, "effect", "move_to_high", effect)
        _act(admin_client, "effect", "stop_offering", effect, dual_effect)
        _act(admin_client, "effect", "feature", dual_effect)

        effect.refresh_from_db()
        dual_effect.refresh_from_db()
        assert (effect.tier, effect.tier_source, effect.is_enabled) == (high, "owner", False)
        assert (dual_effect.tier_source, dual_effect.is_enabled, dual_effect.is_featured) == ("assumed", False, True)

    def test_an_effect_without_a_recipe_is_not_added(self, admin_client: Client, tier: Tier) -> None:
        form = {
            "title_en": "New",
            "title_zh_source": "kling",
            "subjects": "single",
            "subject_kind": "any",
            "theme": "pets",
            "tier": tier.pk,
            "upstream_status": "current",
            "aliases": "one\ntwo",
        }

        refused = admin_client.post(_page("effect", "add"), {**form, "name": "no_such_effect"})
        admin_client.post(_page("effect", "add"), {**form, "name": "pet_lion"})

        assert "name" in refused.context["adminform"].form.errors
        made = Effect.objects.get()
        assert (made.name, made.tier_source, made.aliases) == ("pet_lion", "owner", ["one", "two"])

    def test_the_name_stays(self, admin_client: Client, effect: Effect) -> None:
        page = admin_client.get(_page("effect", "change", effect.pk))

        assert "name" not in page.context["adminform"].form.fields


def _save_effect(client: Client, effect: Effect, **fields: Any):
    form = {
        "title_en": effect.title_en,
        "title_zh": effect.title_zh,
        "title_zh_source": "kling",
        "theme": effect.theme,
        "is_enabled": "on",
        "tier": effect.tier.pk,
        "subjects": effect.subjects,
        "subject_kind": effect.subject_kind,
        "upstream_status": "current",
        **fields,
    }
    response = client.post(_page("effect", "change", effect.pk), form)
    effect.refresh_from_db()
    return response


class TestEffectsAtTheApi:
    """What the paid provider is sent of an effect, and what it has said about it."""

    def test_options_are_saved_and_taken_back(self, admin_client: Client, effect: Effect) -> None:
        options = {"model_name": "kling-v1-6", "mode": "pro", "duration": "5"}

        assert _save_effect(admin_client, effect, options=json.dumps(options)).status_code == 302
        assert effect.options == options

        assert _save_effect(admin_client, effect, options="").status_code == 302
        assert effect.options == {}

    @pytest.mark.parametrize(
        ("options", "sentence"),
        [
            ('["pro"]', "Write an object in braces"),
            ('"pro"', "Write an object in braces"),
            ('{"mode": "pro", "image": "x"}', "and not image."),
            ('{"duration": 5}', "in quotes: duration."),
            ('{"mode": null}', "in quotes: mode."),
            ("mode=pro", "valid JSON"),
        ],
    )
    def test_other_options_are_refused_in_a_sentence(
        self, options: str, sentence: str, admin_client: Client, effect: Effect
    ) -> None:
        response = _save_effect(admin_client, effect, options=options)

        assert sentence in str(response.context["adminform"].form.errors["options"])
        assert effect.options == {}

    def test_refused_effects_are_found_and_offered_again(
        self, admin_client: Client, effect: Effect, dual_effect: Effect
    ) -> None:
        Effect.objects.filter(pk=effect.pk).update(refused_at=timezone.now())

        def listed(refused: str) -> list[Effect]:
            return list(admin_client.get(_page("effect", "changelist"), {"refused": refused}).context["cl"].result_list)

        assert (listed("yes"), listed("no")) == ([effect], [dual_effect])
        assert "Refused by the API" in admin_client.get(_page("effect", "changelist")).content.decode()

        response = _act(admin_client, "effect", "offer_for_orders", effect, dual_effect)

        assert "1 effect changed." in _said(response)
        assert listed("yes") == []
        assert set(Effect.objects.orderable()) == {effect, dual_effect}

    def test_the_page_tells_its_record_with_the_provider_in_force(
        self, admin_client: Client, unknown: Job, effect: Effect, video: Video
    ) -> None:
        cache.clear()
        Job.objects.filter(pk=video.job.pk).update(provider="local")
        page = admin_client.get(_page("effect", "change", effect.pk)).content.decode()
        assert "Not ordered yet" in page
        assert "Kling, for money" in page

        Job.objects.filter(pk=video.job.pk).update(provider="paid")
        production.fail(unknown, FailureReason.NOT_MADE)
        cache.clear()
        assert track_record.of_effect(effect.pk, "paid").asked == 2
        page = admin_client.get(_page("effect", "change", effect.pk)).content.decode()
        assert "1 of the last 2" in page
        assert "Not known yet" in page
        cache.clear()


class TestSamples:
    """The owner's video in place of a rendered sample."""

    def test_it_is_shown_until_it_is_removed(self, admin_client: Client, effect: Effect, clip: Path) -> None:
        page = _page("effect", "change", effect.pk)
        assert "being made" in admin_client.get(page).content.decode()
        assert "restore_sample" not in admin_client.get(page).content.decode()

        assert _save_effect(admin_client, effect, new_sample=clips.upload(clip)).status_code == 302

        assert effect.sample.read() == clip.read_bytes()
        shown = admin_client.get(page).content.decode()
        assert "A video of your own." in shown
        assert "restore_sample" in shown
        assert admin_client.get(_page("effect", "loop", effect.pk)).status_code == 200
        assert admin_client.get(_page("effect", "poster", effect.pk))["Content-Type"] == "image/webp"

        assert _save_effect(admin_client, effect, restore_sample="on").status_code == 302

        assert not effect.sample
        assert admin_client.get(_page("effect", "loop", effect.pk)).status_code == 404

    @pytest.mark.parametrize(
        ("language", "sentence"), [("en", "not a video that we can read"), ("zh-hans", "这不是我们能读取的视频")]
    )
    def test_a_bad_file_is_refused_in_a_sentence(
        self, admin_client: Client, effect: Effect, language: str, sentence: str
    ) -> None:
        admin_client.cookies["django_language"] = language

        response = _save_effect(admin_client, effect, new_sample=SimpleUploadedFile("own.mp4", b"no video"))

        assert sentence in str(response.context["adminform"].form.errors["new_sample"])
        assert not effect.sample

    def test_staff_without_the_permission_sees_nothing(self, client: Client, effect: Effect) -> None:
        client.force_login(User.objects.create_user("helper", is_staff=True))

        assert client.get(_page("effect", "poster", effect.pk)).status_code == 403
        assert client.get(_page("effect", "loop", effect.pk)).status_code == 403


class TestPortraits:
    @pytest.mark.django_db(transaction=True)
    def test_a_deleted_portrait_takes_its_files_along(self, admin_client: Client, portrait: Portrait) -> None:
        names = portrait.picture.name, portrait.thumbnail.name
        assert all(default_storage.exists(name) for name in names)

        admin_client.post(_page("portrait", "delete", portrait.pk), {"post": "yes"})

        assert not Portrait.objects.exists()
        assert not any(default_storage.exists(name) for name in names)

    @pytest.mark.django_db(transaction=True)
    def test_so_do_many(self, admin_client: Client, job: Job, portrait: Portrait, partner: Portrait) -> None:
        names = [it.picture.name for it in (portrait, partner)]

        _act(admin_client, "portrait", "delete_selected", portrait, partner, post="yes")

        assert not Portrait.objects.exists()
        assert not any(default_storage.exists(name) for name in names)
        job.refresh_from_db()
        assert job.portrait is None


class TestJobs:
    def test_a_waiting_job_is_canceled_and_an_ended_one_is_not(
        self, admin_client: Client, ada: Account, effect: Effect, portrait: Portrait, video: Video
    ) -> None:
        waiting = orders.order_video(ada, effect, portrait, request_key="second")

        response = _act(admin_client, "job", "cancel", waiting, video.job)

        waiting.refresh_from_db()
        assert waiting.status == Status.CANCELED
        assert "1 job canceled." in _said(response)
        assert "too late for 1 job" in _said(response)

    def test_a_job_gets_its_turn(self, admin_client: Client, unknown: Job, video: Video) -> None:
        response = _act(admin_client, "job", "give_turn", unknown, video.job)

        assert "0 jobs have their turn now." in _said(response)

    def test_an_unknown_order_is_settled_after_a_question(
        self, admin_client: Client, unknown: Job, ada: Account
    ) -> None:
        question = _act(admin_client, "job", "settle", unknown)
        unknown.refresh_from_db()
        assert unknown.status == Status.UNCONFIRMED
        assert question.context["jobs"].get() == unknown

        admin_client.post(_page("job", "settle"), {"jobs": unknown.key, "note": "Nothing at Kling."})
        again = admin_client.post(_page("job", "settle"), {"jobs": unknown.key})

        unknown.refresh_from_db()
        ada.refresh_from_db()
        assert (unknown.status, unknown.failure) == (Status.FAILED, FailureReason.WRITTEN_OFF)
        assert unknown.events.last().note == "Nothing at Kling."
        assert ada.balance == 1
        assert again.status_code == 422
        assert unknown.entries.filter(kind="refund").count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_a_task_found_at_the_provider_is_followed(
        self, admin_client: Client, unknown: Job, paid, clip, work
    ) -> None:
        paid.result = clip.read_bytes()

        admin_client.post(_page("job", "attach", unknown.pk), {"task_id": "task-77"})
        work()

        unknown.refresh_from_db()
        assert (unknown.status, unknown.task_id) == (Status.COMPLETED, "task-77")
        assert paid.orders == []

    def test_a_task_belongs_to_one_job(
        self, admin_client: Client, unknown: Job, ada: Account, effect: Effect, portrait: Portrait
    ) -> None:
        orders.order_video(ada, effect, portrait, request_key="other")
        Job.objects.filter(request_key="other").update(task_id="task-77")

        response = admin_client.post(_page("job", "attach", unknown.pk), {"task_id": "task-77"})

        unknown.refresh_from_db()
        assert response.status_code == 422
        assert "Another job has this task already." in response.content.decode()
        assert unknown.status == Status.UNCONFIRMED

    def test_a_task_that_another_job_gets_at_the_same_moment_is_refused_in_the_same_words(
        self, admin_client: Client, unknown: Job, video: Video, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        attach = production.attach

        def too_late(job: Job, task_id: str) -> bool:
            Job.objects.filter(pk=video.job.pk).update(provider=job.provider, task_id=task_id)
            return attach(job, task_id)

        monkeypatch.setattr(production, "attach", too_late)

        response = admin_client.post(_page("job", "attach", unknown.pk), {"task_id": "task-77"})

        assert response.status_code == 422
        assert "Another job has this task already." in response.content.decode()

    def test_an_order_that_is_settled_by_now_is_not_attached(self, admin_client: Client, owed: Job) -> None:
        response = admin_client.post(_page("job", "attach", owed.pk), {"task_id": "task-9"}, follow=True)

        owed.refresh_from_db()
        assert "does not wait to be settled" in _said(response)
        assert owed.status == Status.FAILED

    def test_the_task_that_a_callback_named_is_proposed(self, admin_client: Client, unknown: Job) -> None:
        Job.objects.update(hinted_task="task-from-outside")

        page = admin_client.get(_page("job", "change", unknown.pk))

        assert page.context["attach"]["task_id"].value() == "task-from-outside"

    def test_the_timeline_is_told_in_words(self, admin_client: Client, unknown: Job) -> None:
        told = {"callback": "callback", "hint": "task of a callback dropped", "look": "asked after"}
        told |= {"fetch": "could not be fetched", "task": "late answer", "written_off": "written off"}
        for what in told:
            unknown.log(what)

        page = admin_client.get(_page("job", "change", unknown.pk)).content.decode()

        assert all(f"<p>{words}</p>" in page for words in [*told.values(), "outcome unknown"])

    def test_what_the_provider_took_is_shown(self, admin_client: Client, unknown: Job) -> None:
        Job.objects.update(made_in=61.2, hinted_task="task-8", settled_at=datetime(2031, 2, 3, tzinfo=UTC))

        page = admin_client.get(_page("job", "change", unknown.pk)).content.decode()

        assert "1 min 1 s" in page
        assert "task-8" in page
        assert "Feb. 3, 2031" in page

    def test_the_page_offers_both_ways_out(self, admin_client: Client, unknown: Job) -> None:
        page = admin_client.get(_page("job", "change", unknown.pk)).content.decode()

        assert _page("job", "attach", unknown.pk) in page
        assert f"{_page('job', 'settle')}?jobs={unknown.key}" in page


class TestOwed:
    """Videos that were paid for and have not come."""

    def test_the_list_is_filtered_to_them(self, admin_client: Client, owed: Job, video: Video) -> None:
        everything = admin_client.get(_page("job", "changelist")).context["cl"].result_list
        filtered = admin_client.get(_page("job", "changelist"), {"owed": "yes"}).context["cl"].result_list

        assert len(everything) == 2
        assert list(filtered) == [owed]

    @pytest.mark.django_db(transaction=True)
    def test_one_that_is_asked_after_now_is_brought_home(
        self, admin_client: Client, owed: Job, paid, clip: Path, work
    ) -> None:
        paid.result, paid.report = clip.read_bytes(), Report(State.COMPLETED, result_url="paid:result")
        assert not Job.objects.overdue().filter(pk=owed.pk, next_turn_at__gt=timezone.now()).exists()

        response = _act(admin_client, "job", "give_turn", owed)
        work()

        owed.refresh_from_db()
        assert "1 job has its turn now." in _said(response)
        assert owed.status == Status.COMPLETED
        assert paid.orders == []

    def test_one_that_is_written_off_is_closed(self, admin_client: Client, owed: Job, video: Video) -> None:
        assert Job.objects.free_to_claim().filter(pk=owed.pk).exists()

        response = _act(admin_client, "job", "write_off", owed, video.job)
        again = _act(admin_client, "job", "write_off", owed)

        owed.refresh_from_db()
        assert "1 job written off." in _said(response)
        assert "1 job has nothing to be written off." in _said(response)
        assert "0 jobs written off." in _said(again)
        assert owed.settled_at
        assert not Job.objects.owed().exists()
        assert not Job.objects.free_to_claim().filter(pk=owed.pk).exists()
        assert [event.what for event in owed.events.all()].count("written_off") == 1

    def test_its_page_says_how_long_it_is_asked_after(self, admin_client: Client, owed: Job) -> None:
        page = admin_client.get(_page("job", "change", owed.pk)).content.decode()
        assert "The studio asks after it until" in page
        assert 'value="give_turn"' in page

        Job.objects.update(submitted_at=timezone.now() - timedelta(days=31))
        page = admin_client.get(_page("job", "change", owed.pk)).content.decode()
        assert "nobody asks after it any more" in page
        assert 'value="give_turn"' not in page
        assert 'value="write_off"' in page

        _act(admin_client, "job", "write_off", owed)
        assert "has not come" not in admin_client.get(_page("job", "change", owed.pk)).content.decode()

    def test_staff_who_may_only_look_write_nothing_off(self, client: Client, owed: Job) -> None:
        helper = User.objects.create_user("helper", is_staff=True)
        helper.user_permissions.set(Permission.objects.filter(codename="view_job"))
        client.force_login(helper)

        page = client.get(_page("job", "change", owed.pk)).content.decode()
        _act(client, "job", "write_off", owed)

        assert "has not come" in page
        assert "write_off" not in page
        assert Job.objects.owed().exists()


class TestVideos:
    def test_to_the_trash_and_back(self, admin_client: Client, video: Video) -> None:
        _act(admin_client, "video", "trash", video)
        video.refresh_from_db()
        assert video.deleted_at

        _act(admin_client, "video", "restore", video)
        video.refresh_from_db()
        assert video.deleted_at is None


class TestTopUp:
    def test_sent_twice_it_adds_once(self, admin_client: Client, ada: Account) -> None:
        page = admin_client.get(_page("account", "change", ada.pk))
        token = page.context["top_up"]["token"].value()
        form = {"amount": "2.5", "note": "Cash", "token": token}

        for _ in range(2):
            response = admin_client.post(_page("account", "top_up", ada.pk), form, follow=True)

        ada.refresh_from_db()
        assert ada.balance == Decimal("2.5")
        assert "already" in _said(response)
        assert ada.entries.get().note == "Cash"

    @pytest.mark.parametrize("amount", ["0", "-1", "1000.01", "a lot", "0.00001"])
    def test_other_amounts_are_refused(self, amount: str, admin_client: Client, ada: Account) -> None:
        form = {"amount": amount, "token": "a" * 22}

        assert admin_client.post(_page("account", "top_up", ada.pk), form).status_code == 422
        assert not CreditEntry.objects.exists()

    def test_guests_have_no_balance(self, admin_client: Client) -> None:
        guest = Account.objects.create()

        assert "top_up" not in admin_client.get(_page("account", "change", guest.pk)).context
        form = {"amount": "1", "token": "a" * 22}
        assert admin_client.post(_page("account", "top_up", guest.pk), form).status_code == 404

    def test_members_cannot_help_themselves(self, ada_client: Client, ada: Account) -> None:
        response = ada_client.post(_page("account", "top_up", ada.pk), {"amount": "1", "token": "a" * 22})

        assert response.status_code == 302
        assert not CreditEntry.objects.exists()
