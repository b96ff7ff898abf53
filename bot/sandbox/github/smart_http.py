"""git over smart HTTP: git's own http-backend as a CGI program, streamed in both directions."""

import asyncio
import subprocess
import zlib
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.sandbox.github.plumbing import environment
from bot.sandbox.github.push_rules import Command, commands, verdicts
from bot.sandbox.github.site import Site
from bot.sandbox.github.state import HostedRepository
from bot.sandbox.github.viewer import Viewer
from core.access import Visibility

_CHUNK = 64 * 1024
_MAX_COMMANDS = 4 * 1024 * 1024
"""So many bytes of a push are read to learn which references it is about."""
_REALM = {"WWW-Authenticate": 'Basic realm="GitHub"'}


@cache
def _backend() -> str:
    done = subprocess.run(["git", "--exec-path"], capture_output=True, text=True, check=True)
    return str(Path(done.stdout.strip()) / "git-http-backend")


class SmartHttp:
    """The routes that git uses."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        """Discovery, fetch and push; with ``.git`` behind the name or without."""
        found = []
        for base in ("/{owner}/{name}.git", "/{owner}/{name}"):
            found += [
                Route(f"{base}/info/refs", self._serve),
                Route(f"{base}/git-upload-pack", self._serve, methods=["POST"]),
                Route(f"{base}/git-receive-pack", self._serve, methods=["POST"]),
            ]
        return found

    async def _serve(self, request: Request) -> Response:
        viewer: Viewer = request.state.viewer
        owner, name = request.path_params["owner"], request.path_params["name"]
        repository = self._site.repository(owner, name)
        is_push = "git-receive-pack" in (
            request.url.path.rpartition("/")[2],
            request.query_params.get("service"),
        )
        moved = self._site.renamed(owner, name) if repository is None else None
        if moved and viewer.sees(moved):
            rest = request.url.path.split("/", 3)[3]
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(f"{self._site.first.url}/{moved.full_name}.git/{rest}{query}", 301)
        refusal = self._refusal(viewer, repository, is_push=is_push)
        if refusal or repository is None:
            return refusal or _plain(404, "Repository not found.")
        if is_push and request.method == "POST":
            return await self._push(request, viewer, repository)
        return await _run(request, repository, {}, request.stream())

    def _refusal(
        self, viewer: Viewer, repository: HostedRepository | None, *, is_push: bool
    ) -> Response | None:
        is_seen = repository is not None and viewer.sees(repository)
        if viewer.kind == "nobody" and (is_push or not is_seen):
            return _plain(401, "Authentication required.", _REALM)
        if repository is None or not is_seen or not self._site.first.settling.is_settled(repository):
            return _plain(404, "Repository not found.")
        is_covered = viewer.covers(repository)
        if not is_push:
            is_open = repository.visibility is Visibility.PUBLIC or (is_covered and viewer.may("contents"))
            return None if is_open else _plain(403, "Resource not accessible with this token.")
        if not is_covered or not viewer.may("contents", "write"):
            who = viewer.login if viewer.kind == "token" else ""
            words = f"Permission to {repository.full_name}.git denied to {who}." if who else _NO_WRITE
            return _plain(403, words)
        if repository.is_archived:
            return _plain(403, "This repository was archived so it is read-only.")
        return None

    async def _push(self, request: Request, viewer: Viewer, repository: HostedRepository) -> Response:
        head, asked, rest = await _commands(request)
        host = self._site.host_of(repository)
        more = verdicts(host.state, repository, asked, may_workflows=viewer.may("workflows", "write"))

        async def whole() -> AsyncIterator[bytes]:
            yield head
            async for chunk in rest:
                yield chunk

        before = await run_in_threadpool(repository.git.refs)
        response = await _run(request, repository, more, whole())
        content = b"".join([chunk async for chunk in response.body_iterator if isinstance(chunk, bytes)])
        await run_in_threadpool(host.moved, repository, before, viewer.login)
        return Response(content, response.status_code, dict(response.headers))


_NO_WRITE = "Write access to repository not granted."


def _plain(status: int, words: str, headers: dict[str, str] | None = None) -> Response:
    return Response(words + "\n", status, headers, media_type="text/plain; charset=utf-8")


async def _commands(request: Request) -> tuple[bytes, list[Command], AsyncIterator[bytes]]:
    """The begin of a push as it came, the references in it, and the rest of the body."""
    stream = request.stream()
    is_packed = request.headers.get("content-encoding") in ("gzip", "x-gzip")
    unpack = zlib.decompressobj(wbits=31) if is_packed else None
    head = plain = b""
    async for chunk in stream:
        head += chunk
        plain += _unpacked(unpack, chunk) if unpack else chunk
        found = commands(plain)
        if found is not None:
            return head, found, stream
        if len(plain) > _MAX_COMMANDS:
            break
    return head, [], stream


def _unpacked(unpack: "zlib._Decompress", chunk: bytes) -> bytes:
    try:
        return unpack.decompress(chunk, _MAX_COMMANDS)
    except zlib.error:
        # No gzip at all; git itself says so.
        return b""


async def _run(
    request: Request, repository: HostedRepository, more: dict[str, str], stream: AsyncIterator[bytes]
) -> StreamingResponse:
    path = await run_in_threadpool(lambda: repository.git.path)
    process = await asyncio.create_subprocess_exec(
        _backend(),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=_environment(request, path) | more,
    )
    feeding = asyncio.create_task(_feed(stream, process))
    status, headers = await _head(process)

    async def body() -> AsyncIterator[bytes]:
        assert process.stdout
        while chunk := await process.stdout.read(_CHUNK):
            yield chunk
        await feeding
        await process.wait()

    return StreamingResponse(body(), status_code=status, headers=headers)


async def _feed(stream: AsyncIterator[bytes], process: asyncio.subprocess.Process) -> None:
    assert process.stdin
    try:
        async for chunk in stream:
            process.stdin.write(chunk)
            await process.stdin.drain()
        process.stdin.close()
    except (BrokenPipeError, ConnectionResetError):
        # git has read all that it wanted; its answer says why.
        return
    except ClientDisconnect:
        process.stdin.close()


async def _head(process: asyncio.subprocess.Process) -> tuple[int, dict[str, str]]:
    assert process.stdout
    status, headers = 200, {}
    while (line := (await process.stdout.readline()).decode().strip()) != "":
        name, _, value = line.partition(": ")
        if name.lower() == "status":
            status = int(value.split()[0])
        else:
            headers[name] = value
    return status, headers


def _environment(request: Request, path: Path) -> dict[str, str]:
    action = request.url.path.split("/", 3)[3]
    found = environment() | {
        "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_PROJECT_ROOT": str(path),
        "PATH_INFO": f"/{action}",
        "QUERY_STRING": request.url.query,
        "REQUEST_METHOD": request.method,
        "CONTENT_TYPE": request.headers.get("content-type", ""),
        "REMOTE_USER": "callboard",
        "REMOTE_ADDR": "127.0.0.1",
    }
    names = {
        "git-protocol": "GIT_PROTOCOL",
        "content-length": "CONTENT_LENGTH",
        "content-encoding": "HTTP_CONTENT_ENCODING",
    }
    found |= {names[name]: value for name, value in request.headers.items() if name in names}
    return found
