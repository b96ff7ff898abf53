"""What the host could not deliver, asked of it over HTTP: as the App, or with a token for the organisation's hook."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from catalog_sync.github.hooks import WEBHOOK_PATH, GitHubHookLog, hook_logs
from core.clock import FixedClock, SystemClock
from core.errors import NotAllowed
from core.settings import GitHubSettings
from tests.scenarios.rest_world import Hub, serving

NOBODY = f"http://127.0.0.1:9{WEBHOOK_PATH}"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    # A JWT is made by the machine's own clock.
    yield from serving(tmp_path, SystemClock())


def settings(hub: Hub, **more: object) -> GitHubSettings:
    return GitHubSettings.model_validate(
        {"api_url": hub.server.api_url, "host": "github.local", "organizations": ("acme",), **more}
    )


def as_app(hub: Hub) -> GitHubSettings:
    app = hub.server.app
    return settings(hub, app_id=app.id, app_private_key=SecretStr(app.private_key))


def failing(hub: Hub, *paths: str) -> None:
    """Pushes that nobody hears of."""
    for path in paths:
        hub.write(path)
    assert hub.server.webhooks.settled()


def log_of(hub: Hub, found: GitHubSettings) -> GitHubHookLog:
    (log,) = hook_logs(found, SystemClock())
    return log


LONG_AGO = SystemClock().now() - timedelta(days=3)


def test_the_app_reads_its_failures_the_newest_first_and_asks_again(hub: Hub) -> None:
    hub.server.webhooks.deliver_to(NOBODY)
    failing(hub, "a.md", "b.md")
    log = log_of(hub, as_app(hub))

    found = list(log.failed(LONG_AGO))
    log.again(found[-1])

    assert hub.server.webhooks.settled()
    sent = hub.server.webhooks.deliveries
    assert [one.guid for one in found] == [sent[1].guid, sent[0].guid]
    assert [(one.guid, one.is_redelivery) for one in sent[2:]] == [(found[-1].guid, True)]


def test_more_failures_than_a_page_are_read_to_the_end(hub: Hub) -> None:
    webhooks = hub.server.webhooks
    webhooks.deliver_to(NOBODY)
    webhooks.drop(230)
    for number in range(230):
        webhooks.emit("push", {"number": number})
    assert webhooks.settled()

    found = list(log_of(hub, as_app(hub)).failed(LONG_AGO))

    assert [one.guid for one in reversed(found)] == [one.guid for one in webhooks.deliveries]


def test_what_is_older_than_asked_for_ends_the_reading(hub: Hub) -> None:
    hub.server.webhooks.deliver_to(NOBODY)
    failing(hub, "a.md")

    assert list(log_of(hub, as_app(hub)).failed(SystemClock().now() + timedelta(minutes=1))) == []


def test_a_token_finds_the_hooks_of_the_organisation_that_point_to_us(hub: Hub) -> None:
    for url in ("http://127.0.0.1:9/elsewhere", NOBODY):
        hub.done("POST", "/orgs/acme/hooks", {"name": "web", "config": {"url": url}, "events": ["push"]}, 201)
    failing(hub, "a.md")
    log = log_of(hub, settings(hub, token=SecretStr(hub.server.publish_token)))

    events = [one.event for one in log.failed(LONG_AGO)]

    assert events == ["push", "ping"]


def test_a_token_that_may_not_see_hooks_reads_nothing(hub: Hub) -> None:
    token = hub.server.new_token({"contents": "read", "metadata": "read"})

    assert hook_logs(settings(hub, token=SecretStr(token)), SystemClock()) == []


def test_a_delivery_that_left_the_log_is_no_fault(hub: Hub) -> None:
    hub.server.webhooks.deliver_to(NOBODY)
    failing(hub, "a.md")
    log = log_of(hub, as_app(hub))
    (found,) = log.failed(LONG_AGO)
    hub.server.webhooks._log.clear()

    log.again(found)

    assert hub.server.webhooks.deliveries == []


def test_without_any_sign_in_it_is_said(hub: Hub, clock: FixedClock) -> None:
    with pytest.raises(NotAllowed, match="No GitHub token"):
        hook_logs(settings(hub), clock)
