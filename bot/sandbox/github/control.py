"""Control of the local GitHub over HTTP, for tests in other processes: faults, tokens, webhooks, new repositories."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox.github.faults import FaultKind, FaultPlan
from bot.sandbox.github.graph_limits import GraphFaultKind
from bot.sandbox.github.site import Site
from bot.sandbox.github.tokens import Tokens
from bot.sandbox.github.viewer import LEVELS

Json = dict[str, Any]


class WrongOrder(Exception):
    """The body of a control request cannot be used; the message says why."""


class Control:
    """The routes below ``/_sandbox/``, which GitHub does not have.

    - ``POST /_sandbox/faults`` ``{"route", "kind", "times"?, "delay_s"?, "retry_after_s"?}``; ``{"clear": true}``
    - ``POST /_sandbox/tokens`` ``{"permissions", "repositories"?, "login"?, "organization"?}`` answers ``{"token"}``
    - ``POST /_sandbox/limits`` ``{"reset": true}``: nobody has asked for anything yet
    - ``POST /_sandbox/settle`` ``{"count"}``: the first questions about a new repository are answered 404
    - ``POST /_sandbox/webhooks`` ``{"do": "deliver_to"|"hold"|"release"|"drop"|"duplicate"|"delay"|"redeliver", ...}``
      with ``url``, ``order``, ``count``, ``seconds`` or ``id``
    - ``POST /_sandbox/graph`` ``{"path", "kind", "times"?}``: the next GraphQL fields that fit go wrong;
      ``{"timeout_ms"?, "resource_nodes"?}``: limits, null for none; ``{"clear": true}``
    """

    def __init__(self, site: Site, tokens: Tokens, faults: FaultPlan) -> None:
        self._site, self._host = site, site.first
        self._tokens = tokens
        self._faults = faults

    def routes(self) -> list[Route]:
        """Every route of the control."""
        orders = {
            "faults": self._plan,
            "tokens": self._token,
            "limits": self._limits,
            "settle": self._settle,
            "webhooks": self._webhooks,
            "graph": self._graph,
        }
        return [
            Route(f"/_sandbox/{name}", _guarded(order), methods=["POST"]) for name, order in orders.items()
        ]

    def _plan(self, body: Json) -> Json:
        if body.get("clear"):
            self._faults.clear()
            return {}
        kind = _text(body, "kind")
        if kind not in list(FaultKind):
            raise WrongOrder(f"kind is one of {', '.join(FaultKind)}")
        self._faults.add(
            _text(body, "route"),
            FaultKind(kind),
            int(_number(body, "times", 1)),
            _number(body, "delay_s", 0.0),
            int(_number(body, "retry_after_s", 60)),
        )
        return {}

    def _token(self, body: Json) -> Json:
        permissions, repositories = body.get("permissions", {}), body.get("repositories")
        if not isinstance(permissions, Mapping) or not all(
            level in LEVELS for level in map(str, permissions.values())
        ):
            raise WrongOrder(f"permissions is an object of {', '.join(LEVELS)}")
        is_list = isinstance(repositories, list) and all(isinstance(name, str) for name in repositories)
        if repositories is not None and not is_list:
            raise WrongOrder("repositories is a list of names")
        login = _text(body, "login") if "login" in body else None
        organization = _text(body, "organization") if "organization" in body else None
        if organization is not None and self._site.host(organization) is None:
            raise WrongOrder(f"organization is one of {', '.join(state.name for state in self._site.states)}")
        return {"token": self._tokens.new(permissions, repositories, login, organization)}

    def _limits(self, body: Json) -> Json:
        if body.get("reset") is not True:
            raise WrongOrder("reset is true")
        self._tokens.forget_spending()
        return {}

    def _settle(self, body: Json) -> Json:
        self._host.settling.count = int(_number(body, "count", 0))
        return {}

    def _webhooks(self, body: Json) -> Json:
        webhooks = self._host.webhooks
        count = int(_number(body, "count", 1))
        orders: dict[str, Callable[[], object]] = {
            "deliver_to": lambda: webhooks.deliver_to(_text(body, "url")),
            "hold": webhooks.hold,
            "release": lambda: webhooks.release(str(body.get("order", "sent"))),
            "drop": lambda: webhooks.drop(count),
            "duplicate": lambda: webhooks.duplicate(count),
            "delay": lambda: webhooks.delay(_number(body, "seconds", 0.0)),
            "redeliver": lambda: webhooks.redeliver(int(_number(body, "id", 0))),
        }
        name = body.get("do")
        if not isinstance(name, str) or name not in orders:
            raise WrongOrder(f"do is one of {', '.join(orders)}")
        orders[name]()
        return {}

    def _graph(self, body: Json) -> Json:
        limits = self._host.state.graph
        if body.get("clear"):
            limits.clear()
        if "path" in body:
            kind = _text(body, "kind")
            if kind not in list(GraphFaultKind):
                raise WrongOrder(f"kind is one of {', '.join(GraphFaultKind)}")
            times = None if body.get("times", 1) is None else int(_number(body, "times", 1))
            limits.fail(_text(body, "path"), kind, times)
        if "timeout_ms" in body:
            limits.timeout_ms = None if body["timeout_ms"] is None else _number(body, "timeout_ms", 0)
        if "resource_nodes" in body:
            nodes = body["resource_nodes"]
            limits.resource_nodes = None if nodes is None else int(_number(body, "resource_nodes", 0))
        return {}


def _guarded(order: Callable[[Json], Json]) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        try:
            body = json.loads(await request.body() or b"{}")
            if not isinstance(body, dict):
                raise WrongOrder("the body is a JSON object")
            return JSONResponse(await run_in_threadpool(order, body))
        except (WrongOrder, ValueError, RecursionError) as error:
            return JSONResponse({"message": str(error)}, status_code=400)

    return answer


def _text(body: Json, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise WrongOrder(f"{name} is a text")
    return value


def _number(body: Json, name: str, otherwise: float) -> float:
    value = body.get(name, otherwise)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 10**9:
        raise WrongOrder(f"{name} is a number")
    return value
