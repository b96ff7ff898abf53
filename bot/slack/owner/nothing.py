"""Pure: what is said where nothing is called so, or several things are: choices, and the way to register."""

from bot.slack.answers import choices, nothing_text
from bot.slack.blocks import Json, Message, actions, button, context, escape, section
from catalog_sync.answers import OwnerAnswer

_MOST_NEAREST = 3
_LONGEST_URL = 3000


def nothing_message(answer: OwnerAnswer, action: str = "owner:pick") -> Message:
    """At most five things to choose from; else the nearest names, and how a repository gets its entry.

    Args:
        answer: An answer about nothing.
        action: What choosing does: the buttons' ids are this, and ``:0`` and so on.
    """
    text = nothing_text(answer)
    if answer.is_ambiguous:
        return Message(text, (section(text), *actions(choices(answer.alternatives, action))))
    said = [context(escape(answer.suggestion))] if answer.suggestion else []
    buttons = [*choices(answer.alternatives[:_MOST_NEAREST], action), *register_button(answer)]
    spoken = f"{text} {answer.suggestion}".strip()
    return Message(spoken, (section(text), *said, *actions(buttons)))


def register_button(answer: OwnerAnswer) -> list[Json]:
    """The way to the host's page on which the repository gets its entry; none where there is no such page."""
    if not answer.register_url or len(answer.register_url) > _LONGEST_URL:
        return []
    return [button("Register", "owner:register", url=answer.register_url)]
