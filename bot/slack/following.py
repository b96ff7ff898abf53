"""What people mean who do not say it: a mention of somebody, ``this`` in a thread, a question that goes on from another."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

from bot.slack.blocks import Json, Message
from bot.slack.conversation import Conversation, Request
from bot.slack.message_text import told_in
from bot.slack.people import People
from bot.slack.words import PERSON, nearest_word, plain_line, route
from catalog_sync.answers import OwnerAnswer
from catalog_sync.asking.depending import read_dependency
from catalog_sync.asking.mentioned import Told
from catalog_sync.asking.question import read_question
from core.access import Asker, Visibility, visible_to
from core.errors import SlackUnavailable, UserError

_log = structlog.get_logger(__name__)
_SHORT = 6
"""A line of more words stands for itself."""
_NAME_WORDS = 5
"""A line of more words is no name that is only spelt wrongly."""
_ASKS_WHO = re.compile(r"\b(?:who|whom|whose|which\s+team)\b", re.IGNORECASE)
_LOOKED_AT = 15
"""So many messages before a question are looked at."""
_IT = (
    r"(?:this|that|it|its|these|those|them|they|their)(?:\s+(?:one|thing|service|component|repo|repository|api|app|"
    r"system|team|message|alert))?"
)
_ONLY_IT = re.compile(rf"(?:(?:for|of|about|on|in)\s+)?{_IT}(?:\s+here)?\s*[?!.]*\Z", re.IGNORECASE)
_IT_INSIDE = re.compile(rf"\b{_IT}(?=\s|[?!.]|$)", re.IGNORECASE)
_GOING_ON = re.compile(
    r"^(?:and|also|or|what\s+about|how\s+about|same\s+for)\b[,:]?\s*(?:for\s+)?", re.IGNORECASE
)
_FILLERS = frozenset(
    "and also what about how the of for is are show me please its it this that their who".split()
)
_UNSEEN = "I cannot tell what “{word}” is here. Name it, for example: {example}"


class History(Protocol):
    """What Slack says of a conversation so far."""

    def thread(self, channel: str, ts: str, limit: int) -> Sequence[Json]:
        """The messages of a thread, its first one first."""
        ...

    def latest(self, channel: str, limit: int) -> Sequence[Json]:
        """The latest messages of a channel, the newest first."""
        ...


class NamedThings(Protocol):
    """What the catalog knows of names."""

    def who_owns(self, query: str, asker: Asker) -> OwnerAnswer:
        """Who owns what the query names."""
        ...

    def named_in(self, told: Told, asker: Asker, most: int = 3) -> Sequence[OwnerAnswer]:
        """Who owns what a text speaks of."""
        ...


@dataclass(frozen=True, slots=True)
class Earlier:
    """A question that somebody asked before, and what it was about."""

    conversation: Conversation
    subject: str


@dataclass(frozen=True, slots=True)
class Following:
    """Completes what was said by what stands around it; asks Slack only where something is missing.

    Args:
        conversations: Those that there are.
        history: What was said before.
        people: Who is mentioned.
        ask: The catalog.
        bot_user: The app's own id, empty while nobody knows it.
    """

    conversations: Sequence[Conversation]
    history: History
    people: People
    ask: NamedThings
    bot_user: Callable[[], str]

    def handle(self, request: Request, otherwise: Callable[[Request], None]) -> None:
        """Answer a line that was written to the app: in a mention, or in a direct message.

        Args:
            request: With the whole line as its text, and with the event that brought it.
            otherwise: What is done where nobody can tell what is meant.
        """
        conversation, rest = route(request.text, self.conversations, self.bot_user())
        plain = plain_line(request.text, self.bot_user())
        if conversation and not _is_open(rest):
            conversation.handle(replace(request, text=self.with_people(rest, request.asker)))
        elif conversation and not _needs_it(conversation, rest, request):
            conversation.handle(replace(request, text=rest))
        elif conversation:
            self._about_it(conversation, rest, request)
        else:
            self._going_on(plain, request, otherwise)

    def with_people(self, text: str, asker: Asker) -> str:
        """A line with everybody who is mentioned as the catalog knows them; by their names to whom it tells of nobody."""
        is_told = Visibility.INTERNAL in visible_to(asker)

        def named(found: re.Match[str]) -> str:
            by_name = found.group(2) or self.people.who(found.group(1))[0].name or found.group(1)
            return (as_asked(self.people, found.group(1)) if is_told else "") or f"@{by_name}"

        return PERSON.sub(named, text)

    def owner_or(self, request: Request, otherwise: Callable[[Request], None]) -> None:
        """Say who owns what the whole of a line names; else do something else."""
        who = next((item for item in self.conversations if item.name == "who"), None)
        text = self.with_people(request.text, request.asker)
        subject = self._meant(text, request.asker) if who else ""
        if who and subject:
            who.handle(replace(request, text=subject))
        else:
            otherwise(request)

    def _meant(self, text: str, asker: Asker) -> str:
        """What a line names, nearly or exactly, or speaks of where it also asks who; empty where it does neither."""
        if _ASKS_WHO.search(text):
            named = self.ask.named_in(Told((), text), asker, 1)
            return named[0].query if named else ""
        # A misspelt first word may be meant for a conversation; only a whole name that is right goes before that.
        is_short = len(text.split()) <= _NAME_WORDS and not nearest_word(text, self.conversations)
        return text if self._names_something(text, asker, nearly=is_short) else ""

    def _names_something(self, text: str, asker: Asker, *, nearly: bool = False) -> bool:
        answer = self.ask.who_owns(self.with_people(text, asker), asker)
        if answer.about == "nothing":
            return bool(answer.is_ambiguous or (nearly and answer.alternatives))
        return nearly or not answer.corrected

    # -- this ------------------------------------------------------------------------------------------------

    def _about_it(self, conversation: Conversation, rest: str, request: Request) -> None:
        """Something is asked about ``this``, which stands in an earlier message."""
        found_word = _IT_INSIDE.search(rest)
        word = found_word.group(0) if found_word else "this"
        on_message = next((item.handle for item in conversation.shortcuts.values() if item.on_message), None)
        messages = self._messages(request)
        before = self._before(messages) if _is_last(word) or not request.event.get("thread_ts") else None
        if before:
            conversation.handle(
                replace(request, text=self.with_people(_put_in(rest, before.subject), request.asker))
            )
            return
        for message in messages:
            earlier = self._earlier(message)
            named = () if earlier else self._named(message, request)
            if named and on_message:
                on_message(replace(request, message=message, text=""))
                return
            if earlier or named:
                subject = earlier.subject if earlier else named[0].query
                conversation.handle(
                    replace(request, text=self.with_people(_put_in(rest, subject), request.asker))
                )
                return
        if not rest.strip():
            conversation.handle(replace(request, text=""))
            return
        example = f"{conversation.name} payments-api"
        request.reply.show(Message(_UNSEEN.format(word=word, example=example)))

    def _named(self, message: Json, request: Request) -> Sequence[OwnerAnswer]:
        """What a message speaks of that is no answer of ours, unless the thread is about that answer."""
        if message.get("user") == self.bot_user() and message.get("ts") != request.event.get("thread_ts"):
            return ()
        return self.ask.named_in(told_in(message, self._ref_of), request.asker, 1)

    # -- going on --------------------------------------------------------------------------------------------

    def _going_on(self, text: str, request: Request, otherwise: Callable[[Request], None]) -> None:
        """A line that names no conversation may go on from the question before it."""
        rest = _GOING_ON.sub("", text).strip()
        wanted = self._named_alone(text)
        before = self._before(self._messages(request)) if len(text.split()) <= _SHORT else None
        if before and not wanted and not _takes_subject(before.conversation):
            before = None
        if before and wanted:
            wanted.handle(replace(request, text=self.with_people(before.subject, request.asker)))
        elif before and rest and (rest != text or self._names_something(rest, request.asker)):
            before.conversation.handle(replace(request, text=self.with_people(rest, request.asker)))
        else:
            otherwise(replace(request, text=rest or text))

    def _before(self, messages: Sequence[Json]) -> Earlier | None:
        """What was asked last, and what was spoken of last; the second may be of an earlier question."""
        conversation, subject = None, ""
        for message in messages:
            if self._is_question(message):
                asked, about = self._read(plain_line(str(message.get("text") or ""), self.bot_user()))
                conversation, subject = conversation or asked, subject or about
            if conversation and subject:
                return Earlier(conversation, subject)
        return None

    def _read(self, text: str) -> tuple[Conversation | None, str]:
        """The conversation that an earlier line was for, and what it was about, as far as the line itself says it."""
        conversation, rest = route(text, self.conversations, self.bot_user())
        if conversation:
            return conversation, "" if _is_open(rest) else _subject_of(conversation, rest)
        alone = self._named_alone(text)
        going_on = _GOING_ON.sub("", text).strip()
        return alone, "" if alone or going_on == text else going_on

    def _named_alone(self, text: str) -> Conversation | None:
        """The conversation whose word stands in a line in which nothing else does: ``and its docs?``."""
        by_word = {name: item for item in self.conversations for name in (item.name, *item.also)}
        words = [word.strip("?!.,;:").lower() for word in text.split()]
        telling = [word for word in words if word not in _FILLERS and word]
        return by_word.get(telling[0]) if len(telling) == 1 else None

    def _earlier(self, message: Json) -> Earlier | None:
        """The question that a message is, with what it is about; None for what is no question to us, or says it not."""
        if not self._is_question(message):
            return None
        conversation, rest = route(str(message.get("text") or ""), self.conversations, self.bot_user())
        if conversation is None or _is_open(rest):
            return None
        subject = _subject_of(conversation, rest)
        return Earlier(conversation, subject) if subject else None

    def _is_question(self, message: Json) -> bool:
        """Whether a message is somebody's to us: in a channel only what mentions us."""
        if message.get("bot_id") or message.get("subtype"):
            return False
        return message.get("channel_type") != "channel" or f"<@{self.bot_user()}" in str(message.get("text"))

    # -- what was said before --------------------------------------------------------------------------------

    def _messages(self, request: Request) -> Sequence[Json]:
        """What was said before: of a thread in a channel its first message, then the newest; else the newest first."""
        event = request.event
        thread, own = str(event.get("thread_ts") or ""), str(event.get("ts") or "")
        is_direct = event.get("channel_type") == "im"
        try:
            if thread:
                found = list(self.history.thread(request.channel, thread, 200))
                found = [found[0], *reversed(found[1:][-_LOOKED_AT:])] if found else []
            elif is_direct:
                found = list(self.history.latest(request.channel, _LOOKED_AT))
            else:
                found = []
        except (SlackUnavailable, UserError) as error:
            _log.info("slack.history_unknown", channel=request.channel, cause=str(error))
            return ()
        kind = "im" if is_direct else "channel"
        return [{**message, "channel_type": kind} for message in found if message.get("ts") != own]

    def _ref_of(self, user_id: str) -> str:
        return "" if user_id == self.bot_user() else as_asked(self.people, user_id)


