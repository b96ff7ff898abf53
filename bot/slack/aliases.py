"""Pure: slash commands of their own for single conversations, as the setting ``slack.aliases`` names them."""

from collections.abc import Mapping, Sequence

from rapidfuzz import process

from bot.slack.conversation import Conversation
from core.errors import SettingsError

_NEAR = 70


def conversations_by_alias(
    aliases: Mapping[str, str], command: str, conversations: Sequence[Conversation]
) -> dict[str, Conversation]:
    """The conversation of each alias; the aliases in lower case, as Slack has them.

    Args:
        aliases: ``slack.aliases``.
        command: The slash command that leads everywhere.
        conversations: Those that there are.

    Raises:
        SettingsError: As ``check_aliases``.
    """
    by_name = {item.name: item for item in conversations}
    check_aliases(aliases, command, list(by_name))
    return {alias.lower(): by_name[name] for alias, name in aliases.items()}


def check_aliases(aliases: Mapping[str, str], command: str, words: Sequence[str]) -> None:
    """Refuse aliases that lead nowhere, or that are taken.

    Args:
        aliases: ``slack.aliases``.
        command: The slash command that leads everywhere.
        words: What may follow it.

    Raises:
        SettingsError: Names the alias, what was expected and what is nearest.
    """
    for alias, name in aliases.items():
        if alias.lower() == command.lower():
            raise SettingsError(
                f"slack.aliases: {alias} is the setting slack.command already; name another one"
            )
        if name not in words:
            near = process.extractOne(name, words, score_cutoff=_NEAR)
            meant = f"; did you mean {near[0]}?" if near else ""
            raise SettingsError(
                f"slack.aliases: {alias} leads to {name!r}, which is no conversation; expected one of"
                f" {', '.join(words)}{meant}"
            )
