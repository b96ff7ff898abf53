"""All entities of a repository are found: by roots, by Locations, with the files that they include."""

from collections.abc import Mapping, Sequence

import pytest

from catalog_sync.entity.addresses import Checkout, Reach, resolve
from catalog_sync.entity.file_text import BINARY, too_large
from catalog_sync.entity.gather import (
    MAX_DEPTH,
    MAX_FILES,
    MAX_PATTERNS,
    MAX_REFUSALS,
    Absent,
    Gathered,
    gather,
)
from catalog_sync.entity.globs import Glob
from catalog_sync.entity.model import RepositoryName
from catalog_sync.entity.rules import KindRules
from core.access import Visibility

SHOP = Checkout(
    "github",
    RepositoryName("github.com", "acme", "shop"),
    "https://github.com/acme/shop",
    "main",
    Visibility.PRIVATE,
)
FOLDER = Checkout(
    "folder", RepositoryName("folder", "acme", "shop"), "file:///srv/shop", None, Visibility.INTERNAL
)


def component(name: str, more: str = "") -> str:
    return (
        f"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\n{more}"
        "spec:\n  type: service\n  lifecycle: production\n  owner: payments\n"
    )


def api(definition: str) -> str:
    return (
        "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata:\n  name: orders\n"
        f"spec:\n  type: openapi\n  lifecycle: production\n  owner: payments\n  definition:\n    {definition}\n"
    )


def location(*targets: str, more: str = "") -> str:
    lines = "".join(f'    - "{target}"\n' for target in targets)
    return (
        "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata:\n  name: all\n"
        f"spec:\n{more}  targets:\n{lines}"
    )


class Repository:
    """Its files, and how often somebody came for more."""

    def __init__(self, files: Mapping[str, str | Absent]) -> None:
        self.files = files
        self.rounds = 0

    def gather(self, *roots: str, checkout: Checkout = SHOP) -> Gathered:
        """Drive it as a provider does."""
        have: dict[str, str | Absent] = {}
        tree: Sequence[str] | None = None
        while True:
            self.rounds += 1
            found = gather(roots or ("catalog-info.yaml",), have, tree, checkout)
            if not found.wants_more:
                return found
            have |= {key: self.files.get(key, Absent.MISSING) for key in found.wanted}
            tree = [path for path in self.files if ":" not in path] if found.wants_tree else tree


def names(found: Gathered) -> list[str]:
    return [entity.ref.name for entity in found.entities]


def told(found: Gathered) -> list[str]:
    return [
        "; ".join(part for part in (f"{refusal.where}: {refusal.message}", refusal.hint) if part)
        for refusal in found.refusals
    ]


def test_a_repository_without_a_descriptor_has_no_entities_and_no_faults() -> None:
    found = Repository({"README.md": "hello"}).gather()

    assert (found.entities, found.refusals, found.read_paths) == ((), (), ("catalog-info.yaml",))


def test_every_document_of_a_file_becomes_an_entity_and_knows_its_line() -> None:
    found = Repository({"catalog-info.yaml": component("a") + "---\n" + component("b")}).gather()

    assert [(entity.ref.name, entity.source.line) for entity in found.entities] == [("a", 1), ("b", 10)]
    assert found.entities[0].source.url == "https://github.com/acme/shop/blob/main/catalog-info.yaml"
    assert found.entities[0].source.location == "github.com/acme/shop/catalog-info.yaml"


def test_a_root_may_be_a_pattern_and_then_the_tree_is_asked_for_once() -> None:
    files = {f"services/{name}/catalog-info.yaml": component(name) for name in ("b", "a")}
    repository = Repository(files | {"services/x/README.md": ""})

    found = repository.gather("services/*/catalog-info.yaml")

    assert names(found) == ["a", "b"]
    assert (repository.rounds, found.uses_tree) == (3, True)


