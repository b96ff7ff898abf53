"""People as the tests' vocabulary: ``ana.types("/callboard who payments-api")``; over the sandbox's control API."""

import base64
from collections.abc import Callable, Sequence
from typing import Any

from bot.sandbox.control_calls import PATIENCE_S, ControlCalls, until
from bot.sandbox.forms import Forms
from bot.sandbox.lines import Line
from bot.sandbox.reading import Json, SeenHome, SeenMessage, SeenModal, readable, seen_message, spoken

__all__ = [
    "Json",
    "Person",
    "Sandbox",
    "SeenHome",
    "SeenMessage",
    "SeenModal",
    "readable",
    "refusals_in",
    "spoken",
]


class Sandbox(ControlCalls):
    """A running local Slack, wherever its process is."""

    def person(self, login: str) -> "Person":
        """Somebody of the workspace."""
        return Person(self, login)

    def journal(self) -> list[Json]:
        """Everything that went in and out, oldest first; each entry says its ``way``.

        ``in``: a call of the app's and its answer. ``out``: one try to hand something to the app, whether it was
        acknowledged and in how many milliseconds. ``refused``: something in an ack that Slack does not take.
        ``ignored``: an ack that came too late. ``fault``: a planned fault that struck.
        """
        found: list[Json] = self.get("journal")["journal"]
        return found

    def refusals(self) -> list[Json]:
        """The entries of the journal which say that Slack refused something that the app sent, or warned of it.

        Faults that were planned are not among them.
        """
        return refusals_in(self.journal())

    def welcomes(self, login: str, name: str, email: str = "") -> "Person":
        """Somebody new has an account, and is in #general."""
        self.post("arrive", login=login, name=name, email=email)
        return self.person(login)

    def uninstalls(self) -> None:
        """The app is taken out of the workspace; its tokens end."""
        self.post("uninstall")

    def waits_for_app(self, seconds: float) -> None:
        """Give the app so long to acknowledge and to open a form, from now on.

        Slack gives three seconds; a busy machine can stand still that long.
        """
        self.post("patience", seconds=seconds)

    def plans(self, **fault: Any) -> None:
        """Plan a fault: ``plans(method="chat.*", status=429)``, ``plans(delivery="duplicated")``; see ``SlackFaults``."""
        self.post("faults", **fault)


