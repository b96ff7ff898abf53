"""The sandbox in a process of its own, so that the bot can die while Slack and GitHub live on."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.errors import CallboardError

_READY_S = 30


class SandboxProcess:
    """A local Slack and GitHub that run until ``stop``.

    Args:
        organization: The folder of ``organization.yaml``.
        others: Such folders of further organisations on the same GitHub.
        manifest: The app's manifest; without one it may do everything.
    """

    def __init__(
        self,
        organization: Path,
        others: Sequence[Path] = (),
        *,
        manifest: Path | None = None,
        slack_port: int = 0,
        github_port: int = 0,
    ) -> None:
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "bot",
                "sandbox",
                *(part for folder in (organization, *others) for part in ("--org", str(folder))),
                "--slack-port",
                str(slack_port),
                "--github-port",
                str(github_port),
                "--until-input-ends",
                "--json",
                *(["--manifest", str(manifest)] if manifest else []),
            ],
            stdout=subprocess.PIPE,
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            self.addresses = self._read_addresses()
        except BaseException:
            self.stop()
            raise

    @property
    def page(self) -> str:
        """The address that people open."""
        return str(self.addresses["slack"]["api_url"]).removesuffix("/api/")

    def stop(self) -> None:
        """End it; its repositories are gone with it."""
        self._process.terminate()
        self._process.wait(timeout=20)
        for stream in (self._process.stdout, self._process.stdin):
            if stream:
                stream.close()

    def _read_addresses(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            self._process.wait(timeout=_READY_S)
            raise CallboardError(f"the sandbox ended with code {self._process.returncode}")
        addresses: dict[str, Any] = json.loads(line)
        return addresses


def settings_text(addresses: dict[str, Any], organization: str, data_dir: Path, **more: Any) -> str:
    """A settings file for a bot that talks to the sandbox; JSON, which is YAML too.

    Args:
        addresses: What the sandbox printed.
        organization: The organisation on its GitHub.
        data_dir: Where the bot keeps its database.
        more: Further sections, merged over these.
    """
    slack, github = addresses["slack"], addresses["github"]
    values: dict[str, Any] = {
        "data_dir": str(data_dir),
        "github": {
            "organizations": [organization],
            "api_url": github["api_url"],
            "host": "github.local",
            "token": github["read_token"],
            "publish_token": github["publish_token"],
        },
        "slack": {
            "api_url": slack["api_url"],
            "bot_token": slack["bot_token"],
            "app_token": slack["app_token"],
            "signing_secret": slack["signing_secret"],
            "default_channel": "#engineering",
        },
        "teams": {"channels": {"web": "#web-team"}},
        "web": {"port": 0},
        "log": {"level": "warning"},
    }
    for section, changes in more.items():
        values[section] = {**values.get(section, {}), **changes} if isinstance(changes, dict) else changes
    return json.dumps(values)
