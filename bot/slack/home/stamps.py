"""Pure: when a Home was published and what it showed then, kept in the view itself; Slack hands it back."""

import hashlib
import json
from dataclasses import replace
from datetime import datetime

from bot.slack.blocks import Json
from bot.slack.home.model import HomeContent


def without_clockwork(content: HomeContent) -> HomeContent:
    """A Home's content without the numbers that change by themselves every few minutes."""
    admin = content.admin
    quiet = replace(admin, points=(), sources=()) if admin else None
    return replace(content, synced_at=None, admin=quiet)


def digest(view: Json) -> str:
    """Equal as long as a view shows the same."""
    return hashlib.sha256(json.dumps(view, sort_keys=True).encode()).hexdigest()[:32]


def stamped(view: Json, digest: str, at: datetime) -> Json:
    """A view that says when it was published and what it showed then; Slack hands that back when it is opened."""
    return {**view, "private_metadata": json.dumps({"digest": digest, "at": int(at.timestamp())})}


def is_current(view: Json, digest: str, now: datetime, fresh_s: int) -> bool:
    """Whether the view that somebody has is the one that they would get, and not too old.

    Args:
        view: As Slack hands it over; empty where they have none.
        digest: Of what they would get.
        now: The present.
        fresh_s: From which age on it is too old.
    """
    try:
        stamp = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        return False
    if not isinstance(stamp, dict) or not isinstance(stamp.get("at"), int):
        return False
    return stamp.get("digest") == digest and now.timestamp() - stamp["at"] < fresh_s