@pytest.mark.parametrize("folder", ["[id]", "{{cookiecutter.name}}", "what?", "a*"])
def test_a_file_that_a_pattern_found_is_read_whatever_its_name(folder: str) -> None:
    files = {f"{folder}/catalog-info.yaml": component("a"), "b/catalog-info.yaml": component("b")}

    found = Repository(files).gather("*/catalog-info.yaml")

    assert sorted(names(found)) == ["a", "b"]
    assert not found.refusals


def test_a_location_leads_to_files_by_path_by_pattern_and_by_the_pages_of_its_own_repository() -> None:
    files = {
        "catalog-info.yaml": location(
            "./a.yaml", "sub/*.yaml", "/deep/b.yaml", "https://github.com/Acme/shop/blob/main/c.yaml"
        ),
        "a.yaml": component("a"),
        "sub/x.yaml": component("x"),
        "sub/.hidden.yaml": component("hidden"),
        "sub/inner/y.yaml": component("y"),
        "deep/b.yaml": component("b"),
        "c.yaml": component("c"),
    }

    assert names(Repository(files).gather()) == ["all", "a", "b", "c", "x"]


def test_a_path_of_a_location_is_relative_to_its_own_file() -> None:
    files = {
        "catalog-info.yaml": location("teams/all.yaml"),
        "teams/all.yaml": location("./a.yaml", "../b.yaml"),
        "teams/a.yaml": component("a"),
        "b.yaml": component("b"),
    }

    assert names(Repository(files).gather()) == ["all", "all", "a", "b"]


def test_locations_in_a_circle_are_read_once() -> None:
    files = {"catalog-info.yaml": location("./b.yaml"), "b.yaml": location("./catalog-info.yaml", "./b.yaml")}

    found = Repository(files).gather()

    assert (names(found), found.refusals) == (["all", "all"], ())


def test_a_target_that_is_not_there_is_told_at_its_line_unless_it_is_optional() -> None:
    required = Repository({"catalog-info.yaml": location("./no.yaml")}).gather()
    optional = Repository(
        {"catalog-info.yaml": location("./no.yaml", more="  presence: optional\n")}
    ).gather()

    assert told(required) == [
        "acme/shop/catalog-info.yaml:7:7: there is no file no.yaml; or say presence: optional beside the target"
    ]
    assert optional.refusals == ()


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (
            "https://github.com/acme/other/blob/main/services/a.yaml",
            "acme/other is another repository; Callboard reads",
        ),
        ("https://github.com/globex/x/blob/main/catalog-info.yaml", "globex/x is another repository"),
        ("https://example.com/catalog-info.yaml", "https://example.com/catalog-info.yaml leads to no file"),
        ("../../../etc/passwd", "../../../etc/passwd leads to no file"),
        ("file:///etc/passwd", "file:///etc/passwd leads to no file"),
        ("javascript:alert(1)", "javascript:alert(1) leads to no file"),
        ("https://github.com/acme/shop/blob/dev/*.yaml", "a pattern works on the branch that is read only"),
    ],
)
def test_a_target_outside_of_the_repository_is_told_at_its_line(target: str, message: str) -> None:
    found = Repository({"catalog-info.yaml": location(target)}).gather()

    assert told(found)[0].startswith(f"acme/shop/catalog-info.yaml:7:7: {message}")


def test_nothing_is_said_of_a_sibling_that_is_read_anyhow() -> None:
    target = "https://github.com/acme/other/blob/main/catalog-info.yaml"

    assert Repository({"catalog-info.yaml": location(target)}).gather().refusals == ()


def test_a_location_of_another_type_keeps_its_entry_and_its_targets_are_not_read() -> None:
    found = Repository({"catalog-info.yaml": location("./a.yaml", more="  type: file\n")}).gather()

    assert names(found) == ["all"]
    assert "a Location of type file is not read" in told(found)[0]


def test_locations_may_not_follow_each_other_for_ever() -> None:
    files = {"catalog-info.yaml": location("./0.yaml")}
    files |= {f"{number}.yaml": location(f"./{number + 1}.yaml") for number in range(50)}

    found = Repository(files).gather()

    assert len(found.entities) == MAX_DEPTH + 1
    assert f"more than {MAX_DEPTH} Locations lead here" in told(found)[0]


