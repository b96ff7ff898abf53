"""The fact sources that ship, one file each; strangers' come through the same hook."""

from scorecards.facts.catalog import CatalogFacts
from scorecards.facts.docs import DocsFacts
from scorecards.facts.repository import RepositoryFacts
from scorecards.facts.team import TeamFacts
from scorecards.vocabulary import FactSource


def callboard_facts() -> tuple[FactSource, ...]:
    """The built-in fact sources."""
    return (CatalogFacts(), TeamFacts(), RepositoryFacts(), DocsFacts())