def as_asked(people: People, user_id: str) -> str:
    """Somebody of Slack as they can be asked for: their reference in the catalog, else their name; empty for nobody."""
    profile, match = people.who(user_id)
    if match.user:
        return match.user
    return f"@{profile.name}" if profile.name and profile.is_trusted else ""


def _is_open(rest: str) -> bool:
    """Whether a line leaves out what it is about: ``who owns this?``, ``docs``."""
    if not rest.strip():
        return True
    subjects = (rest, read_question(rest).subject, read_dependency(rest)[0])
    return any(_ONLY_IT.match(subject.strip()) for subject in subjects)


def _is_last(word: str) -> bool:
    """Whether a word means what was spoken of last; "this" and "these" are what the thread is about."""
    return not word.lower().startswith(("this", "these"))


def _needs_it(conversation: Conversation, rest: str, request: Request) -> bool:
    """Whether there is an earlier message that could say what is meant; a bare word elsewhere asks how to ask."""
    is_somewhere = request.event.get("thread_ts") or request.event.get("channel_type") == "im"
    return bool(_takes_subject(conversation) and (rest.strip() or is_somewhere))


def _takes_subject(conversation: Conversation) -> bool:
    """Whether a conversation is about something that is named: not "me", not "home"."""
    return "<" in conversation.hint


def _subject_of(conversation: Conversation, rest: str) -> str:
    if conversation.name == "deps":
        return read_dependency(rest)[0]
    return read_question(rest).subject if conversation.name in ("who", "team") else rest


def _put_in(rest: str, subject: str) -> str:
    """A line with the subject in the place of ``this``."""
    if not rest.strip() or _ONLY_IT.match(rest.strip()):
        return subject
    return _IT_INSIDE.sub(lambda _found: subject, rest, count=1)
