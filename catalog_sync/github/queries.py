"""The GraphQL documents; each stays far below GitHub's limits of nodes, points and seconds."""

from collections.abc import Mapping, Sequence

DISCOVER_PAGE = 100
DETAIL_PAGE = 25
FILES_PAGE = 250
"""So many files are fetched with one request; each may be a megabyte."""
TEAM_PAGE = 100
REST_PAGE = 25
"""So many teams are gone on with at once."""

OLDEST_FIRST = {"field": "CREATED_AT", "direction": "ASC"}
PUSHED_LAST_FIRST = {"field": "PUSHED_AT", "direction": "DESC"}

_LIGHT = """
fragment Light on Repository {
  id name pushedAt updatedAt createdAt isArchived isFork visibility
  owner { login }
  defaultBranchRef { name target { oid } }
}
"""

DISCOVER = (
    """
query Discover(
  $organization: String!, $first: Int!, $after: String, $order: RepositoryOrder!, $topics: Boolean!
) {
  organization(login: $organization) {
    repositories(first: $first, after: $after, orderBy: $order) {
      pageInfo { hasNextPage endCursor }
      nodes { ...Light repositoryTopics(first: 20) @include(if: $topics) { nodes { topic { name } } } }
    }
  }
  rateLimit { cost limit remaining resetAt }
}
"""
    + _LIGHT
)

_TEXT = "fragment Text on Blob { oid byteSize isBinary isTruncated text }"
_DETAIL = (
    _TEXT
    + """
fragment Detail on Repository {
  ...Light
  url description
  repositoryTopics(first: 20) { nodes { topic { name } } }
  primaryLanguage { name }
  licenseInfo { spdxId }
  head: object(expression: "HEAD") { ... on Commit { committedDate } }
  root: object(expression: "HEAD:") { ... on Tree { entries { name type oid size } } }
  docs: object(expression: "HEAD:docs") { ... on Tree { oid } }
  githubFolder: object(expression: "HEAD:.github") { ... on Tree { entries { name type oid size } } }
  descriptor: object(expression: $descriptor) { ...Text }
  codeownersGitHub: object(expression: "HEAD:.github/CODEOWNERS") { ...Text }
  codeownersRoot: object(expression: "HEAD:CODEOWNERS") { ...Text }
  codeownersDocs: object(expression: "HEAD:docs/CODEOWNERS") { ...Text }
  mkdocs: object(expression: "HEAD:mkdocs.yml") { ...Text }
}
"""
)

DETAILS = (
    """
query Details($ids: [ID!]!, $descriptor: String!) {
  nodes(ids: $ids) { ... on Repository { ...Detail } }
  rateLimit { cost limit remaining resetAt }
}
"""
    + _DETAIL
    + _LIGHT
)

ONE = (
    """
query One($owner: String!, $name: String!, $descriptor: String!) {
  repository(owner: $owner, name: $name) { ...Detail }
  rateLimit { cost limit remaining resetAt }
}
"""
    + _DETAIL
    + _LIGHT
)

_EDGES = {
    "members": """
fragment Members on TeamMemberConnection {
  pageInfo { hasNextPage endCursor }
  edges { role node { login name email } }
}
""",
    "repositories": """
fragment Repositories on TeamRepositoryConnection {
  pageInfo { hasNextPage endCursor }
  edges { permission node { nameWithOwner } }
}
""",
}

TEAMS = """
query Teams($organization: String!, $first: Int!, $after: String) {
  organization(login: $organization) {
    teams(first: $first, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes {
        slug name description url
        parentTeam { slug }
        members(first: 30, membership: IMMEDIATE) { ...Members }
        repositories(first: 100) { ...Repositories }
      }
    }
  }
  rateLimit { cost limit remaining resetAt }
}
""" + "".join(_EDGES.values())

_REST = {
    "members": "members(first: 100, after: $a{n}, membership: IMMEDIATE) {{ ...Members }}",
    "repositories": "repositories(first: 100, after: $a{n}) {{ ...Repositories }}",
}


