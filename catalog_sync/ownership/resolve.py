"""Pure: which owner an answer names when the descriptor, CODEOWNERS and team permissions each have a word."""

from collections.abc import Mapping, Sequence

from catalog_sync.entity.model import EntityRef, OwnerClaim, Resolution


def resolve(
    *,
    entity_owner: EntityRef | None,
    codeowners: Sequence[EntityRef] = (),
    codeowners_place: str = "",
    admin_teams: Sequence[EntityRef] = (),
    titles: Mapping[str, str] | None = None,
    descriptor_url: str = "",
    codeowners_url: str = "",
) -> Resolution:
    """Decide who owns a thing.

    The descriptor's ``spec.owner`` goes before CODEOWNERS, and CODEOWNERS before the teams that
    administer the repository. Whoever else was named is kept as a disagreement, never hidden.

    Args:
        entity_owner: ``spec.owner`` of the descriptor.
        codeowners: The owners of the rule that covers the thing, in the file's order.
        codeowners_place: Where that rule stands (``CODEOWNERS line 3``).
        admin_teams: Teams with the admin or maintain permission.
        titles: What references are called by people.
        descriptor_url: The page of the descriptor.
        codeowners_url: The page of the CODEOWNERS file.
    """
    names = titles or {}
    claims = []
    if entity_owner:
        claims.append(OwnerClaim("catalog-info.yaml (spec.owner)", (str(entity_owner),), descriptor_url))
    if codeowners:
        claims.append(
            OwnerClaim(codeowners_place or "CODEOWNERS", tuple(map(str, codeowners)), codeowners_url)
        )
    if admin_teams:
        claims.append(OwnerClaim("team permission", tuple(map(str, admin_teams))))
    if not claims:
        return Resolution((), "No descriptor, CODEOWNERS or team names an owner")
    first, rest = claims[0], claims[1:]
    judged = [claim for claim in rest if claim.source != "team permission" or len(claim.owners) == 1]
    disagreements = tuple(
        _disagreement(claim, names) for claim in judged if not set(claim.owners) & set(first.owners)
    )
    agreeing = [_short(claim) for claim in judged if set(claim.owners) & set(first.owners)]
    why = f"From {first.source}"
    if agreeing:
        why += f" · {' and '.join(agreeing)} {'agrees' if len(agreeing) == 1 else 'agree'}"
    return Resolution(first.owners, why, tuple(claims), disagreements)


def _disagreement(claim: OwnerClaim, titles: Mapping[str, str]) -> str:
    names = " and ".join(titles.get(owner, owner.rpartition("/")[2]) for owner in claim.owners)
    if claim.source == "team permission":
        return f"GitHub lets {names} administer it"
    return f"{_short(claim)} says {names}"


def _short(claim: OwnerClaim) -> str:
    return "CODEOWNERS" if "CODEOWNERS" in claim.source else claim.source
