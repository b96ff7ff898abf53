"""What is to be mended: the entity or the path that a question names, and the new owner as its file would write it."""

import hashlib
import re
from dataclasses import dataclass

from catalog_sync.answers import OwnerAnswer
from catalog_sync.ask import Ask
from catalog_sync.asking.owners import OwnerQuestions
from catalog_sync.asking.question import read_question
from catalog_sync.entity.model import EntityRef, RepositoryName
from catalog_sync.estate import OWNABLE, Estate
from catalog_sync.memory.cards import Card
from core.access import Asker, may_propose, visible_to
from core.errors import NotAllowed, NotFound, UserError

_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One owner to be changed."""

    repository: RepositoryName
    title: str
    """What people call the thing."""
    owner: EntityRef
    owner_title: str
    codeowner: str
    """The new owner as CODEOWNERS writes it; empty where it is nobody on GitHub."""
    entity: EntityRef | None = None
    """Set where the entity's own file is to be changed; else CODEOWNERS is."""
    path: str = ""
    """The file of the entity, or the path that CODEOWNERS is to name; empty for the whole repository."""
    now: OwnerAnswer | None = None
    """What the catalog says of its owners today."""

    @property
    def branch(self) -> str:
        """The branch of the proposal: the same for everybody who wants the same."""
        name = self.entity.name if self.entity else self.path.rpartition("/")[2] or self.repository.name
        parts = (str(self.entity or ""), self.path, str(self.owner))
        digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]
        slug = _SLUG.sub("-", name.lower()).strip("-")[:40].strip("-")
        return f"callboard/owner-{slug}-{digest}".replace("--", "-")


def wanted_of(ask: Ask, query: str, new_owner: str, asker: Asker) -> Wanted:
    """What somebody wants to be mended.

    Args:
        ask: The catalog.
        query: As for ``who_owns``; but a name has to be spelt right where something is changed.
        new_owner: A reference, a name, ``@organisation/team`` or ``@login``.
        asker: Who wants it.

    Raises:
        NotAllowed: Guests may not.
        NotFound: Nothing has that name, several things have, or the catalog does not know the owner.
        UserError: It is nothing that a file names an owner of.
    """
    if not may_propose(asker):
        raise NotAllowed("Only members of the organisation may propose another owner.")
    estate = ask.estate()
    answer = thing_of(estate, query, asker)
    entity = ask.entity(str(answer.entity)) if answer.about == "entity" and answer.entity else None
    repository = entity.source.repository if entity else answer.repository
    if repository is None or (entity is not None and not entity.source.path):
        raise UserError(
            f"{answer.title or query} does not come from a file in a repository, so there is none to mend."
        )
    owner = _new_owner(ask, new_owner, repository)
    return Wanted(
        repository,
        answer.title or query,
        owner.entity().ref,
        owner.title,
        _codeowner(estate, owner, repository),
        entity.ref if entity else None,
        entity.source.path if entity else answer.path or "",
        answer,
    )


def thing_of(estate: Estate, query: str, asker: Asker) -> OwnerAnswer:
    """The one thing that somebody names, with its owners of today; asks nobody outside.

    Raises:
        NotFound: Nothing that the asker may see has that name, or several things have.
        UserError: It is nothing that a file names an owner of.
    """
    answer = OwnerQuestions(estate, visible_to(asker)).answer(read_question(query))
    _require_one(answer, query)
    return answer


def _require_one(answer: OwnerAnswer, query: str) -> None:
    near = ", ".join(item.ref for item in answer.alternatives)
    if answer.about == "nothing":
        words = f"Several things fit {query}." if answer.is_ambiguous else f"Nothing here is called {query}."
        raise NotFound(words, f"Name one of them: {near}" if near else "")
    if answer.about not in ("entity", "repository", "path"):
        raise UserError(f"{answer.title or query} is a {answer.about}, which no file names an owner of.")
    if answer.corrected:
        meant = answer.entity or (answer.repository.full_name if answer.repository else answer.title)
        raise NotFound(
            f"Nothing here is called {query}.", f"Did you mean {meant}? A change needs the exact name."
        )
    if answer.entity and answer.about == "entity" and answer.entity.kind.lower() not in OWNABLE:
        raise UserError(f"A {answer.entity.kind} has no owner.")


def _new_owner(ask: Ask, text: str, repository: RepositoryName) -> Card:
    estate, text = ask.estate(), text.strip()
    ref = (
        estate.directory.codeowner(text, repository.host, repository.owner)
        if text.startswith("@")
        else estate.directory.written(text, "default")
        if text
        else ""
    )
    card = estate.cards.get(ref)
    if card is not None and ref in estate.directory:
        return card
    raise NotFound(
        f"The catalog knows no team and no person called {text}." if text else "Name the new owner.",
        "List them: callboard entities --filter kind=group --filter kind=user",
    )


def _codeowner(estate: Estate, owner: Card, repository: RepositoryName) -> str:
    """An owner as the CODEOWNERS of a repository writes it; empty where GitHub would not find it there."""
    if owner.kind == "user":
        return f"@{owner.login or owner.name}"
    row = estate.directory.team_rows.get(owner.ref)
    organization, _slash, slug = owner.team_slug.partition("/")
    if row is not None:
        organization, slug = row["organization"], row["slug"]
    is_here = organization.lower() == repository.owner.lower()
    return f"@{repository.owner}/{slug}" if slug and is_here else ""
