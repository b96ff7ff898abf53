"""What people ask about a messy organisation, read from folders, and what is right."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr

from bot.catalog import Catalog
from catalog_sync.answers import OwnerAnswer
from core.access import OPERATOR
from core.settings import Settings
from tests.usecases.messy_organization import write_organizations

TABLE = yaml.safe_load((Path(__file__).parent / "who_table.yaml").read_text(encoding="utf-8"))
ROWS = [pytest.param(*row, id=f"{part}: {row[0]}") for part, rows in TABLE.items() for row in rows]


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("who")
    settings = Settings(data_dir=folder, database_url=SecretStr(f"sqlite:///{folder / 'callboard.db'}"))
    catalog = Catalog(settings)
    for organization, repositories in write_organizations(folder / "organizations").items():
        catalog.sync_folder(repositories, organization)
    yield catalog
    catalog.database.close()


def whole(name: str, kind: str) -> str:
    return name if ":" in name or not name else f"{kind}:default/{name}"


@pytest.mark.parametrize(("question", "about", "owners", "why", "entity"), ROWS)
def test_the_right_answer_comes_first(
    catalog: Catalog, question: str, about: str, owners: list[str], why: str, entity: str
) -> None:
    answer: OwnerAnswer = catalog.ask.who_owns(question, OPERATOR)

    shown = (answer.about, [owner.ref for owner in answer.owners], str(answer.entity or ""))
    assert shown == (about, [whole(name, "group") for name in owners], whole(entity, "component"))
    assert answer.why.startswith(why)


def test_the_table_is_long_enough_to_say_something() -> None:
    assert len(ROWS) >= 150
