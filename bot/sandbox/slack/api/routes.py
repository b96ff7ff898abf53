"""The Web API over HTTP: calls, uploads, private files, and the pages on which people agree to apps."""

import asyncio
import functools
import time
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.sandbox.slack.api.arguments import parse_json
from bot.sandbox.slack.api.consent import Consent
from bot.sandbox.slack.api.files import may_see, put
from bot.sandbox.slack.api.methods import BY_NAME
from bot.sandbox.slack.api.registry import Kind
from bot.sandbox.slack.api.scheduled import post_due
from bot.sandbox.slack.api.site import Site
from bot.sandbox.slack.api.web_api import Answer, WebApi, refused
from bot.sandbox.slack.api.wire import Sent, multipart_parts, read_request
from bot.sandbox.slack.records import TEAM_ID, File, Json, SlackError

_FILE_HEADERS = {
    # A file is a stranger's: it may run nothing on this origin.
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class ApiRoutes:
    """Puts the Web API on a server, and writes every call down.

    Args:
        api: What answers.
        journal: Where each call goes, with what was sent and what was answered.
    """

    def __init__(self, api: WebApi, journal: list[Json]) -> None:
        self._api = api
        self._journal = journal

    @property
    def _site(self) -> Site:
        return self._api.site

    def routes(self) -> list[Route]:
        """Every route of it."""
        return [
            Route("/api/{method}", self._call, methods=["GET", "POST"]),
            Route("/upload/v1/{ticket}", self._upload, methods=["POST", "PUT"]),
            Route("/files-pri/{key}/{rest:path}", self._file),
            *Consent(self._site).routes(),
        ]

    async def _call(self, request: Request) -> Response:
        name = request.path_params["method"]
        sent = Sent()
        try:
            sent = await read_request(request)
        except SlackError as error:
            answer = Answer(refused(error))
        else:
            answer = self._api.answer(name, sent)
        self._note(name, sent, answer)
        if name == "chat.scheduleMessage" and answer.body["ok"]:
            # A little late, so that the time has come by any rounding.
            delay = max(0.0, answer.body["post_at"] - self._site.wall()) + 0.05
            asyncio.get_running_loop().call_later(delay, functools.partial(post_due, self._site))
        return JSONResponse(answer.body, answer.status, headers=dict(answer.headers))

    def _note(self, name: str, sent: Sent, answer: Answer) -> None:
        self._journal.append(
            {
                "way": "in",
                "method": name,
                "arguments": _readable(name, sent.arguments),
                "answer": answer.body,
                "status": answer.status,
                "app": answer.app_id,
                "at": time.time(),
            }
        )

    async def _upload(self, request: Request) -> Response:
        """Take the bytes, as they are or as the file of a form."""
        body, kind = await request.body(), request.headers.get("content-type", "")
        if kind.lower().startswith("multipart/form-data"):
            try:
                parts = multipart_parts(body, kind)
            except ValueError:
                return PlainTextResponse("invalid_form_data", 400)
            found = [content for name, file, content in parts if file or name in ("file", "filename")]
            body = found[0] if found else b""
        # What Slack answers to an address that it does not know is not documented.
        if not put(self._site, request.path_params["ticket"], body):
            return PlainTextResponse("not_found", 404)
        return PlainTextResponse(f"OK - {len(body)}")

    async def _file(self, request: Request) -> Response:
        """A private file; without a good token the browser is sent to sign in, and gets a page instead of the file."""
        file = self._visible_file(request)
        if file is None:
            return RedirectResponse(f"{self._site.url}/?redir={request.url.path}", status_code=302)
        headers = dict(_FILE_HEADERS)
        if request.path_params["rest"].startswith("download/"):
            headers["Content-Disposition"] = f'attachment; filename="{file.address_name}"'
        return Response(file.content, media_type=file.mimetype, headers=headers)

    def _visible_file(self, request: Request) -> File | None:
        token = self._site.tokens.find(
            request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        )
        file = self._site.workspace.files.get(request.path_params["key"].removeprefix(f"{TEAM_ID}-"))
        if token is None or file is None or token.is_revoked or "files:read" not in token.scopes:
            return None
        return file if may_see(self._site, token.user, file) else None


def _readable(name: str, sent: Mapping[str, Any]) -> Json:
    """The arguments as the journal shows them: what a form sent as JSON text is told as what it says."""
    method = BY_NAME.get(name)
    shown = dict(sent)
    for argument in method.arguments if method else ():
        value = shown.get(argument.name)
        if argument.kind in (Kind.OBJECT, Kind.ARRAY) and isinstance(value, str):
            try:
                shown[argument.name] = parse_json(value)
            except ValueError:
                continue
    return shown
