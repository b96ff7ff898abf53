"""Reads the files with the answers of Backstage's own packages; CALLBOARD_CONFORMANCE_DIR names another folder."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from catalog_sync.entity.model import Entity, EntityRef, Source
from core.access import Visibility

FOLDER = Path(os.environ.get("CALLBOARD_CONFORMANCE_DIR") or Path(__file__).parent)
NOWHERE = Source("", "", "", Visibility.PUBLIC)

Case = dict[str, Any]


def document(name: str) -> Case:
    """One file: what it is about, and its cases."""
    found: Case = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found


def has(name: str) -> bool:
    """Whether there is such a file; another folder may hold some of them only."""
    return (FOLDER / f"{name}.json").is_file()


def cases(name: str, *topics: str) -> list[Any]:
    """The cases of a file as parameters ``given, expect``; only those of some topics (``refs.TOPIC.001``)."""
    if not has(name):
        reason = f"{FOLDER} holds no {name}.json"
        return [pytest.param({}, {}, id=f"{name}.none", marks=pytest.mark.skip(reason=reason))]
    return [
        pytest.param(case["input"], case["expect"], id=case["id"])
        for case in document(name)["cases"]
        if not topics or case["id"].split(".")[1] in topics
    ]


def entity_of(value: Case) -> Entity:
    """An entity of which only the document matters."""
    metadata = value["metadata"]
    ref = EntityRef(value["kind"], metadata.get("namespace", "default"), metadata["name"])
    return Entity(ref, value["apiVersion"], metadata, value.get("spec") or {}, NOWHERE)
