"""Logs: an event name and pairs, JSON unless on a terminal, secrets removed in one place."""

import logging
import re
import secrets
import sys
from typing import Any, TextIO

import structlog

_SECRETS = (
    re.compile(r"gh[pousr]_[A-Za-z0-9_.\-]{6,}"),
    re.compile(r"github_pat_[A-Za-z0-9_]{6,}"),
    re.compile(r"xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9\-]{6,}"),
    re.compile(r"xapp-[A-Za-z0-9\-]{6,}"),
    re.compile(r"(?<=://)[^/@\s:]*:[^/@\s]+(?=@)"),
    # An address that Slack gives with a command: whoever has it may write into the channel.
    re.compile(r"(?<=hooks\.slack\.com/)[^\s\"'>]+"),
    re.compile(r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+"),
    # Cut off before its end, a key is still a key.
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL),
)
_SECRET_KEYS = re.compile(r"(token|secret|password|private_key|api_key|authorization|cookie)$", re.I)

REDACTED = "[redacted]"


def redact(text: str) -> str:
    """The text without tokens, passwords in addresses and private keys."""
    for pattern in _SECRETS:
        text = pattern.sub(REDACTED, text)
    return text


def redact_value(value: object) -> object:
    """The value with every text inside it redacted; containers are copied, never changed.

    What is neither text, number nor container becomes its redacted ``repr``: that is what would be written.
    """
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {
            key: REDACTED if _SECRET_KEYS.search(str(key)) and item else redact_value(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [redact_value(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float) else redact(repr(value))


def new_reference() -> str:
    """A short number that a person can read out and an administrator can search the log for."""
    return secrets.token_hex(4)


def set_up(level: str = "info", stream: TextIO | None = None, as_json: bool | None = None) -> None:
    """Send structlog and the standard library's logging to one stream.

    Args:
        level: The least level that is written: debug, info, warning or error.
        stream: Where to write; standard error by default, because standard output is for answers.
        as_json: One JSON document a line; by default unless the stream is a terminal.
    """
    out = stream or sys.stderr
    machine = not out.isatty() if as_json is None else as_json
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _redact_event,
    ]
    renderer: Any = structlog.processors.JSONRenderer() if machine else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("dbos", "alembic", "apscheduler", "urllib3", "slack_bolt", "slack_sdk", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))


def _redact_event(_logger: object, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    cleaned = redact_value(event)
    assert isinstance(cleaned, dict)
    return cleaned
