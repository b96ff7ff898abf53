"""A catalog file becomes entities; what is wrong with it is told all at once, each fault at its place."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from catalog_sync.entity.check import check_descriptor
from catalog_sync.entity.descriptor import OWNER_IS_LOOKED_FOR, Descriptor, read_descriptor
from catalog_sync.entity.kinds import MOST_FLAWS, flaws_of
from catalog_sync.entity.model import RepositoryName, Source
from catalog_sync.entity.relations import relations_of
from catalog_sync.entity.rules import CustomKind, KindRules, RelationRule, Shape, SpecField
from core.access import Visibility
from core.errors import Severity

SOURCE = Source(
    "github",
    "github.com/acme/shop/catalog-info.yaml",
    "https://github.com/acme/shop/blob/main/catalog-info.yaml",
    Visibility.PUBLIC,
    RepositoryName("github.com", "acme", "shop"),
    "catalog-info.yaml",
)
HEAD = "apiVersion: backstage.io/v1alpha1\nkind: {kind}\nmetadata:\n  name: a\nspec:\n"


def read(text: str, rules: KindRules | None = None) -> Descriptor:
    return read_descriptor(text, SOURCE, rules or KindRules())


def component(spec: str) -> str:
    return HEAD.format(kind="Component") + "  type: service\n  lifecycle: production\n" + spec


def linted(text: str, severity: Severity = Severity.ERROR, **more: Any) -> list[str]:
    return [
        f"{fault.line}:{fault.column} {fault.message}"
        for fault in check_descriptor(text, "catalog-info.yaml", **more)
        if fault.severity is severity
    ]


@pytest.mark.parametrize("owner", ["", "  owner:\n", "  owner: ''\n"])
def test_an_entry_whose_only_fault_is_a_missing_owner_is_kept_without_one_and_told(owner: str) -> None:
    found = read(component(owner + "  system: shop\n"))

    assert [entity.ref.name for entity in found.entities] == ["a"]
    assert found.entities[0].spec.get("owner", "none") == "none"
    assert found.entities[0].spec["system"] == "shop"
    assert found.refusals[0].message in ("spec.owner is missing", "spec.owner must be text")
    assert found.refusals[0].hint == OWNER_IS_LOOKED_FOR


@pytest.mark.parametrize("spec", ["  system: 5\n", "  owner: [a]\n", "  owner: 5\n", "  dependsOn: [db]\n"])
def test_an_entry_with_any_other_fault_is_not_kept(spec: str) -> None:
    assert read(component(spec)).entities == ()


def test_a_foreign_field_is_refused_at_its_own_line_and_a_long_name_is_cut() -> None:
    found = linted(component("  owner: a\n") + "owner: a\nb/c~d: 1\n? " + "k" * 500 + "\n: 1\n")

    assert [line.split(" ", 1)[0] for line in found] == ["9:1", "10:1", "11:3"]
    assert found[1].endswith("b/c~d is no field of an entity")
    assert len(found[2]) < 150


def test_lint_says_of_a_missing_owner_what_backstage_says() -> None:
    assert linted(component("")) == ["5:1 spec.owner is missing"]


def test_a_group_needs_no_owner() -> None:
    text = HEAD.format(kind="Group") + "  type: team\n  children: []\n"

    assert (len(read(text).entities), read(text).refusals) == (1, ())


def test_every_fault_of_a_file_is_told_at_once() -> None:
    text = (
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: 12\n  tags: [Java]\n"
        "spec:\n  type: service\n  lifecycle: production\n  owner: {{ x }}\n  dependsOn: [db, component:x]\n---\nhello\n"
    )

    assert linted(text) == [
        "4:3 metadata.name must be text",
        "5:10 metadata.tags.0 is not valid",
        "9:3 spec.owner must be text",
        '10:15 Entity reference "db" had missing or empty kind (e.g. did not start with "component:" or similar)',
        "12:1 this document is not an entity",
    ]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (component("  owner: 5\n"), 'put it in quotes: "5"'),
        (component("  owner: yes\n  system: true\n"), 'put it in quotes: "true"'),
        (component("  owner: {{ x }}\n"), "put quotes around text in braces"),
        (component("  owner: [a]\n"), "write one value, not a list"),
        (component("  owner: a\n  dependsOn: [db]\n"), "such as component:db or resource:db"),
        (component("  owner: a\n  dependsOn: component:db\n"), "write [component:db]"),
        (component("  owner: a\n").replace("name: a", "name: My Shop!"), "such as My-Shop"),
        (component("  owner: a\n").replace("name: a", "name: '{{ x }}'"), "a template that was not rendered"),
        (component("  owner: a\n").replace("name: a", "name: a\n  tags: [Big Data]"), "such as big-data"),
        (
            component("  owner: a\n").replace("name: a", "name: a\n  links: [{url: x.com/y}]"),
            "such as https://x.com/y",
        ),
        (component("  owner: a\n").replace("Component", "component"), "did you mean Component"),
        (component("  owner: a\n").replace("Component", "Deployment"), "catalog.unknown_kinds: keep"),
    ],
)
def test_a_fault_says_how_to_mend_it(text: str, hint: str) -> None:
    (fault,) = check_descriptor(text, "catalog-info.yaml")

    assert hint in fault.hint


@pytest.mark.parametrize(
    ("kind", "field", "meant"),
    [
        ("Component", "subComponentOf", "subcomponentOf"),
        ("Component", "consumesApi", "consumesApis"),
        ("Component", "dependOn", "dependsOn"),
        ("Component", "implementsApis", "providesApis"),
        ("Component", "apiConsumedBy", "consumesApis, in the entity that consumes it"),
        ("Component", "domain", "domain in a System"),
        ("Resource", "providesApis", "providesApis in a Component"),
        ("System", "dependsOn", "dependsOn in a Component and Resource"),
        ("Group", "member", "members"),
        ("User", "memberof", "memberOf"),
    ],
)
def test_a_field_that_does_nothing_is_a_warning(kind: str, field: str, meant: str) -> None:
    text = HEAD.format(kind=kind) + f"  {field}: x\n"

    (warning,) = (fault for fault in check_descriptor(text, "f") if fault.severity is Severity.WARNING)

    assert (warning.line, warning.column, warning.expected) == (6, 3, meant)


@pytest.mark.parametrize(
    "spec", ["  owner: a\n  subtype: x\n", "  owner: a\n  title: x\n", "  owner: a\n  profile: {email: x}\n"]
)
def test_other_unknown_fields_are_nobodys_business(spec: str) -> None:
    assert check_descriptor(component(spec), "f") == ()


@pytest.mark.parametrize(
    ("metadata", "meant"),
    [
        ("anotations: {a: b}", "annotations"),
        ("annotations: {github.com/project_slug: acme/shop}", "github.com/project-slug"),
        ("Title: x", "title"),
    ],
)
def test_a_misspelt_field_of_the_metadata_is_a_warning(metadata: str, meant: str) -> None:
    text = component("  owner: a\n").replace("name: a", f"name: a\n  {metadata}")

    assert [(f.severity, f.expected) for f in check_descriptor(text, "f")] == [(Severity.WARNING, meant)]


def test_two_names_that_differ_in_case_only_are_a_warning() -> None:
    assert linted(component("  owner: a\n  OWNER: b\n"), Severity.WARNING) == [
        "9:3 owner and OWNER differ in upper and lower case only",
    ]


def test_a_hostile_document_is_told_of_up_to_a_limit() -> None:
    names = ", ".join(f"subComponentOf{number}: x" for number in range(20_000))
    tags = ", ".join(["A"] * 20_000)
    text = (
        component("  owner: a\n")
        .replace("name: a", f"name: a\n  tags: [{tags}]")
        .replace("spec:\n", f"spec:\n  x: {{{names}}}\n")
    )

    assert len(check_descriptor(text, "f")) == MOST_FLAWS


FILES: Mapping[str, str] = {"./openapi.yaml": "openapi: 3.1.0\n", "./two.yaml": "a\n---\nb\n"}
API = HEAD.format(kind="API") + "  type: openapi\n  lifecycle: production\n  owner: a\n  definition:\n    "


@pytest.mark.parametrize(
    ("placeholder", "message"),
    [
        ("$text: ./openapi.yaml", ""),
        ("$text: ./no.yaml", "there is no file ./no.yaml"),
        ("$yaml: ./two.yaml", "./two.yaml must hold exactly one YAML document"),
        ("$yaml: ./openapi.yaml", "spec.definition must be text"),
        ("$text: https://example.com/o.yaml", "https://example.com/o.yaml lies outside of this repository"),
        ("$text: https://github.com/acme/other/blob/main/o.yaml", "lies outside of this repository"),
        ("$text: https://github.com/acme/shop/blob/main/o.yaml", ""),
        ("$openapi: ./openapi.yaml", "spec.definition must be text"),
    ],
)
def test_lint_looks_up_what_a_placeholder_includes(placeholder: str, message: str) -> None:
    found = linted(API + placeholder + "\n", read_file=FILES.get, repository="Acme/shop")

    assert len(found) == bool(message)
    assert message in "".join(found)


def test_lint_knows_its_repository_by_the_annotation_of_the_file_too() -> None:
    text = API.replace("name: a", "name: a\n  annotations: {github.com/project-slug: acme/shop}")

    assert linted(text + "$text: https://github.com/acme/shop/blob/main/o.yaml\n") == []


def test_lint_warns_of_targets_that_are_not_there() -> None:
    text = (
        HEAD.format(kind="Location")
        + "  targets: [./openapi.yaml, ./no.yaml, '*/x.yaml', 'https://x.example/y']\n"
    )

    assert linted(text, Severity.WARNING, read_file=FILES.get) == ["6:29 there is no file ./no.yaml"]
    assert linted(text, read_file=FILES.get) == []


def panels(spec: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    return [] if spec.get("panels") else [("panels", "a dashboard needs a panel")]


DASHBOARD = CustomKind(
    "Dashboard",
    ("acme.com/v1",),
    fields=(
        SpecField("owner", is_required=True),
        SpecField("panels", Shape.TEXTS),
        SpecField("size", Shape.FIELDS),
    ),
    relations=(RelationRule("owner", "Group", "ownedBy", "ownerOf"),),
    check=panels,
)
RULES = KindRules(custom=(DASHBOARD,))


def dashboard(spec: str) -> str:
    return f"apiVersion: acme.com/v1\nkind: Dashboard\nmetadata:\n  name: a\nspec: {spec}\n"


def test_a_kind_of_a_plugin_is_taken_with_its_relations() -> None:
    (entity,) = read(dashboard("{owner: payments, panels: [x]}"), RULES).entities

    assert [str(relation.target) for relation in relations_of(entity, RULES)] == [
        "group:default/payments", "dashboard:default/a",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "faults"),
    [
        ("{panels: [x]}", ["spec.owner is missing"]),
        (
            "{owner: a, panels: x, size: 5}",
            ["spec.panels must be a list", "spec.size must hold named fields"],
        ),
        ("{owner: a}", ["a dashboard needs a panel"]),
        (
            "{owner: 'a:', panels: [x]}",
            ['Entity reference "a:" was not on the form [<kind>:][<namespace>/]<name>'],
        ),
    ],
)
def test_a_kind_of_a_plugin_is_refused_for_what_its_rules_say(spec: str, faults: list[str]) -> None:
    text = dashboard(spec)

    assert [fault.message for fault in check_descriptor(text, "f", RULES)] == faults


def test_a_check_that_breaks_refuses_the_entity_and_names_the_kind() -> None:
    def broken(_spec: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        raise KeyError("x")

    rules = KindRules(custom=(CustomKind("Dashboard", ("acme.com/v1",), check=broken),))

    (flaw,) = flaws_of(
        {"apiVersion": "acme.com/v1", "kind": "Dashboard", "metadata": {"name": "a"}, "spec": {}}, rules
    )

    assert "the check of the kind Dashboard failed: KeyError" in flaw.message


def test_a_kind_that_nobody_knows_is_refused_with_the_setting_that_keeps_it() -> None:
    text = dashboard("{x: 1}").replace("Dashboard", "Rocket")

    (refusal,) = read(text).refusals

    assert refusal.where == "acme/shop/catalog-info.yaml:2:1"
    assert "catalog.unknown_kinds: keep" in refusal.hint
    assert refusal.hint not in refusal.message


def test_a_kind_that_nobody_knows_is_kept_as_it_is_where_that_is_set() -> None:
    found = read(dashboard("{x: 1}").replace("Dashboard", "Rocket"), KindRules(keep_unknown=True))

    assert [(str(entity.ref), entity.spec) for entity in found.entities] == [("rocket:default/a", {"x": 1})]
    assert (
        read("apiVersion: a/v1\nkind: B\nmetadata: {name: c}\n", KindRules(keep_unknown=True))
        .entities[0]
        .spec
        == {}
    )


def test_a_kept_kind_still_has_to_fit_the_envelope() -> None:
    text = dashboard("{x: 1}").replace("Dashboard", "Rocket").replace("name: a", "name: a b")

    assert read(text, KindRules(keep_unknown=True)).entities == ()


def test_a_known_kind_in_a_foreign_version_names_the_right_version() -> None:
    (fault,) = check_descriptor(
        component("  owner: a\n").replace("backstage.io/v1alpha1", "backstage.io/v1"), "f"
    )

    assert (fault.line, fault.expected) == (1, "backstage.io/v1alpha1 or backstage.io/v1beta1")
