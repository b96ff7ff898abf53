"""The REST routes in use, with GitHub's shapes, refusals and conditional answers."""

import base64
import hashlib
import json
import re
from datetime import datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox.github.graph import answer
from bot.sandbox.github.state import DEFAULT_BRANCH, PERMISSIONS, HostedRepository, State

_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")


class RestError(Exception):
    """A refusal: status, message, and GitHub's list of errors."""

    def __init__(self, status: int, message: str, errors: list[dict[str, str]] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"message": message, "documentation_url": "", "status": str(status)}
        if errors:
            self.body["errors"] = errors


class Rest:
    """The routes over one state."""

    def __init__(self, state: State, url: str) -> None:
        self._state = state
        self._url = url

    def routes(self) -> list[Route]:
        """Every route of the API."""
        repository = "/repos/{owner}/{name}"
        return [
            Route("/graphql", self._graphql, methods=["POST"]),
            Route("/user", self._user),
            Route("/rate_limit", self._rate_limit),
            Route("/orgs/{org}", self._organization),
            Route("/orgs/{org}/repos", self._create, methods=["POST"]),
            Route("/orgs/{org}/teams/{slug}/repos/{owner}/{name}", self._grant, methods=["PUT"]),
            Route(repository, self._show),
            Route(repository, self._edit, methods=["PATCH"]),
            Route(repository, self._delete, methods=["DELETE"]),
            Route(f"{repository}/topics", self._topics, methods=["GET", "PUT"]),
            Route(f"{repository}/contents/{{path:path}}", self._contents),
            Route(f"{repository}/git/trees/{{tree}}", self._tree),
            Route(f"{repository}/commits", self._commits),
        ]

    async def _graphql(self, request: Request) -> Response:
        body = await request.json()
        shaped = await run_in_threadpool(answer, self._state, self._url, body["query"], body.get("variables"))
        return JSONResponse(shaped)

    async def _user(self, _request: Request) -> Response:
        return JSONResponse(
            {"login": "callboard-bot", "id": 1, "type": "Bot", "html_url": f"{self._url}/callboard-bot"}
        )

    async def _rate_limit(self, _request: Request) -> Response:
        core = {
            "limit": 5000,
            "remaining": 4999,
            "reset": int(self._state.clock.now().timestamp()) + 3600,
            "used": 1,
        }
        return JSONResponse({"resources": {"core": core, "graphql": core}, "rate": core})

    async def _organization(self, request: Request) -> Response:
        self._require_organization(request.path_params["org"])
        return JSONResponse(
            {"login": self._state.name, "id": 1, "name": self._state.title, "type": "Organization"}
        )

    async def _create(self, request: Request) -> Response:
        self._require_organization(request.path_params["org"])
        body = await request.json()
        name = str(body.get("name", ""))
        if not _NAME.fullmatch(name):
            raise RestError(422, "Repository creation failed.", [_field("name", "name is invalid")])
        if self._state.repository(self._state.name, name):
            raise RestError(
                422, "Repository creation failed.", [_field("name", "name already exists on this account")]
            )
        created = await run_in_threadpool(
            self._state.create, name, str(body.get("description") or ""), bool(body.get("private", False))
        )
        return JSONResponse(self._shape(created), status_code=201)

    async def _show(self, request: Request) -> Response:
        return _conditional(request, self._shape(self._repository(request)))

    async def _edit(self, request: Request) -> Response:
        repository = self._repository(request)
        body = await request.json()
        repository.description = str(body.get("description", repository.description))
        repository.is_archived = bool(body.get("archived", repository.is_archived))
        self._state.touch(repository)
        return JSONResponse(self._shape(repository))

    async def _delete(self, request: Request) -> Response:
        self._state.delete(self._repository(request))
        return Response(status_code=204)

    async def _topics(self, request: Request) -> Response:
        repository = self._repository(request)
        if request.method == "PUT":
            names = [str(name).lower() for name in (await request.json())["names"]]
            bad = [name for name in names if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,49}", name)]
            if bad or len(names) > 20:
                raise RestError(
                    422, "Validation Failed", [_field("topics", f"{bad or len(names)} is not allowed")]
                )
            repository.topics = names
            self._state.touch(repository)
        return JSONResponse({"names": repository.topics})

    async def _grant(self, request: Request) -> Response:
        repository, slug = self._repository(request), request.path_params["slug"]
        if slug not in self._state.teams:
            raise RestError(404, "Not Found")
        permission = (await request.json()).get("permission", "push")
        if permission not in PERMISSIONS:
            raise RestError(
                422, "Validation Failed", [_field("permission", f"{permission} is not a permission")]
            )
        self._state.grant(slug, repository, permission)
        return Response(status_code=204)

    async def _contents(self, request: Request) -> Response:
        repository, path = self._repository(request), request.path_params["path"]
        thing = await run_in_threadpool(repository.git.thing, f"HEAD:{path}")
        if thing is None:
            raise RestError(404, "Not Found" if repository.git.head_oid else "This repository is empty.")
        if thing.type == "tree":
            return _conditional(
                request,
                [
                    {"name": item.name, "path": f"{path}/{item.name}", "sha": item.oid}
                    for item in thing.entries
                ],
            )
        encoded = base64.b64encode(thing.content).decode()
        return _conditional(
            request,
            {
                "type": "file",
                "encoding": "base64",
                "size": len(thing.content),
                "name": path.rpartition("/")[2],
                "path": path,
                "content": encoded,
                "sha": thing.oid,
                "html_url": f"{self._url}/{repository.full_name}/blob/{DEFAULT_BRANCH}/{path}",
            },
        )

    async def _tree(self, request: Request) -> Response:
        repository = self._repository(request)
        if repository.git.head_oid is None:
            raise RestError(409, "Git Repository is empty.")
        tree = request.path_params["tree"]
        expression = "HEAD^{tree}" if tree in ("HEAD", DEFAULT_BRANCH) else tree
        thing = await run_in_threadpool(repository.git.thing, expression)
        if thing is None or thing.type != "tree":
            raise RestError(404, "Not Found")
        entries = [
            {"path": item.name, "mode": f"{item.mode:06o}", "type": item.type, "sha": item.oid}
            for item in thing.entries
        ]
        return _conditional(request, {"sha": thing.oid, "tree": entries, "truncated": False})

    async def _commits(self, request: Request) -> Response:
        repository = self._repository(request)
        head = repository.git.head_oid
        if head is None:
            raise RestError(409, "Git Repository is empty.")
        thing = await run_in_threadpool(repository.git.thing, head)
        message = thing.message if thing else ""
        return _conditional(request, [{"sha": head, "commit": {"message": message}}])

    def _require_organization(self, name: str) -> None:
        if name.lower() != self._state.name.lower():
            raise RestError(404, "Not Found")

    def _repository(self, request: Request) -> HostedRepository:
        found = self._state.repository(request.path_params["owner"], request.path_params["name"])
        if found is None:
            raise RestError(404, "Not Found")
        return found

    def _shape(self, item: HostedRepository) -> dict[str, Any]:
        return {
            "id": item.number,
            "node_id": item.node_id,
            "name": item.name,
            "full_name": item.full_name,
            "owner": {"login": item.owner, "id": 1, "type": "Organization"},
            "private": item.visibility != "public",
            "visibility": str(item.visibility),
            "html_url": f"{self._url}/{item.full_name}",
            "clone_url": f"{self._url}/{item.full_name}.git",
            "url": f"{self._url}/repos/{item.full_name}",
            "description": item.description or None,
            "fork": item.is_fork,
            "archived": item.is_archived,
            "topics": item.topics,
            "default_branch": DEFAULT_BRANCH,
            "size": 0 if item.git.head_oid is None else 1,
            "created_at": _iso(item.created_at),
            "updated_at": _iso(item.updated_at),
            "pushed_at": _iso(item.pushed_at),
        }


def _conditional(request: Request, body: Any) -> Response:
    """The body with an ETag, or 304 when the asker has it already."""
    content = json.dumps(body, sort_keys=True).encode()
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers={"ETag": etag})
    return Response(content, media_type="application/json", headers={"ETag": etag})


def _field(field: str, message: str) -> dict[str, str]:
    return {"resource": "Repository", "code": "custom", "field": field, "message": message}


def _iso(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None
