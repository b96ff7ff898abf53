"""What reaches the log: events with pairs, and never a secret."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from core import log
from core.log import REDACTED, new_reference, redact, redact_value

PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIabc\ndef==\n-----END RSA PRIVATE KEY-----"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Where the log goes; what was set up before is back after the test."""
    root = logging.getLogger()
    handlers, level, config = root.handlers[:], root.level, structlog.get_config()
    stream = io.StringIO()
    log.set_up("debug", stream, as_json=True)
    yield stream
    root.handlers[:], root.level = handlers, level
    structlog.configure(**config)


def documents(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize(
    "secret",
    [
        "ghp_0123456789abcdefghij",
        "ghs_0123456789abcdefghij",
        "gho_0123456789abcdefghij",
        "ghu_0123456789abcdefghij",
        "ghr_0123456789abcdefghij",
        "github_pat_11ABCDEFG0_abcdefghijklmnop",
        "xoxb-1234567890-abcdefghij",
        "xoxp-1234567890-abcdefghij",
        "xoxe.xoxp-1-abcdefghij",
        "xapp-1-A0123-456-abcdef",
        "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOjEyMzQ1fQ.c2lnbmF0dXJl",
        PEM,
        PEM.replace("RSA ", ""),
        "-----BEGIN PRIVATE KEY-----\nMIIcut",
    ],
)
def test_a_secret_is_taken_out_of_a_text(secret: str) -> None:
    assert redact(f"before {secret}") == f"before {REDACTED}"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://ana:s3cret@db/x", f"postgresql://{REDACTED}@db/x"),
        ("redis://:s3cret@db", f"redis://{REDACTED}@db"),
        ("https://x-access-token:abc@github.com/a/b", f"https://{REDACTED}@github.com/a/b"),
        ("https://hooks.slack.com/commands/T1/2/abc now", f"https://hooks.slack.com/{REDACTED} now"),
    ],
)
def test_the_secret_part_of_an_address_is_taken_out(address: str, shown: str) -> None:
    assert redact(address) == shown


@pytest.mark.parametrize(
    "text",
    [
        "payments-api",
        "https://github.com/acme/x",
        "postgresql://ana@db/x",
        "12:30 a@b.c",
        "ghost_writer",
        "2026-11-24",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text


def test_nested_values_are_redacted_and_left_unchanged_themselves() -> None:
    value = {"a": [("xoxb-1234567890-x", {"b": PEM})], "n": 3, "t": True, "none": None}

    assert redact_value(value) == {"a": [[REDACTED, {"b": REDACTED}]], "n": 3, "t": True, "none": None}
    assert value["a"] == [("xoxb-1234567890-x", {"b": PEM})]


def test_what_stands_under_the_name_of_a_secret_is_redacted_whatever_it_is() -> None:
    value = {
        "bot_token": "plain",
        "signing_secret": 7,
        "Authorization": "Bearer x",
        "password": "",
        "tokens": 3,
    }

    assert redact_value(value) == {
        "bot_token": REDACTED,
        "signing_secret": REDACTED,
        "Authorization": REDACTED,
        "password": "",
        "tokens": 3,
    }


def test_an_error_in_a_pair_is_redacted() -> None:
    assert redact_value(ValueError("no ghp_0123456789abcdefghij")) == f"ValueError('no {REDACTED}')"


def test_a_traceback_is_redacted(written: io.StringIO) -> None:
    try:
        raise ValueError("token ghs_0123456789abcdefghij")
    except ValueError as error:
        structlog.get_logger("t").error("jobs.bug", exc_info=error)

    (document,) = documents(written)
    assert f"ValueError: token {REDACTED}" in document["exception"]
    assert "ghs_" not in written.getvalue()


def test_other_libraries_logs_are_redacted(written: io.StringIO) -> None:
    logging.getLogger("somebody").warning("connecting to %s", "postgresql://a:b@c/d")

    assert documents(written)[0]["event"] == f"connecting to postgresql://{REDACTED}@c/d"


def test_an_event_is_one_json_document_with_its_pairs(written: io.StringIO) -> None:
    structlog.get_logger("t").info("catalog.synced", added=3)

    (document,) = documents(written)
    assert {name: document[name] for name in ("event", "level", "added")} == {
        "event": "catalog.synced",
        "level": "info",
        "added": 3,
    }


def test_what_is_below_the_level_is_not_written(written: io.StringIO) -> None:
    log.set_up("warning", written, as_json=True)

    structlog.get_logger("t").info("quiet")

    assert written.getvalue() == ""


def test_chatty_libraries_are_heard_from_warnings_on(written: io.StringIO) -> None:
    logging.getLogger("alembic.autogenerate").info("setup plugin")
    logging.getLogger("dbos").info("starting")

    assert written.getvalue() == ""


def test_references_are_short_and_differ() -> None:
    found = {new_reference() for _ in range(50)}

    assert len(found) == 50
    assert {len(reference) for reference in found} == {8}
