"""A theatre whose GitHub tells the bot what changes, and the truth to compare its catalog with."""

import base64
import hashlib
import hmac
from pathlib import Path
from typing import Any

import requests

from bot.catalog import Catalog
from bot.sandbox.github.webhooks import Delivery
from catalog_sync.docs.store import DocsStore
from catalog_sync.github.hooks import WEBHOOK_PATH
from catalog_sync.jobs import MISSED
from catalog_sync.store import CatalogStore
from core.access import OPERATOR
from tests.scenarios.world import THEATRE, World

ORG = f"/orgs/{THEATRE.name}"
NOWHERE = "http://127.0.0.1:9/"


class Stage:
    """A theatre whose GitHub tells the bot everything."""

    def __init__(self, folder: Path, *, as_app: bool) -> None:
        self.world = World(folder, mode="http", as_app=as_app)
        self.hooks = self.world.github.webhooks
        self.url = f"{self.world.callboard.web.url}{WEBHOOK_PATH}"
        self.hooks.deliver_to(self.url)
        self.store = self.world.callboard.catalog.store
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {self.world.github.publish_token}"
        self._jobs = 0

    def does(self, method: str, path: str, body: Any = None) -> Any:
        """Somebody changes something on GitHub."""
        answer = self._session.request(method, self.world.github.url + path, json=body, timeout=30)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def creates(self, name: str, files: dict[str, str]) -> None:
        self.does("POST", f"{ORG}/repos", {"name": name, "private": False})
        self.writes(name, files)

    def writes(self, name: str, files: dict[str, str], **more: str) -> None:
        """Commits to a repository, one for each file."""
        for path, text in files.items():
            url = f"/repos/{THEATRE.name}/{name}/contents/{path}"
            found = self._session.get(self.world.github.url + url, timeout=30)
            sha = {"sha": found.json()["sha"]} if found.ok else {}
            content = base64.b64encode(text.encode()).decode()
            self.does("PUT", url, {"message": "Go on", "content": content, **sha, **more})

    def settles(self) -> None:
        """Everything that is not held back is delivered, and what followed from it is done."""
        assert self.hooks.settled()
        self.world.settled()

    def misses(self) -> Any:
        """What the job finds that looks for missed deliveries."""
        self._jobs += 1
        return self.world.runs(MISSED, f"missed:{self._jobs}").result

    def owner_of(self, name: str) -> list[str]:
        answer = self.world.callboard.catalog.ask.who_owns(name, OPERATOR)
        return [owner.ref for owner in answer.owners]

    def refs(self) -> set[str]:
        return {str(entity.ref) for entity in self.store.entities()}

    def row(self, name: str) -> Any:
        """What the catalog holds of a repository."""
        return next((row for row in self.store.repositories() if row["name"] == name), {})

    def team(self, slug: str) -> Any:
        """What the catalog holds of a team."""
        return next((row for row in self.store.teams() if row["slug"] == slug), {})

    def asked(self, before: int) -> list[str]:
        """The paths of what the bot asked GitHub since so many requests had come in."""
        seen = list(self.world.github.requests)[before:]
        return [one.path for one in seen if one.kind in ("graphql", "git") or "/git/trees" in one.path]

    def last(self) -> Delivery:
        return self.hooks.deliveries[-1]

    def deliver(self, body: bytes, secret: str, **headers: str) -> requests.Response:
        """Deliver as GitHub would, signed with a secret."""
        digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"X-GitHub-Event": "push", "X-Hub-Signature-256": f"sha256={digest}", **named}
        return requests.post(self.url, data=body, headers=sent, timeout=30)

    def is_the_truth(self) -> None:
        """The catalog holds what a first sync of everything into an empty one would."""
        self.settles()
        self._jobs += 1
        folder = self.world.folder / f"truth{self._jobs}"
        other = Catalog(self.world.callboard.settings.model_copy(update={"data_dir": folder}))
        try:
            other.sync_all()
            ours, theirs = content(self.store), content(other.store)
            assert differences(ours, theirs) == []
        finally:
            other.database.close()


def content(store: CatalogStore) -> dict[str, Any]:
    docs = DocsStore(store.database)
    return {
        "entities": {str(entity.ref): entity for entity in store.entities()},
        "refusals": store.refusals(),
        "repositories": {
            row["key"]: {name: row[name] for name in row if name not in ("walk", "generation")}
            for row in store.repositories()
        },
        "teams": {row["key"]: row["digest"] for row in store.teams()},
        "docs to read": docs.docs_to_read(f"github:github.local/{THEATRE.name}"),
    }


def differences(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """Each value that differs, with both sides."""
    found = []
    for part, mine in ours.items():
        if not isinstance(mine, dict):
            found += [f"{part}: {mine} is not {theirs[part]}"] if mine != theirs[part] else []
            continue
        for key in sorted({*mine, *theirs[part]}):
            one, other = mine.get(key), theirs[part].get(key)
            if one != other:
                both = isinstance(one, dict) and isinstance(other, dict)
                names = [name for name in one if one[name] != other[name]] if both else []
                found.append(
                    f"{part} {key}: "
                    + "; ".join(f"{name} {one[name]!r} is not {other[name]!r}" for name in names)
                    if names
                    else f"{part} {key}: {one} is not {other}"
                )
    return found
