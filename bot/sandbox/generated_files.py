"""Pure: the files of a generated repository, from its profile: code, descriptor, owners, docs and workflows."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from bot.sandbox.words import PROSE

_API = "backstage.io/v1alpha1"
_CODE = {
    "py": 'def main() -> None:\n    print("{name}")\n',
    "go": 'package main\n\nfunc main() {{ println("{name}") }}\n',
    "ts": 'export const name = "{name}";\n',
    "java": "class Main {{ /* {name} */ }}\n",
}
_PACKAGES = ("api", "worker", "web")


@dataclass(frozen=True, slots=True)
class Profile:
    """What a repository is like."""

    name: str
    kind: str
    organization: str
    owner: str
    other: str
    language: str
    neighbours: tuple[str, ...]
    seed: int
    has_docs: bool
    has_owners: bool


def files_of(profile: Profile) -> Mapping[str, bytes]:
    """Path to content; the same profile has the same files."""
    if profile.kind == "empty":
        return {}
    dice = random.Random(profile.seed)  # noqa: S311
    files = {
        "README.md": f"# {profile.name}\n\n{_prose(dice, 40)}.\n",
        f"src/main.{profile.language}": _CODE[profile.language].format(name=profile.name)
        * (1 + dice.randrange(40)),
        ".github/workflows/test.yml": "on: [push]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n"
        "      - uses: actions/checkout@v4\n      - run: make test\n",
        **_descriptors(profile),
    }
    if profile.has_owners:
        files[".github/CODEOWNERS" if dice.random() < 0.7 else "CODEOWNERS"] = (
            f"* @{profile.organization}/{profile.owner}\n/docs/ @{profile.organization}/{profile.other}\n"
        )
    if profile.has_docs:
        files["mkdocs.yml"] = (
            f"site_name: {profile.name}\nnav:\n  - Home: index.md\n  - Runbook: runbook.md\n"
        )
        files["docs/index.md"] = _page(dice, profile.name)
        files["docs/runbook.md"] = _page(dice, "Runbook")
    if dice.random() < 0.4:
        files["Dockerfile"] = "FROM scratch\nCOPY . /\n"
    if dice.random() < 0.3:
        files["LICENSE"] = "Permission is granted to use this as an example.\n"
    if dice.random() < 0.15:
        files["SECURITY.md"] = "# Security\n\nWrite to security@acme.example.\n"
    return {path: text.encode() for path, text in files.items()}


def _descriptors(profile: Profile) -> dict[str, str]:
    if profile.kind == "bare":
        return {}
    if profile.kind == "broken":
        return {
            "catalog-info.yaml": f"apiVersion: {_API}\nkind: Component\nmetadata:\n  name: {profile.name}\n spec: [\n"
        }
    if profile.kind == "monorepo":
        return _monorepo(profile)
    if profile.kind == "infrastructure":
        return {"catalog-info.yaml": _resource(profile) + "---\n" + _system(profile)}
    if profile.kind == "template":
        return {
            "catalog-info.yaml": _component(profile, profile.name, "library"),
            "template/README.md": "# {{ name }}\n",
        }
    first = _component(profile, profile.name, profile.kind)
    if profile.kind == "service" and profile.seed % 4 == 0:
        return {"catalog-info.yaml": f"{first}  providesApis: [{profile.name}-v1]\n---\n{_api(profile)}"}
    return {"catalog-info.yaml": first}


def _monorepo(profile: Profile) -> dict[str, str]:
    """A location that names a descriptor in each package."""
    targets = "".join(f"    - ./packages/{part}/catalog-info.yaml\n" for part in _PACKAGES)
    location = (
        f"apiVersion: {_API}\nkind: Location\nmetadata:\n  name: {profile.name}\nspec:\n  targets:\n{targets}"
    )
    files = {"catalog-info.yaml": location}
    for part in _PACKAGES:
        files[f"packages/{part}/catalog-info.yaml"] = _component(profile, f"{profile.name}-{part}", "service")
        files[f"packages/{part}/README.md"] = f"# {part}\n"
    return files


def _component(profile: Profile, name: str, kind: str) -> str:
    depends = "".join(f"    - component:default/{other}\n" for other in profile.neighbours)
    return (
        f"apiVersion: {_API}\nkind: Component\nmetadata:\n  name: {name}\n"
        f"  description: Does what {name} does.\n  tags: [{profile.language}]\n"
        f"  annotations:\n    github.com/project-slug: {profile.organization}/{profile.name}\n"
        f"spec:\n  type: {kind}\n  lifecycle: {'production' if profile.seed % 5 else 'experimental'}\n"
        f"  owner: {profile.owner}\n" + (f"  dependsOn:\n{depends}" if depends else "")
    )


def _api(profile: Profile) -> str:
    return (
        f"apiVersion: {_API}\nkind: API\nmetadata:\n  name: {profile.name}-v1\nspec:\n  type: openapi\n"
        f"  lifecycle: production\n  owner: {profile.owner}\n  definition: 'openapi: 3.1.0'\n"
    )


def _resource(profile: Profile) -> str:
    return (
        f"apiVersion: {_API}\nkind: Resource\nmetadata:\n  name: {profile.name}\n"
        f"spec:\n  type: database\n  owner: {profile.owner}\n"
    )


def _system(profile: Profile) -> str:
    return f"apiVersion: {_API}\nkind: System\nmetadata:\n  name: {profile.name}-system\nspec:\n  owner: {profile.owner}\n"


def _page(dice: random.Random, title: str) -> str:
    parts = (f"## {_prose(dice, 3).capitalize()}\n\n{_prose(dice, 60)}.\n" for _ in range(3))
    return f"# {title}\n\n" + "\n".join(parts)


def _prose(dice: random.Random, words: int) -> str:
    return " ".join(dice.choices(PROSE, k=words))
