"""What a conversation is: its words, what it does with a request, and the buttons that it answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.slack.blocks import Json, Message
from core.access import UNKNOWN_CHANNEL, Asker, Place
from core.errors import SettingsError


class Reply(Protocol):
    """A way back to the person; by default only they see it."""

    def show(self, message: Message) -> None:
        """Show an answer; where it replaces an earlier one, in its place."""
        ...

    def share(self, message: Message) -> None:
        """Show it to the whole channel."""
        ...


def _nobody_knows(_channel: str) -> Place:
    return UNKNOWN_CHANNEL


@dataclass(frozen=True, slots=True)
class Request:
    """Something that a person asked for, in whatever way."""

    asker: Asker
    user: str
    """The Slack id of the person."""
    text: str
    """What follows the conversation's word; for a button its value."""
    channel: str
    reply: Reply
    trigger_id: str = ""
    is_private: bool = True
    """Whether only the asker sees the answer, so that [Share] makes sense."""
    message: Json = field(default_factory=dict)
    """The message that a pressed button stands in."""
    view: Json = field(default_factory=dict)
    event: Json = field(default_factory=dict)
    """What happened, for the handler of an event."""
    selected: str = ""
    """The value of the option that was chosen."""
    place_of: Callable[[str], Place] = _nobody_knows
    """From a channel (its id, or its name with ``#``) to who reads along in it."""

    def asker_in_channel(self) -> Asker:
        """The asker, whose answer everybody in the channel reads: for what is shared."""
        return self.asker.at(self.place_of(self.channel))


Handler = Callable[[Request], None]
Options = Callable[[Asker, str], Sequence[Json]]
Submission = Callable[[Asker, Json], Mapping[str, str]]
"""Takes a submitted modal in: errors by block id, empty when all is well. Runs before the
acknowledgement, so it asks nobody outside; what it has taken is written down and survives a crash."""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """An entry of the menu of a message (which is in ``Request.message``), or of the one that is everywhere."""

    title: str
    """At most 24 characters."""
    handle: Handler
    on_message: bool = True


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation; the manifest and the help text follow from what is registered."""

    name: str
    """Its word after the slash command."""
    hint: str
    """What follows the word: ``<name>``."""
    summary: str
    """One line of help."""
    handle: Handler
    also: tuple[str, ...] = ()
    """Other words for it."""
    buttons: Mapping[str, Handler] = field(default_factory=dict)
    options: Mapping[str, Options] = field(default_factory=dict)
    submissions: Mapping[str, Submission] = field(default_factory=dict)
    """By the modal's callback id."""
    shortcuts: Mapping[str, Shortcut] = field(default_factory=dict)
    """By their callback id; each has its row in the manifest."""
    events: Mapping[str, Handler] = field(default_factory=dict)
    """By Slack's name of what happened; each is in the manifest. A user who is nobody is an empty
    ``Request.user``; nobody asked, so ``Request.reply`` shows nothing."""


def with_plugged(ours: Sequence[Conversation], plugged: Sequence[Conversation]) -> tuple[Conversation, ...]:
    """What ships and what plugins bring, one conversation for each word.

    Raises:
        SettingsError: A plugin claims a word of ours; names it.
    """
    words = {word for item in ours for word in (item.name, *item.also)}
    taken = next((item.name for item in plugged if item.name in words), None)
    if taken:
        raise SettingsError(f"callboard_commands: {taken} is claimed by a plugin and by Callboard; rename it")
    return (*ours, *plugged)
