"""Pure: which owner an answer names when the descriptor, CODEOWNERS and others each have a word."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from catalog_sync.entity.model import OwnerClaim, Resolution

NOBODY = "No descriptor, CODEOWNERS or team names an owner"
PERMISSION = "team permission"


@dataclass(frozen=True, slots=True)
class Claim:
    """One source's word on who owns a thing."""

    source: str
    """``catalog-info.yaml (spec.owner)``, ``CODEOWNERS line 3``, ``the system Checkout (spec.owner)``."""
    owners: tuple[str, ...]
    """References; none where the source says that nobody owns it."""
    short: str
    """How it is called beside another: ``CODEOWNERS``."""
    url: str = ""
    may_differ: bool = False
    """Whether it speaks of more than the thing in question, so that another word is no disagreement."""


def resolve(claims: Sequence[Claim], title: Callable[[str], str]) -> Resolution:
    """Decide who owns a thing: the first claim that names somebody.

    Whoever else was named is kept as a disagreement, never hidden; claims that name one of the same
    owners agree.

    Args:
        claims: Every word on it, the one that goes before the others first.
        title: What a reference is called by people.
    """
    naming = [claim for claim in claims if claim.owners]
    kept = tuple(OwnerClaim(claim.source, claim.owners, claim.url) for claim in claims)
    silent = [claim.source for claim in claims if not claim.owners]
    if not naming:
        why = f"{silent[0]} says that nobody owns it" if silent else NOBODY
        return Resolution((), why, kept)
    first, rest = naming[0], naming[1:]
    agreeing = [claim.short for claim in rest if set(claim.owners) & set(first.owners)]
    why = f"From {first.source}"
    if agreeing:
        why += f" · {' and '.join(agreeing)} {'agrees' if len(agreeing) == 1 else 'agree'}"
    why += "".join(f" · {source} names nobody" for source in silent)
    disagreements = tuple(
        _disagreement(claim, title)
        for claim in rest
        if not claim.may_differ and not set(claim.owners) & set(first.owners)
    )
    return Resolution(first.owners, why, kept, disagreements)


def _disagreement(claim: Claim, title: Callable[[str], str]) -> str:
    names = " and ".join(title(owner) for owner in claim.owners)
    if claim.short == PERMISSION:
        return f"GitHub lets {names} administer it"
    return f"{claim.short} says {names}"