class Person(Forms):
    """Somebody who uses Slack."""

    def names(self) -> dict[str, str]:
        """The name of everybody in the workspace, by id, as this person sees it."""
        people = self._sandbox.get("state", person=self.login)["people"]
        return {str(item["id"]): str(item["name"]) for item in people}

    def types(
        self,
        text: str,
        channel: str = "general",
        thread_ts: str | None = None,
        timeout_s: float = PATIENCE_S,
    ) -> SeenMessage | None:
        """Send a line or a slash command to the app; returns the first message that answers it, as ``asks``.

        None when a modal opened instead, or when nothing came in time. Where no answer is expected, use ``says``.
        """
        modal = self._modal_that()
        shown = modal.id if modal else None

        def is_answered() -> bool:
            now = self._modal_that()
            return now is not None and now.id != shown

        return self._answer(self._send(text, channel, thread_ts), channel, timeout_s, is_answered)

    def asks(
        self, text: str, channel: str = "general", timeout_s: float = PATIENCE_S, thread_ts: str | None = None
    ) -> SeenMessage:
        """Send a line or a slash command, and wait for the first message that answers it.

        What other people write, what comes by the response_url of something else and what stands in another
        thread is no answer to this line; see ``Line``.
        """
        found = self._answer(self._send(text, channel, thread_ts), channel, timeout_s)
        if found is None:
            raise AssertionError(f"nobody answered {text!r} within {timeout_s} s")
        return found

    def says(self, text: str, channel: str = "general", thread_ts: str | None = None) -> SeenMessage:
        """Send a line and wait for nothing; returns one's own message."""
        return self._message(channel, self._send(text, channel, thread_ts).ts)

    def sees(self, channel: str = "general") -> tuple[SeenMessage, ...]:
        """Every message of a channel that this person can read, oldest first; ``app`` is the app's own conversation."""
        found = self._sandbox.get("messages", person=self.login, channel=channel)["messages"]
        return tuple(seen_message(message) for message in found)

    def reads_thread(self, ts: str, channel: str = "general") -> tuple[SeenMessage, ...]:
        """A thread: its first message, and then the answers, oldest first."""
        return tuple(message for message in self.sees(channel) if ts in (message.ts, message.thread_ts))

    def waits_for(
        self,
        wanted: Callable[[SeenMessage], bool],
        channel: str = "general",
        timeout_s: float = PATIENCE_S,
    ) -> SeenMessage:
        """The newest message that fits, as soon as there is one."""

        def newest() -> SeenMessage | None:
            return next((message for message in reversed(self.sees(channel)) if wanted(message)), None)

        found = until(newest, timeout_s, 0.05)
        if found is None:
            texts = "\n---\n".join(message.text for message in self.sees(channel)[-4:])
            raise AssertionError(
                f"no such message in {channel} within {timeout_s} s; the last were:\n{texts}"
            )
        return found

    def opens(
        self, tab: str = "home", timeout_s: float = PATIENCE_S, *, beside: str | None = None
    ) -> SeenHome | None:
        """Open the app's ``home`` or ``messages`` tab.

        Args:
            tab: Which; the messages of an assistant begin a new thread.
            timeout_s: How long to wait until the app has published a Home for this visit, be it the same again;
                0 where it publishes none.
            beside: The channel that is open beside the assistant.

        Returns:
            The Home as the app shows it for this visit; when it publishes nothing in time, as it was before.
            None where the app has never shown one, and for the Messages tab.
        """
        before = self.home()
        self._sandbox.post("home", person=self.login, tab=tab, beside=beside)
        if tab != "home":
            return None

        def renewed() -> SeenHome | None:
            now = self.home()
            return now if now and (before is None or now.hash != before.hash) else None

        return until(renewed, timeout_s) or self.home()

    def looks_at(self, channel: str) -> None:
        """Open another channel beside the thread with the assistant."""
        self._sandbox.post("look", person=self.login, channel=channel)

    def opens_details(self, url: str, message: SeenMessage) -> None:
        """Open the Work Object of a message that stands for an address."""
        self._sandbox.post("details", person=self.login, channel=message.channel, ts=message.ts, url=url)

    def changes(self, **profile: str) -> None:
        """Change one's own ``real_name``, ``email``, ``title`` or ``timezone``."""
        self._sandbox.post("profile", person=self.login, **profile)

    def reacts(self, name: str, message: SeenMessage) -> None:
        """Put a reaction on a message."""
        self._react(name, message, remove=False)

    def unreacts(self, name: str, message: SeenMessage) -> None:
        """Take one's own reaction back."""
        self._react(name, message, remove=True)

    def uses(self, shortcut: str, message: SeenMessage | None = None) -> Json:
        """Use a shortcut by its name (or callback id), from anywhere or on a message."""
        place = {"channel": message.channel, "ts": message.ts} if message else {}
        return self._sandbox.post("shortcut", person=self.login, callback_id=shortcut, **place)

    def uploads(
        self,
        name: str,
        content: bytes,
        channel: str = "general",
        comment: str = "",
        thread_ts: str | None = None,
    ) -> SeenMessage:
        """Share a file, with a line about it."""
        answer = self._sandbox.post(
            "upload",
            person=self.login,
            channel=channel,
            name=name,
            content=base64.b64encode(content).decode(),
            comment=comment,
            thread_ts=thread_ts,
        )
        return self._message(channel, answer["ts"])

    def edits(self, message: SeenMessage, text: str) -> SeenMessage:
        """Change one's own message."""
        place = {"channel": message.channel, "ts": message.ts}
        self._sandbox.post("edit", person=self.login, **place, text=text)
        return self._message(message.channel, message.ts)

    def deletes(self, message: SeenMessage) -> None:
        """Take one's own message away."""
        self._sandbox.post("delete", person=self.login, channel=message.channel, ts=message.ts)

    def joins(self, channel: str) -> None:
        """Become a member of a channel."""
        self._sandbox.post("join", person=self.login, channel=channel)

    def leaves(self, channel: str) -> None:
        """Be no member of a channel any more."""
        self._sandbox.post("leave", person=self.login, channel=channel)

    def invites(self, who: str, channel: str) -> None:
        """Make somebody else a member of a channel."""
        self._sandbox.post("invite", person=self.login, channel=channel, who=who)

    def _send(self, text: str, channel: str, thread_ts: str | None) -> Line:
        before = self.sees(channel)
        answer = self._sandbox.post(
            "type", person=self.login, channel=channel, text=text, thread_ts=thread_ts
        )
        return Line.sent(before, answer, thread_ts)

    def _message(self, channel: str, ts: str) -> SeenMessage:
        return next(message for message in self.sees(channel) if message.ts == ts)

    def _react(self, name: str, message: SeenMessage, *, remove: bool) -> None:
        place = {"channel": message.channel, "ts": message.ts}
        self._sandbox.post("react", person=self.login, **place, name=name, remove=remove)

    def _answer(
        self,
        line: Line,
        channel: str,
        timeout_s: float,
        is_answered: Callable[[], bool] = lambda: False,
    ) -> SeenMessage | None:
        def first() -> SeenMessage | bool | None:
            return line.answer_among(self.sees(channel)) or is_answered() or None

        found = until(first, timeout_s)
        return found if isinstance(found, SeenMessage) else None


def refusals_in(journal: Sequence[Json]) -> list[Json]:
    """See ``Sandbox.refusals``."""
    return [entry for entry in journal if _is_refusal(entry)]


def refusal_line(entry: Json) -> str:
    """One entry of ``refusals`` on one line: what was sent, Slack's word, and what it says about it."""
    answer = entry.get("answer") if isinstance(entry.get("answer"), dict) else {}
    assert isinstance(answer, dict)
    word = answer.get("error") or answer.get("warning") or entry.get("reason") or entry.get("error") or ""
    told = (answer.get("response_metadata") or {}).get("messages") or entry.get("messages") or []
    parts = [str(entry.get("method") or entry.get("kind") or ""), str(word), *map(str, told[:5])]
    return ": ".join(part for part in parts if part)


def _is_refusal(entry: Json) -> bool:
    if entry.get("way") == "refused":
        return True
    answer = entry.get("answer")
    if entry.get("way") != "in" or not isinstance(answer, dict):
        return False
    told = answer.get("response_metadata") or {}
    return answer.get("ok") is False or bool(answer.get("warning") or told.get("warnings"))
