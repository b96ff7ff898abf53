"""Backstage's own client for its catalog reads ours."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.world import API_TOKEN, World
from tests.tools import is_missing, official

SCRIPT = Path(__file__).resolve().parents[1] / "official" / "read_catalog.cjs"


@pytest.fixture(scope="module")
def read(world: World) -> Any:
    """What the client got."""
    official("@backstage/catalog-client")
    node = shutil.which("node")
    if node is None:
        is_missing("node is", "apt-get install nodejs")
    ended = subprocess.run(
        [node, SCRIPT, f"{world.callboard.web.url}/api/catalog", API_TOKEN],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_one_entity(read: Any) -> None:
    assert read["one"]["metadata"]["title"] == "Payments API"
    assert {"type": "ownedBy", "targetRef": "group:default/payments"} in read["one"]["relations"]
    assert read["nothing"] is None
    assert read["byRefs"] == [{"kind": "Component"}, None]
    assert read["ancestors"] == "group:default/payments"


def test_filters_and_order(read: Any) -> None:
    names = ["seat-map-web", "seat-map-api", "programme", "old-box-office"]

    assert read["filtered"] == [f"component:default/{name}" for name in names]
    assert len(read["page"]) == 2
    assert read["facets"] == {"kind": [{"value": "Component", "count": 8}, {"value": "Group", "count": 4}]}
    assert read["refused"] == {"name": "InputError", "status": 400}


def test_pages_by_filter_and_by_predicate(read: Any) -> None:
    pages = read["pages"]
    every = [ref for page in pages["found"] for ref in page]

    assert every == sorted(every)
    assert len(every) == pages["total"] == 8
    assert pages["back"] == pages["found"][-2]
    assert read["predicate"] == [
        "component:default/fraud-rules",
        "component:default/payments-api",
        "component:default/trojan-horse",
    ]
    assert len(read["streamed"]) == len(set(read["streamed"])) == 8


def test_locations(read: Any) -> None:
    assert read["place"]["target"] in read["places"]
    assert len(read["places"]) == read["locations"]


def test_entities_are_validated_and_read_again(read: Any) -> None:
    assert read["valid"] is True
    assert read["invalid"]["valid"] is False
    assert read["invalid"]["errors"]
    assert read["refreshed"] is None
