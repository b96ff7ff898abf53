"""``$text``, ``$json`` and ``$yaml`` are replaced by what Backstage replaces them by, from the files it reads.

One rule is stricter on purpose: Backstage reads whatever address does not look like a Git host's;
Callboard reads files of the entity's own repository only, so such a case has to be refused here.
"""

import re
from urllib.parse import quote, urlsplit

import pytest

from catalog_sync.entity.addresses import Checkout, Reach, resolve
from catalog_sync.entity.model import RepositoryName
from catalog_sync.entity.placeholders import PlaceholderRefused, Reason, substitute
from core.access import Visibility
from tests.conformance.cases import Case, cases, document, has

READABLE: dict[str, str] = document("placeholders")["about"]["readable"] if has("placeholders") else {}
HOSTS = ("github.com", "ghe.example.org")
PAGE = re.compile(r"https://([^/]+)/([^/]+)/([^/]+)/(?:blob|tree|raw|edit)/([^/]+)/(.+)\Z")


class Host:
    """The repository that an entity was read from, and the addresses at which its files lie."""

    def __init__(self, target: str) -> None:
        found = PAGE.match(target)
        host, owner, name, branch, self.path = (
            found.groups() if found else ("nowhere.example", "a", "b", "c", "d")
        )
        repository = RepositoryName(host, owner, name)
        url = f"https://{host}/{owner}/{name}"
        self.checkout = Checkout("github", repository, url, branch, Visibility.PUBLIC)
        self.reads: set[str] = set()

    def read(self, reference: str) -> str:
        target = resolve(reference, self.path, self.checkout)
        if target.reach is Reach.OTHER_REPOSITORY:
            raise PlaceholderRefused(Reason.OTHER_REPOSITORY, "another repository")
        branch, colon, path = target.key.partition(":")
        if not colon:
            branch, path = self.checkout.branch or "", target.key
        url = f"{self.checkout.url}/tree/{branch}/{quote(path, safe='/#?@:!$&()*+,;=~')}"
        if target.reach is Reach.NOWHERE or url not in READABLE:
            raise PlaceholderRefused(Reason.UNREADABLE, "there is no such file")
        self.reads.add(url)
        return READABLE[url]


def is_outside(expect: Case) -> bool:
    """Whether Backstage read from an address that belongs to no Git host."""
    return any(urlsplit(url).hostname not in HOSTS for url in expect.get("reads", ()))


@pytest.mark.parametrize(("given", "expect"), cases("placeholders"))
def test_a_placeholder_becomes_what_it_becomes_for_backstage(given: Case, expect: Case) -> None:
    host = Host(given["target"])
    found = substitute({"definition": given["definition"]}, host.read)

    if "error" in expect or is_outside(expect):
        assert found.refused
        reason = expect.get("error", {}).get("reason")
        if reason and PAGE.match(given["target"]):
            assert found.refused[0][1].reason == reason
        return
    assert not found.refused
    assert found.value == {"definition": expect["value"]}
    assert sorted(host.reads) == expect["reads"]
    assert [f"url:{url}" for url in sorted(host.reads)] == expect["refreshKeys"]
