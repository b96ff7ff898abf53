"""Connects GitHub's webhooks with the catalog, its jobs and the web server."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from catalog_sync.deliveries import Deliveries, HookLog
from catalog_sync.delivery_rows import Errand
from catalog_sync.entity.model import RepositoryName
from catalog_sync.github.webhook import Refresh, What
from catalog_sync.jobs import WEBHOOK
from core.errors import GitHubUnavailable
from core.jobs import JSON

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from bot.catalog import Catalog

Enqueue = Callable[[str, str, dict[str, JSON]], bool]
"""``Jobs.enqueue``: job, key, payload; False when the key exists already."""


LookAtPull = Callable[[RepositoryName, int], object]
"""``CorrectionWork.look``: what became of a pull request."""


def deliveries_of(
    catalog: "Catalog", enqueue: Enqueue, look_at_pull: LookAtPull = lambda _name, _number: None
) -> Deliveries:
    """The webhooks of one catalog."""

    def look(refresh: Refresh) -> None:
        if refresh.what is What.PULL:
            look_at_pull(refresh.name, refresh.number)
        else:
            look_again(catalog, refresh)

    def hand_over(errand: Errand) -> None:
        enqueue(WEBHOOK, errand.key, {"subject": errand.subject})

    return Deliveries(
        catalog.database,
        catalog.clock,
        sources=catalog.source_names,
        descriptors=catalog.descriptors,
        branch=catalog.settings.catalog.branch,
        enqueue=hand_over,
        refresh=look,
    )


def look_again(catalog: "Catalog", refresh: Refresh) -> None:
    """Look at one part of the catalog as it is now.

    Raises:
        GitHubUnavailable: GitHub did not answer, or not wholly; what is known stays.
        UserError: GitHub refused.
    """
    if refresh.what is What.REPOSITORY:
        report = catalog.look_at(refresh.name)
        if report.unread:
            raise GitHubUnavailable(report.unread[0])
    elif refresh.what is What.TEAMS:
        catalog.refresh_teams(refresh.host, refresh.organization)
    else:
        catalog.sync_source(refresh.source)
        catalog.read_docs(refresh.source)


def logs_of(catalog: "Catalog") -> list[HookLog]:
    """What the hosts could not deliver, of every host that has a webhook."""
    from catalog_sync.github.hooks import hook_logs

    hosts = [host for host in catalog.hosts if host.webhook_secrets]
    return [log for host in hosts for log in hook_logs(host, catalog.clock)]


def webhook_routes(catalog: "Catalog", deliveries: Deliveries) -> "list[BaseRoute]":
    """The address that GitHub delivers to; none where no host has a secret."""
    from bot.web.github_webhook import WebhookSecrets, github_route

    found = {
        host.host.lower(): [secret.get_secret_value() for secret in host.webhook_secrets]
        for host in catalog.hosts
    }
    if not any(found.values()):
        return []
    return [github_route(WebhookSecrets(catalog.settings.github.host.lower(), found), deliveries.receive)]
