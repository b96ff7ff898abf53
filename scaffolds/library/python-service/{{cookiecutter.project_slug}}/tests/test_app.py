"""The addresses of the service, asked as a server would ask them."""

import json

import pytest

from {{ cookiecutter.__package }}.app import application


def ask(path: str, method: str = "GET") -> tuple[str, str]:
    """The status and the text of an answer."""
    seen: list[str] = []

    def start_response(status: str, headers: list[tuple[str, str]]) -> None:
        seen.append(status)

    body = application({"PATH_INFO": path, "REQUEST_METHOD": method}, start_response)
    return seen[0], b"".join(body).decode()


def test_the_first_page_says_what_this_is() -> None:
    status, text = ask("/")

    assert status == "200 OK"
    assert json.loads(text) == {"name": "{{ cookiecutter.project_slug }}"}


def test_health_is_ok_as_long_as_it_can_work() -> None:
    assert ask("/health") == ("200 OK", "ok")


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [("/nowhere", "GET", "404 Not Found"), ("/", "POST", "405 Method Not Allowed")],
)
def test_what_is_not_there_is_refused(path: str, method: str, status: str) -> None:
    assert ask(path, method)[0] == status
