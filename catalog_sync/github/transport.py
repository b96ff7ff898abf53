"""One exchange with GitHub at a time: sign-in, tries, limits, pages, and what each refusal means."""

import base64
import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests
import structlog
from github import Auth, Github, GithubException
from github.Requester import Requester

from catalog_sync.github.etags import Etags
from catalog_sync.github.limits import Refusal, Verdict, is_hole, judge_graphql, judge_http
from catalog_sync.github.unreachable import address_of, why_unreachable
from core.clock import Clock
from core.errors import GitHubUnavailable, NotAllowed, NotFound, UserError
from core.settings import GitHubSettings

_log = structlog.get_logger(__name__)
_NEXT = re.compile(r'<([^<>]+)>;\s*rel="next"')
_TRIES = 3
_PATIENCE_S = 5.0
"""A rate limit that lasts longer is handed to the caller instead of being slept through."""


class Smaller(Exception):
    """A page was too much for GitHub; ask for half of it."""


@dataclass(frozen=True, slots=True)
class Connection:
    """One page of a connection: its nodes, where the next begins, and errors about nodes that were left out."""

    nodes: list[dict[str, Any]]
    after: str | None
    problems: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Budget:
    """GraphQL points of this hour, as GitHub told them last."""

    limit: int
    remaining: int
    reset_at: datetime


