import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.test import Client, RequestFactory

from effects.views import errors

PAGES = [
    (errors.bad_request, 400, "We could not read that."),
    (errors.forbidden, 403, "This door is for members."),
    (errors.csrf_failure, 403, "This page was open too long."),
    (errors.not_found, 404, "There is no such film here."),
    (errors.too_large, 413, "That photo is too big."),
    (errors.server_error, 500, "That was our fault."),
]


@pytest.mark.parametrize(("view", "status", "words"), PAGES)
def test_every_page_says_what_happened_before_any_middleware_and_without_a_database(
    rf: RequestFactory, view, status: int, words: str
) -> None:
    response = view(rf.get("/anything/"))  # no `db` fixture: a query would fail the test

    assert response.status_code == status
    assert words in response.content.decode()
    assert "<h1>" in response.content.decode()


@pytest.mark.parametrize(("view", "status", "words"), PAGES)
def test_htmx_gets_the_sentence_alone(rf: RequestFactory, view, status: int, words: str) -> None:
    text = view(rf.get("/anything/", headers={"HX-Request": "true"})).content.decode()

    assert words in text
    assert "<html" not in text
    assert 'role="alert"' in text


@pytest.mark.parametrize("error", [SuspiciousOperation, PermissionDenied])
def test_what_went_wrong_inside_is_not_told(rf: RequestFactory, error: type[Exception]) -> None:
    for view in (errors.bad_request, errors.forbidden, errors.not_found):
        assert "hunter2" not in view(rf.get("/"), error("hunter2")).content.decode()


def test_the_reason_of_a_refused_form_is_not_told(rf: RequestFactory) -> None:
    assert "hunter2" not in errors.csrf_failure(rf.post("/"), reason="hunter2").content.decode()


def test_reloading_leads_back_to_the_page_and_to_no_other_site(rf: RequestFactory) -> None:
    def back(referer: str) -> str:
        return errors.csrf_failure(rf.post("/", headers={"Referer": referer})).content.decode()

    assert 'href="/effects/hug_pro/"' in back("http://testserver/effects/hug_pro/")
    assert "evil" not in back("http://testserver//evil.example/").replace('href="/evil.example/"', "")


def test_an_unknown_address_is_a_styled_404(client: Client, db: None) -> None:
    response = client.get("/nowhere/")

    assert response.status_code == 404
    assert "leader__dial" in response.content.decode()


def test_the_theme_is_kept(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.COOKIES["theme"] = "light"

    assert 'data-theme="light"' in errors.not_found(request).content.decode()
