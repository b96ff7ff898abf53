"""Pure: the form that asks who should own a thing, and what was filled in."""

import json
from collections.abc import Callable

from bot.slack.blocks import Json, channel_text, context, cut, escape, plain, section
from catalog_sync.answers import OwnerAnswer
from catalog_sync.mending.corrections import Outlook

FORM = "correct:form"
OWNER = "correct:owner"
CLAIM = "me:user"
"""The field in which somebody says who they are; the same in every form."""
_REASON = "reason"
_LONGEST_REASON = 1_000


def wrong_owner_modal(
    subject: str,
    outlook: Outlook,
    *,
    channel: Callable[[str], str] = channel_text,
    asks_who: bool = False,
) -> Json:
    """Who should own it?

    Args:
        subject: The thing, as the form brings it back.
        outlook: What is known of it, and what will happen.
        channel: From a channel to how it stands in mrkdwn.
        asks_who: Whether the person is asked who they are on GitHub.
    """
    blocks: list[Json] = [
        section(f"*{escape(outlook.now.title)}*\n{_owned(outlook.now)}"),
        context(escape(outlook.now.why or "From the catalog")),
        {
            "type": "input",
            "block_id": "owner",
            "label": plain("Who should own it?"),
            "element": {
                "type": "external_select",
                "action_id": OWNER,
                "min_query_length": 0,
                "placeholder": plain("Search a team or a person"),
            },
        },
        {
            "type": "input",
            "block_id": _REASON,
            "optional": True,
            "label": plain("Why?"),
            "element": {
                "type": "plain_text_input",
                "action_id": "value",
                "multiline": True,
                "max_length": _LONGEST_REASON,
            },
            "hint": plain("Whoever decides reads it, in Slack and in the pull request."),
        },
        *([who_field(is_optional=True)] if asks_who else []),
        section(_what_happens(outlook, channel)),
    ]
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": plain("Wrong owner?"),
        "submit": plain("Send"),
        "close": plain("Cancel"),
        "private_metadata": json.dumps({"subject": subject}),
        "blocks": blocks,
    }


def who_field(*, is_optional: bool) -> Json:
    """Which GitHub user are you?"""
    return {
        "type": "input",
        "block_id": "who",
        "optional": is_optional,
        "label": plain("Which GitHub user are you?"),
        "element": {
            "type": "external_select",
            "action_id": CLAIM,
            "min_query_length": 0,
            "placeholder": plain("Search your name or login"),
        },
        "hint": plain("I could not tell from your e-mail address. An administrator confirms it once."),
    }


def subject_of(view: Json) -> str:
    """The thing that a form is about."""
    return str(json.loads(view["private_metadata"])["subject"])


def reason_of(view: Json) -> str:
    """Why, in the person's words; empty where they gave none."""
    held = view["state"]["values"].get(_REASON, {}).get("value", {})
    return str(held.get("value") or "").strip()


def chosen_in(view: Json, block: str, action: str) -> str:
    """What was chosen in a select; empty where nothing was."""
    held = view["state"]["values"].get(block, {}).get(action, {})
    return str((held.get("selected_option") or {}).get("value") or "")


def _owned(answer: OwnerAnswer) -> str:
    names = " and ".join(f"*{escape(owner.title)}*" for owner in answer.owners)
    return f"Owned by {names} today" if names else "Nobody owns it today"


def _what_happens(outlook: Outlook, channel: Callable[[str], str]) -> str:
    now = outlook.now
    name = now.repository.full_name if now.repository else now.title
    file = f"`{escape(outlook.path)}`" if outlook.path else "CODEOWNERS"
    change = f"change one line of {file} in {escape(name)}, in a pull request. Whoever owns the file decides."
    if outlook.is_enough:
        return f"*What happens:* I {change}"
    return cut(
        f"*What happens:* I ask {_asked(now, channel)}. If they agree, I {change} If you choose a team of yours, I"
        " make the pull request at once.",
        2900,
    )


def _asked(now: OwnerAnswer, channel: Callable[[str], str]) -> str:
    owners = [owner for owner in now.owners if owner.is_known]
    if not owners:
        return "whoever you choose"
    return " and ".join(
        f"*{escape(owner.title)}*" + (f" in {channel(owner.channel)}" if owner.channel else "")
        for owner in owners
    )
