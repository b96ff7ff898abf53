"""The service as a WSGI application: one function for each address."""

import json
from collections.abc import Callable, Iterable
from typing import Any

Environment = dict[str, Any]
StartResponse = Callable[..., Any]


def index() -> tuple[str, str]:
    """What this is."""
    return "application/json", json.dumps({"name": "{{ cookiecutter.project_slug }}"})


def health() -> tuple[str, str]:
    """Whether the service can work: look at what it depends on here."""
    return "text/plain", "ok"


ROUTES: dict[str, Callable[[], tuple[str, str]]] = {"/": index, "/health": health}


def application(environment: Environment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer one request."""
    page = ROUTES.get(environment["PATH_INFO"] or "/")
    if page is None:
        start_response("404 Not Found", [("Content-Type", "text/plain; charset=utf-8")])
        return [b"There is nothing here."]
    if environment["REQUEST_METHOD"] not in ("GET", "HEAD"):
        start_response("405 Method Not Allowed", [("Allow", "GET, HEAD")])
        return []
    content_type, text = page()
    start_response("200 OK", [("Content-Type", f"{content_type}; charset=utf-8")])
    return [] if environment["REQUEST_METHOD"] == "HEAD" else [text.encode()]
