"""Why a host could not be reached."""

import pytest
import requests
from urllib3 import HTTPSConnectionPool
from urllib3.connection import HTTPConnection
from urllib3.exceptions import MaxRetryError, NameResolutionError, NewConnectionError

from catalog_sync.github.unreachable import address_of, why_unreachable

POOL = HTTPSConnectionPool("github.example.com")
HOST = HTTPConnection("github.example.com", 443)


def refused() -> NewConnectionError:
    error = NewConnectionError(HOST, "failed")
    error.__cause__ = ConnectionRefusedError(111, "Connection refused")
    return error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (requests.ConnectionError(MaxRetryError(POOL, "/", refused())), "connection refused"),
        (
            requests.ConnectionError(
                MaxRetryError(POOL, "/", NameResolutionError("github.example.com", HOST, OSError(-2, "x")))  # type: ignore[arg-type]
            ),
            "no host has this name",
        ),
        (requests.ConnectTimeout("slow"), "nothing came within 20 s"),
        (requests.ReadTimeout("slow"), "nothing came within 20 s"),
        (requests.exceptions.SSLError("bad"), "its certificate is not trusted"),
        (requests.exceptions.ProxyError("bad"), "the proxy did not let us through"),
        (requests.ConnectionError(("Connection aborted.", OSError())), "the connection broke"),
        (requests.ConnectionError(), "the connection broke"),
    ],
)
def test_the_cause_is_said_with_what_to_look_at(error: requests.RequestException, said: str) -> None:
    text = why_unreachable(error, 20.0)

    assert text.startswith(said)
    assert "; check " in text


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://api.github.com", "api.github.com"),
        ("http://127.0.0.1:9/api/v3", "127.0.0.1:9"),
        ("https://name:secret@github.example.com/api/v3", "github.example.com"),
    ],
)
def test_a_host_is_named_without_what_signs_in_there(url: str, address: str) -> None:
    assert address_of(url) == address
