"""git over smart HTTP: git's own http-backend as a CGI program, streamed in both directions."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from bot.sandbox.github.state import HostedRepository, State

_CHUNK = 64 * 1024


@cache
def _backend() -> str:
    done = subprocess.run(["git", "--exec-path"], capture_output=True, text=True, check=True)
    return str(Path(done.stdout.strip()) / "git-http-backend")


class SmartHttp:
    """The routes that git uses."""

    def __init__(self, state: State) -> None:
        self._state = state

    def routes(self) -> list[Route]:
        """Discovery, fetch and push."""
        base = "/{owner}/{name}.git"
        return [
            Route(f"{base}/info/refs", self._serve),
            Route(f"{base}/git-upload-pack", self._serve, methods=["POST"]),
            Route(f"{base}/git-receive-pack", self._serve, methods=["POST"]),
        ]

    async def _serve(self, request: Request) -> Response:
        repository = self._state.repository(request.path_params["owner"], request.path_params["name"])
        if repository is None:
            return Response("Repository not found.", status_code=404)
        process = await asyncio.create_subprocess_exec(
            _backend(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=_environment(request, repository),
        )
        feeding = asyncio.create_task(_feed(request, process))
        status, headers = await _head(process)
        is_push = request.url.path.endswith("/git-receive-pack")

        async def body() -> AsyncIterator[bytes]:
            assert process.stdout
            while chunk := await process.stdout.read(_CHUNK):
                yield chunk
            await feeding
            await process.wait()

        if not is_push:
            return StreamingResponse(body(), status_code=status, headers=headers)
        before = repository.git.head_oid
        content = b"".join([chunk async for chunk in body()])
        if repository.git.head_oid != before:
            self._state.pushed(repository)
        return Response(content, status_code=status, headers=headers)


async def _feed(request: Request, process: asyncio.subprocess.Process) -> None:
    assert process.stdin
    try:
        async for chunk in request.stream():
            process.stdin.write(chunk)
            await process.stdin.drain()
        process.stdin.close()
    except (BrokenPipeError, ConnectionResetError):
        # git has read all that it wanted; its answer says why.
        return


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


def _environment(request: Request, repository: HostedRepository) -> dict[str, str]:
    action = request.url.path.partition(".git/")[2]
    environment = {
        "PATH": "/usr/bin:/bin",
        "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_PROJECT_ROOT": str(repository.git.path),
        "PATH_INFO": f"/{action}",
        "QUERY_STRING": request.url.query,
        "REQUEST_METHOD": request.method,
        "CONTENT_TYPE": request.headers.get("content-type", ""),
        "REMOTE_USER": "callboard",
        "REMOTE_ADDR": "127.0.0.1",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        # The repositories belong to whoever started the sandbox; git need not wonder.
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
    }
    if protocol := request.headers.get("git-protocol"):
        environment["GIT_PROTOCOL"] = protocol
    if length := request.headers.get("content-length"):
        environment["CONTENT_LENGTH"] = length
    if encoding := request.headers.get("content-encoding"):
        environment["HTTP_CONTENT_ENCODING"] = encoding
    return environment
