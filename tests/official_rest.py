"""GitHub's own OpenAPI description, to compare real exchanges and webhooks with."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from bot.sandbox.github.visit import Exchange
from tests.tools import official, official_folder

Json = dict[str, Any]
_NAME = "urn:github"
_SLASHES = ("path", "ref", "branch", "basehead", "tree_sha", "environment_name")

_EVERYWHERE = (301, 304, 307)
"""What every address may answer, whether its description says so or not: moved, or not modified."""

ALLOWED: Mapping[str, str] = {
    r"/codeload/.*": "where archives are packed is another host of GitHub's, which the description leaves out",
    r"/repositories/.*": "GitHub redirects there from a former name, and describes no such route",
    r".*/(tarball|zipball)": "without a reference GitHub packs the default branch; only the longer address is described",
    r"/orgs/[^/]+/teams/[^/]+/members/[^/]+": "PyGithub asks so by the team's number, as an older route does that is "
    "described with another address",
    r"/app/installations": "the description wants an account that is a user and an enterprise at once",
}
"""Addresses that are not compared with the description, with the reason."""


ALLOWED_REQUESTS: Mapping[str, str] = {
    "request: $.required_status_checks: 'contexts' is a required property": "GitHub takes checks instead, as PyGithub "
    "sends them",
}
"""Differences of a request that GitHub takes all the same, with the reason."""
_RULE_ERRORS = re.compile(r"\$\.errors\[0\]: ['\"]Invalid rule .* is not of type 'object'")
"""The description has objects in the errors of rulesets; GitHub sends sentences, as its clients in Go know."""


def _is_allowed(fault: str) -> bool:
    return fault in ALLOWED_REQUESTS or bool(_RULE_ERRORS.fullmatch(fault))


class Description:
    """The description, ready to be asked."""

    def __init__(self) -> None:
        folder = official("@octokit/openapi")
        self._document = _modern(json.loads((folder / "generated" / "api.github.com.json").read_text()))
        resource = Resource.from_contents(self._document, default_specification=DRAFT202012)
        self._registry = Registry().with_resource(_NAME, resource)
        self._routes = [(_pattern(path), path) for path in self._document["paths"]]

    def faults(self, exchange: Exchange) -> list[str]:
        """How a request that was carried out, and its answer, differ from the description."""
        if any(re.fullmatch(pattern, exchange.path) for pattern in ALLOWED):
            return []
        found = self._operation(exchange)
        where = f"{exchange.method} {exchange.path} ({exchange.status})"
        if found is None:
            return [] if exchange.status == 404 else [f"{where}: the description has no such route"]
        path, operation = found
        at = f"#/paths/{_escaped(path)}/{exchange.method.lower()}"
        faults = list(self._request_faults(exchange, operation, at)) if exchange.status < 400 else []
        if exchange.method != "HEAD":
            faults += self._answer_faults(exchange, operation, at)
        return [f"{where}: {fault}" for fault in faults if not _is_allowed(fault)]

    def webhook_faults(self, event: str, payload: Json) -> list[str]:
        """How an event differs from the description of its webhook."""
        action = payload.get("action")
        names = [event.replace("_", "-"), f"{event}-{action}".replace("_", "-")]
        name = next((one for one in names if one in self._document["x-webhooks"]), None)
        if name is None:
            return [f"{event} {action}: the description has no such webhook"]
        at = f"#/x-webhooks/{name}/post/requestBody/content/application~1json/schema"
        return [f"{event} {action}: {fault}" for fault in self._check(payload, at)]

    def routes(self) -> set[str]:
        """Every route as ``METHOD /path``."""
        return {
            f"{method.upper()} {path}" for path, item in self._document["paths"].items() for method in item
        }

    def page(self, method: str, path: str) -> str:
        """The page of the documentation that a route names."""
        url: str = self._document["paths"][path][method.lower()]["externalDocs"]["url"]
        return url.removeprefix("https://docs.github.com/rest/")

    def _operation(self, exchange: Exchange) -> tuple[str, Json] | None:
        method = "get" if exchange.method == "HEAD" else exchange.method.lower()
        fitting = [
            path
            for pattern, path in self._routes
            if pattern.fullmatch(exchange.path) and method in self._document["paths"][path]
        ]
        if not fitting:
            return None
        path = max(fitting, key=lambda one: (len(re.sub(r"\{\w+\}", "", one)), one))
        return path, self._document["paths"][path][method]

    def _request_faults(self, exchange: Exchange, operation: Json, at: str) -> Iterator[str]:
        known = {}
        for parameter in operation.get("parameters", ()):
            while "$ref" in parameter:
                parameter = self._document["components"]["parameters"][parameter["$ref"].split("/")[-1]]
            known[parameter["name"]] = parameter
        for name, value in parse_qsl(exchange.query):
            if name not in known:
                yield f"the request's parameter {name} is not described"
            else:
                yield from self._value_faults(name, value, known[name]["schema"])
        if "requestBody" in operation and exchange.request_body:
            kinds = operation["requestBody"]["content"]
            if "application/json" in kinds:
                sent = json.loads(exchange.request_body)
                place = f"{at}/requestBody/content/application~1json/schema"
                yield from (f"request: {fault}" for fault in self._check(sent, place, takes_null=True))
        elif operation.get("requestBody", {}).get("required"):
            yield "the request has no body"

    def _value_faults(self, name: str, value: str, schema: Json) -> Iterator[str]:
        kind = schema.get("type")
        if kind == "integer" and not value.lstrip("-").isdigit():
            yield f"the request's parameter {name} is no number: {value}"
        if "enum" in schema and value not in [str(one) for one in schema["enum"]]:
            yield f"the request's parameter {name} is none of {schema['enum']}: {value}"

    def _answer_faults(self, exchange: Exchange, operation: Json, at: str) -> list[str]:
        responses = operation["responses"]
        status = str(exchange.status)
        if status not in responses:
            if exchange.status < 400 and exchange.status not in _EVERYWHERE:
                return [f"the answer's status is not one of {sorted(responses)}"]
            return self._error_faults(exchange)
        content, place = responses[status], f"{at}/responses/{status}"
        if "$ref" in content:
            name = content["$ref"].split("/")[-1]
            content, place = self._document["components"]["responses"][name], f"#/components/responses/{name}"
        kinds = content.get("content", {})
        mine = exchange.content_type.partition(";")[0]
        if not kinds or mine not in kinds or "schema" not in kinds[mine]:
            return []
        at = f"{place}/content/{_escaped(mine)}/schema"
        return self._check(json.loads(exchange.response_body), at)

    def _error_faults(self, exchange: Exchange) -> list[str]:
        """An error that the description does not name looks like every error; a 304 has nothing in it."""
        if exchange.status in (301, 307):
            return []
        if exchange.status == 304:
            return ["a 304 has no body"] if exchange.response_body else []
        if not exchange.content_type.startswith("application/json"):
            return []
        return self._check(json.loads(exchange.response_body), "#/components/schemas/basic-error")

    def _check(self, value: Any, at: str, *, takes_null: bool = False) -> list[str]:
        """The worst fault; with ``takes_null`` a field may be null, as PyGithub sends it and GitHub takes it."""
        validator = Draft202012Validator({"$ref": f"{_NAME}{at}"}, registry=self._registry)
        errors = validator.iter_errors(value)
        error = best_match(
            one for one in errors if not (takes_null and len(one.path) == 1 and one.instance is None)
        )
        return [f"{error.json_path}: {error.message[-300:]}"] if error else []


def is_installed() -> bool:
    """Whether the description is there to compare with."""
    return official_folder("@octokit/openapi").is_dir()


def wrong(exchanges: Iterable[Exchange]) -> list[str]:
    """How all of these differ from the description; each difference once."""
    return list(dict.fromkeys(fault for one in list(exchanges) for fault in description().faults(one)))


@cache
def description() -> Description:
    """The description, read once."""
    return Description()


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", path)
    texts = [
        re.escape(part) if position % 2 == 0 else (".*" if part in _SLASHES else "[^/]+")
        for position, part in enumerate(parts)
    ]
    return re.compile("".join(texts))


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")


def _modern(node: Any) -> Any:
    """OpenAPI 3.0's ``nullable`` in the words of today's JSON Schema; alternatives may overlap, as GitHub's do."""
    if isinstance(node, list):
        return [_modern(one) for one in node]
    if not isinstance(node, dict):
        return node
    found = {
        name: _modern(value) for name, value in node.items() if name != "nullable" or isinstance(value, dict)
    }
    if isinstance(found.get("oneOf"), list):
        found["anyOf"] = found.pop("oneOf")
    if node.get("nullable") is not True:
        return found
    if isinstance(found.get("type"), str):
        found["type"] = [found["type"], "null"]
        if "enum" in found:
            found["enum"] = [*found["enum"], None]
        return found
    return {"anyOf": [found, {"type": "null"}]}
