"""The organisation that the benchmarks run on: always the same, and good through and through."""

import random
from pathlib import Path

import pytest

from bench.generate import ORGANIZATION, Generated, misspelt
from bench.measure import percentile
from bot.sandbox.organization import load_organization
from catalog_sync.providers.folder import FolderProvider


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_has_the_size_that_backstage_was_measured_with():
    assert Generated(10_000).entities == 12_520


def test_is_the_same_at_every_run(tmp_path):
    for name in ("one", "two"):
        generated = Generated(20)
        generated.write(tmp_path / name)
        generated.write_docs(tmp_path / name)

    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")


def test_no_descriptor_is_refused_and_every_entity_is_read(tmp_path):
    generated = Generated(60)
    generated.write(tmp_path)

    provider = FolderProvider(tmp_path / "repositories", ORGANIZATION)
    records = list(provider.read([item.id for page in provider.pages(None) for item in page.seen]))

    assert [refusal for record in records for refusal in record.refusals] == []
    assert len({str(entity.ref) for record in records for entity in record.entities}) == generated.entities


def test_a_change_touches_the_share_and_nothing_else(tmp_path):
    generated = Generated(50)
    generated.write(tmp_path)
    before = files_of(tmp_path)

    count = generated.change(tmp_path, 0.1)

    after = files_of(tmp_path)
    assert count == 5
    assert after.keys() == before.keys()
    assert sum(after[path] != before[path] for path in before) == 5


def test_the_local_github_takes_it(tmp_path):
    generated = Generated(20)
    generated.write(tmp_path)

    organization = load_organization(tmp_path)

    assert {sample.row.name for sample in organization.repositories} >= set(generated.components)
    assert [team.slug for team in organization.teams] == list(generated.groups)


@pytest.mark.parametrize("seed", range(5))
def test_a_misspelt_name_has_the_same_letters_in_another_order(seed):
    wrong = misspelt("amber-ledger-worker", random.Random(seed))

    assert wrong != "amber-ledger-worker"
    assert sorted(wrong) == sorted("amber-ledger-worker")


@pytest.mark.parametrize(("percent", "expected"), [(0, 1.0), (50, 2.0), (75, 3.0), (99, 4.0), (100, 4.0)])
def test_a_percentile_is_one_of_the_values(percent, expected):
    assert percentile([4.0, 1.0, 3.0, 2.0], percent) == expected