def test_too_many_files_are_read_up_to_the_limit_and_told_once() -> None:
    files = {f"s/{number:04}.yaml": component(f"c{number}") for number in range(MAX_FILES + 50)}

    found = Repository(files | {"catalog-info.yaml": location("s/*.yaml")}).gather()

    assert len(found.entities) == MAX_FILES
    assert [f"more than {MAX_FILES} files" in message for message in told(found)] == [True]


def test_a_placeholder_is_replaced_by_its_file() -> None:
    files = {"catalog-info.yaml": api("$text: ./openapi.yaml"), "openapi.yaml": "openapi: 3.1.0\n"}

    found = Repository(files).gather()

    assert found.entities[0].spec["definition"] == "openapi: 3.1.0\n"
    assert found.read_paths == ("catalog-info.yaml", "openapi.yaml")


def test_a_placeholder_may_name_another_branch_of_its_repository() -> None:
    files = {
        "catalog-info.yaml": api("$text: https://github.com/acme/shop/blob/dev/o.yaml"),
        "dev:o.yaml": "openapi: 3.1.0\n",
    }

    assert Repository(files).gather().entities[0].spec["definition"] == "openapi: 3.1.0\n"


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        ("$text: ./no.yaml", "there is no file ./no.yaml"),
        ("$text: ./big.yaml", "./big.yaml: the file is too large"),
        ("$text: https://github.com/acme/other/blob/main/o.yaml", "lies in another repository"),
        ("$text: https://example.com/o.yaml", "there is no file https://example.com/o.yaml"),
        ("$json: ./catalog-info.yaml", "./catalog-info.yaml is not JSON"),
        ("$yaml: ./two.yaml", "./two.yaml must hold exactly one YAML document"),
        ("$text: 5", "$text must name a file"),
    ],
)
def test_a_placeholder_that_cannot_be_replaced_is_told_at_its_line(definition: str, message: str) -> None:
    files = {
        "catalog-info.yaml": api(definition),
        "big.yaml": too_large(512_000),
        "two.yaml": "a: 1\n---\nb: 2\n",
    }

    found = Repository(files).gather()

    assert found.entities == ()
    assert len(found.refusals) == 1
    assert found.refusals[0].where == "acme/shop/catalog-info.yaml:10:5"
    assert message in found.refusals[0].message


def test_one_large_file_that_is_included_again_and_again_is_refused() -> None:
    many = "\n---\n".join(
        api("$text: ./big.txt").replace("orders", f"orders{number}") for number in range(30)
    )

    found = Repository({"catalog-info.yaml": many, "big.txt": "x" * 900_000}).gather()

    assert len(found.entities) == 11
    assert "are larger than" in told(found)[0]


def test_a_good_document_is_kept_beside_a_bad_one() -> None:
    text = component("a") + "---\nkind: Component\n---\n" + component("b")

    found = Repository({"catalog-info.yaml": text}).gather()

    assert names(found) == ["a", "b"]
    assert told(found)[0].startswith("acme/shop/catalog-info.yaml:10:1: apiVersion is missing")


def test_the_faults_of_a_hostile_file_are_told_up_to_a_limit() -> None:
    text = location(*(f"https://example.com/{number}" for number in range(5_000)))

    found = Repository({"catalog-info.yaml": text}).gather()

    assert len(found.refusals) == MAX_REFUSALS + 1
    assert f"more than {MAX_REFUSALS} faults" in told(found)[-1]


def test_patterns_are_compared_up_to_a_limit() -> None:
    text = location(*(f"{number}/*.yaml" for number in range(5_000)))

    found = Repository({"catalog-info.yaml": text}).gather()

    assert [f"more than {MAX_PATTERNS} patterns" in message for message in told(found)] == [True]


