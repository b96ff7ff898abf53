"""People who type slash commands at a fixed rate, whether or not the bot keeps up."""

import itertools
import threading
import time
from collections import defaultdict, deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bot.sandbox.people import Sandbox
from bot.sandbox.slack import LocalSlack
from bot.sandbox.slack.state import Json
from bot.slack.handover import FULL

CHANNEL = "general"
_THREADS = 64
_PATIENCE_S = 10.0


@dataclass(slots=True)
class Asked:
    """One command: when it was due, acknowledged and answered, in seconds of one clock."""

    due_at: float
    acknowledged_at: float = 0.0
    is_acknowledged: bool = False
    shown_at: float = 0.0
    is_turned_away: bool = False

    @property
    def ack_ms(self) -> float:
        """From the moment it was due, so that a queue in front of the bot counts."""
        return (self.acknowledged_at - self.due_at) * 1000

    @property
    def shown_ms(self) -> float:
        """Until the answer could be read."""
        return (self.shown_at - self.due_at) * 1000


class Crowd:
    """The people of one local Slack; each has at most one question open at usual speed."""

    def __init__(self, slack: LocalSlack, logins: Sequence[str], names: Sequence[str]) -> None:
        self._slack = slack
        self._sandbox = Sandbox(slack.url)
        self._logins = logins
        self._names = names
        self._ids = {user.name: user.id for user in slack.workspace.users.values()}
        self._open: dict[str, deque[Asked]] = defaultdict(deque)
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        slack.workspace.listeners.append(self._message)

    def ask(self, rate: float, seconds: float) -> list[Asked]:
        """Ask ``rate`` times a second for so many seconds, then wait until all is answered."""
        begin = time.perf_counter() + 0.05
        asked = [Asked(begin + number / rate) for number in range(max(1, round(rate * seconds)))]
        with ThreadPoolExecutor(_THREADS) as pool:
            for item in asked:
                time.sleep(max(0.0, item.due_at - time.perf_counter()))
                pool.submit(self._type, item, self._next())
        self._wait(asked)
        return asked

    def ask_one(self) -> Asked:
        """One question of the next person; back when it is answered."""
        item = Asked(time.perf_counter())
        self._type(item, self._next())
        self._wait([item])
        return item

    def rush(self, people: int, seconds: float) -> list[Asked]:
        """So many people ask for so many seconds, each again as soon as they have read their answer."""
        end = time.perf_counter() + seconds

        def asks(_number: int) -> list[Asked]:
            found: list[Asked] = []
            while time.perf_counter() < end:
                found.append(self.ask_one())
            return found

        with ThreadPoolExecutor(people) as pool:
            return [item for asked in pool.map(asks, range(people)) for item in asked]

    def control_ms(self) -> float:
        """One round trip of the sandbox's control API, which every figure contains."""
        started = time.perf_counter()
        self._sandbox.post("read", person=self._logins[0], channel=CHANNEL)
        return (time.perf_counter() - started) * 1000

    def _next(self) -> int:
        return next(self._numbers)

    def _type(self, item: Asked, number: int) -> None:
        login = self._logins[number % len(self._logins)]
        with self._lock:
            self._open[self._ids[login]].append(item)
        text = f"/callboard who {self._names[number % len(self._names)]}"
        answer = self._sandbox.post("type", person=login, channel=CHANNEL, text=text)
        item.acknowledged_at, item.is_acknowledged = time.perf_counter(), bool(answer["ok"])

    def _message(self, event: Json) -> None:
        """Called on the server's thread as soon as a message can be read."""
        now = time.perf_counter()
        if event["kind"] != "message":
            return
        message = self._slack.workspace.find_message(event["channel"], event["ts"])
        with self._lock:
            waiting = self._open[message.only_for or ""]
            if waiting:
                item = waiting.popleft()
                item.shown_at, item.is_turned_away = now, message.text == FULL

    def _wait(self, asked: Sequence[Asked]) -> None:
        deadline = time.perf_counter() + _PATIENCE_S
        while not all(item.shown_at for item in asked) and time.perf_counter() < deadline:
            time.sleep(0.005)
