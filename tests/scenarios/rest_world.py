"""A local GitHub asked over HTTP, where every exchange is compared with GitHub's own description."""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import requests

from bot.sandbox.github import LocalGitHub
from bot.sandbox.organization import (
    CommitPlan,
    Organization,
    RepositoryRow,
    SampleRepository,
    small_organization,
)
from core.access import Visibility
from core.clock import Clock
from tests.official_rest import is_installed, wrong

Json = Any
HELLO, OPEN = "/repos/acme/hello", "/repos/acme/open"


class Hub:
    """A local GitHub with a private repository (hello) and a public one (open), and somebody who asks it."""

    def __init__(self, folder: Path, clock: Clock, others: Sequence[Organization] = ()) -> None:
        organization = small_organization()
        row = RepositoryRow(
            name="open", visibility=Visibility.PUBLIC, license="MIT", commits=(CommitPlan(days_ago=5),)
        )
        files = {"LICENSE": b"MIT\n", "docs/README.md": b"# Open\n", "run.py": b"print(1)\n"}
        more = (*organization.repositories, SampleRepository(row, files))
        self.server = LocalGitHub(folder, replace(organization, repositories=more), clock, others)
        self.session = requests.Session()

    def ask(
        self, method: str, path: str, body: Json = None, token: str | None = None, **headers: str
    ) -> requests.Response:
        """Ask as the token that may do everything, another one, or (with an empty text) nobody."""
        token = self.server.publish_token if token is None else token
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent |= {"Authorization": f"Bearer {token}"} if token else {}
        url = path if path.startswith("http") else self.server.url + path
        data = body if isinstance(body, bytes) else None
        return self.session.request(
            method,
            url,
            json=None if data is not None else body,
            data=data,
            headers=sent,
            timeout=60,
            allow_redirects=False,
        )

    def got(self, path: str, token: str | None = None) -> Json:
        """What a GET with status 200 answers."""
        response = self.ask("GET", path, token=token)
        assert response.status_code == 200, response.text
        return response.json()

    def done(self, method: str, path: str, body: Json = None, status: int = 200) -> Json:
        """What a request answers that is carried out."""
        response = self.ask(method, path, body)
        assert response.status_code == status, response.text
        return response.json() if response.content else None

    def write(self, path: str, text: str = "x", repository: str = HELLO, **more: str) -> Json:
        """Put a new file into a repository."""
        body = {"message": "Go on", "content": base64.b64encode(text.encode()).decode(), **more}
        return self.done("PUT", f"{repository}/contents/{path}", body, 201)

    def branch(self, name: str, repository: str = HELLO) -> str:
        """A new branch with a commit of its own; its head."""
        head = self.got(f"{repository}/git/ref/heads/main")["object"]["sha"]
        self.done("POST", f"{repository}/git/refs", {"ref": f"refs/heads/{name}", "sha": head}, 201)
        made = self.write(f"{name}.txt", repository=repository, branch=name)
        return str(made["commit"]["sha"])


def serving(folder: Path, clock: Clock, others: Sequence[Organization] = ()) -> Iterator[Hub]:
    """A hub that runs, and whose exchanges are as GitHub describes them."""
    hub = Hub(folder, clock, others)
    hub.server.start()
    yield hub
    hub.server.stop()
    if is_installed():
        found = wrong(hub.server.exchanges)
        assert not found, "\n".join(found)