class Transport:
    """The protocol under everything that is asked of one GitHub host.

    Args:
        settings: The host.
        reading: Signs what reads.
        writing: Signs what writes.
        clock: Tells the present, for limits that say until when.
    """

    def __init__(
        self, settings: GitHubSettings, reading: Auth.Auth, writing: Auth.Auth, clock: Clock
    ) -> None:
        self.host = settings.host
        self._address, self._timeout_s = address_of(settings.api_url), settings.timeout_s
        self._clock = clock
        self._reading_auth, self._writing_auth = reading, writing
        self._reader = _requester(settings, reading)
        self._writer = _requester(settings, writing)
        # PyGithub mints an App's token without a lock; and GitHub wants one GraphQL query at a time.
        self._lane = threading.Lock()
        self._etags = Etags()
        self._requests = 0
        self._keep_share = settings.keep_share
        self.budget: Budget | None = None
        """None until GitHub told it for the first time."""

    @property
    def requests(self) -> int:
        """How many requests were made since this was built."""
        return self._requests

    def basic_credential(self, *, write: bool = False) -> str:
        """The header that git signs in with; secret."""
        with self._lane:
            token = (self._writing_auth if write else self._reading_auth).token
        credential = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        return f"Authorization: Basic {credential}"

    def pages(
        self,
        document: str,
        variables: Mapping[str, Any],
        path: tuple[str, str],
        size: int,
        after: str | None = None,
    ) -> Iterator[Connection]:
        """The pages of a connection; a page shrinks when GitHub finds it too much, and grows again.

        Raises:
            NotFound: There is no such organisation, or the token may not see it.
        """
        page = size
        while True:
            try:
                data, problems = self.query_partly(
                    {**variables, "first": page, "after": after}, document, path
                )
            except Smaller as error:
                page = halved(page, str(error))
                continue
            owner = data.get(path[0])
            if owner is None:
                raise NotFound(
                    f"GitHub knows no organisation {variables['organization']} that this token may read.",
                    "Check github.organizations, and that the token belongs to it.",
                )
            connection = owner[path[1]]
            info = connection["pageInfo"]
            after = info["endCursor"] if info["hasNextPage"] else None
            yield Connection([node for node in connection["nodes"] if node], after, problems)
            if after is None:
                return
            page = min(size, page + max(1, size // 4))

    def query_partly(
        self, variables: Mapping[str, Any], document: str, path: Sequence[str]
    ) -> tuple[dict[str, Any], tuple[Mapping[str, Any], ...]]:
        """The data of a query, and the errors below a place of it: there the data has holes.

        Args:
            variables: The query's variables.
            document: The query.
            path: Where holes can be told from what is not there; errors elsewhere are raised.

        Raises:
            Smaller: It was too much for GitHub at once.
            CallboardError: See ``GitHubPort``.
        """
        self._keep_a_share()
        headers, answer = self._ask(document, variables)
        errors = answer.get("errors") or []
        below = tuple(error for error in errors if is_hole(error, path) and answer.get("data"))
        verdict = judge_graphql([error for error in errors if error not in below], headers, self._now())
        if verdict:
            self._refuse(verdict)
        return dict(answer["data"]), below

    def query(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The data of one GraphQL query.

        Raises:
            Smaller: It was too much for GitHub at once.
            CallboardError: See ``GitHubPort``.
        """
        headers, answer = self._ask(document, variables)
        verdict = judge_graphql(answer.get("errors") or [], headers, self._now())
        if verdict:
            self._refuse(verdict)
        return dict(answer["data"])

    def _ask(self, document: str, variables: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
        body = {"query": document, "variables": variables}
        with self._lane:
            headers, answer = self._send(self._reader, "POST", self._reader.graphql_url, body, retry=True)
        limit = (answer.get("data") or {}).get("rateLimit")
        if limit:
            self.budget = Budget(limit["limit"], limit["remaining"], datetime.fromisoformat(limit["resetAt"]))
        return headers, answer

    def _keep_a_share(self) -> None:
        """What reads a lot leaves a share of the hour's points to people and other programs."""
        budget = self.budget
        if budget is None or budget.remaining >= budget.limit * self._keep_share:
            return
        wait = (budget.reset_at - self._clock.now()).total_seconds()
        if wait > 0:
            raise GitHubUnavailable(
                f"{budget.remaining} of {budget.limit} points are left until {budget.reset_at:%H:%M} UTC;"
                " they are kept for others",
                wait + 1,
            )

    def rest(
        self, verb: str, path: str, body: Mapping[str, Any] | None = None, *, retry: bool = False
    ) -> Any:
        """The body that one REST request is answered with; ``retry`` where doing it twice does no harm.

        Raises:
            CallboardError: See ``GitHubPort``.
        """
        requester = self._reader if verb == "GET" else self._writer
        return self._send(requester, verb, path, body, retry=retry)[1]

    def page(self, path: str) -> tuple[list[Any], str | None]:
        """One page of a REST list, and the address of the next; None after the last one.

        Raises:
            CallboardError: See ``GitHubPort``.
        """
        headers, answer = self._send(self._reader, "GET", path, None, retry=True)
        found = _NEXT.search(headers.get("link", ""))
        return list(answer or ()), found[1] if found else None

    def _send(
        self, requester: Requester, verb: str, url: str, body: Mapping[str, Any] | None, *, retry: bool
    ) -> tuple[dict[str, str], Any]:
        """One exchange; passing faults are tried again only where doing it twice does no harm."""
        for attempt in range(1, _TRIES + 1):
            self._requests += 1
            verdict, headers, answer = self._exchange(requester, verb, url, body)
            if verdict is None:
                return headers, answer
            wait = _pause_s(verdict, attempt) if retry else None
            if wait is None:
                self._refuse(verdict)
            else:
                time.sleep(wait)
        raise AssertionError("the last try returns or raises")

    def _exchange(
        self, requester: Requester, verb: str, url: str, body: Mapping[str, Any] | None
    ) -> tuple[Verdict | None, dict[str, str], Any]:
        known = self._etags.known(url) if verb == "GET" else None
        if_changed = {"If-None-Match": known.etag} if known else {}
        try:
            status, headers, text = requester.requestJson(verb, url, headers=if_changed, input=body)
        except requests.RequestException as error:
            return Verdict(Refusal.AGAIN, why_unreachable(error, self._timeout_s)), {}, None
        except GithubException as error:
            # Only the token of an App is asked for by PyGithub itself.
            return judge_http(error.status, {}, error.data, self._now(), is_query=False), {}, None
        if status == 304 and known:
            return None, dict(known.headers), known.answer
        answer = _parsed(text)
        lowered = {name.lower(): str(value) for name, value in headers.items()}
        is_query = url == self._reader.graphql_url
        if is_query and status < 400 and not isinstance(answer, dict):
            return (
                Verdict(Refusal.AGAIN, "what came was no answer of GitHub's; is there a proxy?"),
                lowered,
                None,
            )
        if status >= 400:
            return judge_http(status, lowered, answer, self._now(), is_query=is_query), lowered, answer
        if verb == "GET":
            self._etags.keep(url, lowered, text or "", answer)
        return None, lowered, answer

    def _refuse(self, verdict: Verdict) -> None:
        """Raise what a refusal means for the caller."""
        if verdict.refusal is Refusal.AGAIN:
            raise GitHubUnavailable(f"GitHub at {self._address} did not answer: {verdict.message}")
        _REFUSALS[verdict.refusal](verdict)

    def _now(self) -> float:
        return self._clock.now().timestamp()


def _requester(settings: GitHubSettings, auth: Auth.Auth) -> Requester:
    client = Github(
        auth=auth,
        base_url=settings.api_url.rstrip("/"),
        timeout=int(settings.timeout_s),
        retry=None,
        seconds_between_requests=None,
        seconds_between_writes=None,
        user_agent="callboard",
    )
    return client.requester


def _pause_s(verdict: Verdict, attempt: int) -> float | None:
    """How long to pause before the same request is worth another try; None when it is not."""
    if verdict.refusal not in (Refusal.AGAIN, Refusal.WAIT) or attempt == _TRIES:
        return None
    wait = verdict.retry_after_s if verdict.refusal is Refusal.WAIT else 0.2 * 2**attempt
    return wait if wait is not None and wait <= _PATIENCE_S else None


def halved(size: int, cause: str) -> int:
    """Half a page.

    Raises:
        GitHubUnavailable: It was a single item already.
    """
    if size <= 1:
        raise GitHubUnavailable(f"GitHub gave up on a single item: {cause}")
    _log.info("github.page_halved", size=size // 2, cause=cause)
    return size // 2


def _wait(verdict: Verdict) -> None:
    raise GitHubUnavailable(f"GitHub asks us to wait: {verdict.message}", verdict.retry_after_s)


def _smaller(verdict: Verdict) -> None:
    raise Smaller(verdict.message)


_PERMISSIONS = "Give the token, or the App, the permissions that docs/guides/connect.md lists."


def _denied(verdict: Verdict) -> None:
    raise NotAllowed(f"GitHub refused: {verdict.message}", _PERMISSIONS)


def _bad_token(verdict: Verdict) -> None:
    raise NotAllowed(f"GitHub does not accept the token: {verdict.message}", "Check github.token.")


def _not_found(verdict: Verdict) -> None:
    raise NotFound(f"GitHub does not know it, or does not show it to this token: {verdict.message}")


def _invalid(verdict: Verdict) -> None:
    raise UserError(f"GitHub refused: {verdict.message}")


_REFUSALS: Mapping[Refusal, Callable[[Verdict], None]] = {
    Refusal.WAIT: _wait,
    Refusal.SMALLER: _smaller,
    Refusal.DENIED: _denied,
    Refusal.BAD_TOKEN: _bad_token,
    Refusal.NOT_FOUND: _not_found,
    Refusal.INVALID: _invalid,
}


def _parsed(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        # A proxy's error page; the status says what happened.
        return None
