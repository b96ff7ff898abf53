"""``callboard serve`` as a process of its own, which talks to a local Slack."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Literal

from bench.measure import cpu_s, memory_mb
from bot.sandbox.slack import LocalSlack
from core.errors import CallboardError

Mode = Literal["socket", "http"]


class Serving:
    """A bot that runs until ``stop``; ``started_s`` is how long it took to say that it runs."""

    def __init__(self, folder: Path, database: str, slack: LocalSlack, mode: Mode) -> None:
        config = folder / "callboard.yaml"
        config.write_text(_settings(folder, database, slack, mode), encoding="utf-8")
        config.chmod(0o600)
        called = [sys.executable, "-m", "bot", "serve"]
        started = time.perf_counter()
        self._process = subprocess.Popen(
            called, stdout=subprocess.PIPE, text=True, env={**os.environ, "CALLBOARD_CONFIG": str(config)}
        )
        assert self._process.stdout
        line = self._process.stdout.readline()
        self.started_s = time.perf_counter() - started
        if not line:
            raise CallboardError(f"callboard serve ended with code {self._process.wait(timeout=30)}")
        self.url = line.split()[-1].removesuffix("/health")

    @property
    def memory_mb(self) -> float | None:
        """The memory that it holds now."""
        return memory_mb(self._process.pid)

    @property
    def cpu_s(self) -> float | None:
        """The processor time that it has used."""
        return cpu_s(self._process.pid)

    def stop(self) -> None:
        """End it and wait for that."""
        self._process.terminate()
        self._process.wait(timeout=30)
        if self._process.stdout:
            self._process.stdout.close()


def _settings(folder: Path, database: str, slack: LocalSlack, mode: Mode) -> str:
    """A settings file; without organisations nothing is synced while we measure."""
    return json.dumps(
        {
            "data_dir": str(folder / "data"),
            "database_url": database,
            "github": {"token": "unused"},
            "slack": {
                "mode": mode,
                "api_url": slack.api_url,
                "bot_token": slack.bot_token,
                "app_token": slack.app_token,
                "signing_secret": slack.signing_secret,
            },
            "web": {"port": 0},
            "log": {"level": "warning"},
        }
    )
