"""A sync that waits for an administrator is decided about on the Home too."""

from bot.sandbox.people import SeenHome
from catalog_sync.entity.model import RepositoryName
from tests.scenarios.test_home import home, renewed
from tests.scenarios.world import THEATRE, World

GONE = ("old-box-office", "lobby-sign", "seat-map-api", "seat-map-web", "programme")


def test_an_administrator_decides_on_the_home(world: World) -> None:
    catalog, mira = world.callboard.catalog, world.person("mira")
    for name in GONE:
        catalog.github.delete_repository(RepositoryName(catalog.github.host, THEATRE.name, name))
    world.runs("catalog.sync", "sync:home", source=catalog.source_names[0])
    world.settled()

    asked: SeenHome = home(world, "mira")
    assert "would remove a lot, and waits for you" in asked.text
    assert "5 entries and 5 repositories" in asked.text
    assert "would remove a lot" not in home(world, "ana").text
    mira.clicks("Keep them")

    assert "Kept. Nothing leaves the catalog." in renewed(world, "mira", asked).text
    assert "would remove a lot" not in home(world, "mira").text
    assert "component:default/programme" in {str(entity.ref) for entity in catalog.store.entities()}
