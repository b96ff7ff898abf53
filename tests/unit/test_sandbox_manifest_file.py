"""The manifest that a sandbox is started with: what can be used is taken, what cannot be read is told at its line."""

from pathlib import Path

import pytest

from bot.sandbox.slack.manifest_file import read_manifest
from core.errors import InvalidFile


@pytest.mark.parametrize(
    "text",
    [
        "display_information: {name: Narrow}\noauth_config: {scopes: {bot: [chat:write]}}",
        '{"display_information": {"name": "N"}, "settings": {"event_subscriptions": {"bot_events": ["app_mention"]}}}',
        "display_information: {name: N}\nfeatures: {slash_commands: [{command: /go, description: Goes}]}",
    ],
    ids=["no bot user", "an event without its scope", "a command without its scope"],
)
def test_a_manifest_that_lacks_what_its_parts_need_can_be_used(tmp_path: Path, text: str) -> None:
    """A test of missing scopes begins with such a manifest; `apps.manifest.validate` is where Slack refuses it."""
    path = tmp_path / "manifest.yaml"
    path.write_text(text)

    assert "display_information" in read_manifest(path)


def test_a_part_that_slack_does_not_know_is_told_at_its_line(tmp_path: Path) -> None:
    path = tmp_path / "manifest.yaml"
    path.write_text("display_information:\n  name: Narrow\n  colour: red\n")

    with pytest.raises(InvalidFile) as refused:
        read_manifest(path)

    assert [(fault.line, "colour" in fault.message) for fault in refused.value.faults] == [(3, True)]