def test_a_kept_location_of_a_foreign_version_leads_nowhere() -> None:
    text = (
        "apiVersion: acme.com/v1\nkind: Location\nmetadata: {name: a}\nspec: {target: 5, targets: {a: b}}\n"
    )

    found = gather(["c"], {"c": text}, None, SHOP, KindRules(keep_unknown=True))

    assert (names(found), found.refusals, found.wants_more) == (["a"], (), False)


def test_a_file_that_cannot_be_read_is_told() -> None:
    found = Repository({"catalog-info.yaml": BINARY}).gather()

    assert told(found) == ["acme/shop/catalog-info.yaml: this is not UTF-8 text; save the file as UTF-8"]


def test_a_folder_reads_the_pages_of_its_repository_whatever_their_host_and_branch() -> None:
    files = {
        "catalog-info.yaml": location("https://ghe.example.com/acme/shop/tree/trunk/a.yaml"),
        "a.yaml": component("a"),
    }

    found = Repository(files).gather(checkout=FOLDER)

    assert names(found) == ["all", "a"]
    assert found.entities[1].source.url == "file:///srv/shop/a.yaml"


def test_a_branch_with_a_slash_is_one_branch() -> None:
    checkout = Checkout("github", SHOP.repository, SHOP.url, "release/1.0", Visibility.PUBLIC)

    found = resolve("https://github.com/acme/shop/blob/release/1.0/docs/a.yaml", "x.yaml", checkout)

    assert (found.reach, found.path, found.key) == (Reach.HERE, "docs/a.yaml", "docs/a.yaml")


@pytest.mark.parametrize(
    ("reference", "path", "key"),
    [
        ("./a.yaml", "x/catalog-info.yaml", "x/a.yaml"),
        ("../a.yaml", "x/catalog-info.yaml", "a.yaml"),
        ("/a.yaml", "x/y/catalog-info.yaml", "a.yaml"),
        ("a%20b.yaml", "c.yaml", "a b.yaml"),
        ("x\\y.yaml", "c.yaml", "x/y.yaml"),
        ("%2e%2e/a.yaml", "x/c.yaml", "a.yaml"),
        ("  a.yaml\n", "c.yaml", "a.yaml"),
        ("a.yaml", "we:ird/c.yaml", "main:we:ird/a.yaml"),
        ("../../../../acme/shop/blob/main/a.yaml", "c.yaml", "a.yaml"),
        ("../../../../acme/other/blob/main/a.yaml", "c.yaml", ""),
        ("..%2f..%2fa.yaml", "x/c.yaml", ""),
        ("a\x00.yaml", "c.yaml", ""),
        ("", "c.yaml", ""),
        (".", "c.yaml", ""),
    ],
)
def test_a_reference_leads_where_a_browser_would_go(reference: str, path: str, key: str) -> None:
    assert resolve(reference, path, SHOP).key == key


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("*.yaml", "a.yaml", True),
        ("*.yaml", "x/a.yaml", False),
        ("**/a.yaml", "a.yaml", True),
        ("**/a.yaml", "x/y/a.yaml", True),
        ("**/a.yaml", ".x/a.yaml", False),
        ("x/**", "x/y/z", True),
        ("x/**", "x", False),
        ("s/*/c.yaml", "s/a/c.yaml", True),
        ("s/*/c.yaml", "s/a/b/c.yaml", False),
        ("{a,b}/c.{yaml,yml}", "b/c.yml", True),
        ("{a,b}/c.yaml", "c/c.yaml", False),
        ("[a-c].yaml", "b.yaml", True),
        ("[!a].yaml", "a.yaml", False),
        ("a?.yaml", "ab.yaml", True),
        ("a.yaml", "axyaml", False),
        ("[", "[", True),
        ("{a", "{a", True),
        ("[z-a]", "x", False),
        ("*a*a*a*a*a*a*a*a*a*a*a*a*b", "a" * 200, False),
        ("*b*.yaml", "abc.yaml", True),
        ("**/**/**/**/**/x", "x", False),
    ],
)
def test_a_pattern_fits_what_it_fits_for_backstage(pattern: str, path: str, fits: bool) -> None:
    assert Glob(pattern).matches(path) is fits