def rest_query(organization: str, rest: Sequence[tuple[str, str, str]]) -> tuple[str, dict[str, str]]:
    """A document that asks for further pages of what is in many teams, with its variables.

    What ``rest[3]`` names is answered as ``t3``.

    Args:
        organization: Its login.
        rest: Slug, ``members`` or ``repositories``, and where to go on.
    """
    declared = "".join(f", $s{n}: String!, $a{n}: String!" for n in range(len(rest)))
    asked = "\n".join(
        f"    t{n}: team(slug: $s{n}) {{ {_REST[name].format(n=n)} }}"
        for n, (_slug, name, _after) in enumerate(rest)
    )
    used = {name for _slug, name, _after in rest}
    document = (
        f"query Rest($organization: String!{declared}) {{\n  organization(login: $organization) {{\n{asked}\n  }}\n"
        f"  rateLimit {{ cost limit remaining resetAt }}\n}}\n"
        + "".join(_EDGES[name] for name in sorted(used))
    )
    variables = {"organization": organization}
    for number, (slug, _name, after) in enumerate(rest):
        variables |= {f"s{number}": slug, f"a{number}": after}
    return document, variables


def oids_query(paths: Sequence[str], revision: str = "HEAD") -> tuple[str, dict[str, str]]:
    """A document that asks for the ids of files and folders of one repository, with its variables.

    The second path is answered as ``o1``; the repository's own variables are ``owner`` and ``name``.
    """
    declared = "".join(f", $p{number}: String!" for number in range(len(paths)))
    asked = " ".join(f"o{number}: object(expression: $p{number}) {{ oid }}" for number in range(len(paths)))
    document = (
        f"query Oids($owner: String!, $name: String!{declared}) {{\n"
        f"  repository(owner: $owner, name: $name) {{ {asked} }}\n"
        "  rateLimit { cost limit remaining resetAt }\n}"
    )
    return document, {f"p{number}": f"{revision}:{path}" for number, path in enumerate(paths)}


def on_branch(document: str, branch: str | None) -> str:
    """A document that looks at another branch than the default one; None leaves it as it is.

    Args:
        document: One of the documents above.
        branch: A name that was checked: letters, digits, ``-``, ``_``, ``.`` and ``/``.
    """
    if branch is None:
        return document
    named = document.replace(
        "defaultBranchRef {", f'defaultBranchRef: ref(qualifiedName: "refs/heads/{branch}") {{'
    )
    return named.replace('"HEAD', f'"refs/heads/{branch}')


def files_query(wanted: Mapping[str, Sequence[str]], revision: str = "HEAD") -> tuple[str, dict[str, str]]:
    """A document that asks for single files of many repositories, with its variables.

    The second file of the third repository is answered as ``f1`` of ``r2``.

    Args:
        wanted: Node id to paths; with a colon in it a path is a Git expression (``branch:path``).
        revision: What plain paths are looked for at.
    """
    declared, asked, variables = [], [], dict[str, str]()
    for number, (node, paths) in enumerate(wanted.items()):
        names = [f"p{number}_{place}" for place in range(len(paths))]
        variables[f"i{number}"] = node
        variables |= {
            name: path if ":" in path else f"{revision}:{path}"
            for name, path in zip(names, paths, strict=True)
        }
        declared += [f"$i{number}: ID!", *(f"${name}: String!" for name in names)]
        files = " ".join(
            f"f{place}: object(expression: ${name}) {{ ...Text }}" for place, name in enumerate(names)
        )
        asked.append(f"  r{number}: node(id: $i{number}) {{ ... on Repository {{ {files} }} }}")
    operation = "\n".join(
        [
            f"query Files({', '.join(declared)}) {{",
            *asked,
            "  rateLimit { cost limit remaining resetAt }",
            "}",
        ]
    )
    return f"{operation}\n{_TEXT}", variables
