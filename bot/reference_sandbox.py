"""The reference page of the sandbox, from its own tables: what the local Slack and GitHub cover, and what they do not."""

from collections.abc import Iterator, Sequence

from graphql import GraphQLObjectType

from bot.sandbox.github.graph.schema import schema
from bot.sandbox.github.rest.endpoint import Endpoint
from bot.sandbox.github.rest.routes import endpoints
from bot.sandbox.github.webhooks import EVENTS as WEBHOOKS
from bot.sandbox.slack.api import METHODS
from bot.sandbox.slack.api.registry import Method
from bot.sandbox.slack.manifests import ALL_EVENTS
from bot.slack.block_kit.blocks import ON_SURFACE
from bot.slack.block_kit.limits import LIMITS

Row = tuple[str, ...]
Part = str | tuple[Row, Sequence[Row]]
"""A paragraph, or a table: its head and its rows."""

_SLACK_BEHAVIOUR: Sequence[Row] = (
    ("acknowledgements", "three seconds; then the person sees Slack's error"),
    ("events", "again at once, after one and after five minutes, with `X-Slack-Retry-Num` and `-Reason`"),
    (
        "Socket Mode",
        "up to ten connections, any one gets an envelope; warning, refresh, single-use addresses",
    ),
    ("signed HTTP", "v0 signatures, one address or one for each kind, `url_verification`"),
    ("`trigger_id`", "three seconds, used once"),
    ("`response_url`", "five answers in half an hour"),
    ("modals", "a stack of three, `hash`, `external_id`, `response_action` checked like a view"),
    ("paces", "one bucket for each app and method; refused calls are not counted (Slack does not say)"),
    ("faults", "429, 5xx, slow, lost, dropped; duplicates, disorder, delays, lost acks; storms; clock skew"),
)
_SLACK_MISSING = (
    "Not covered: Enterprise Grid and `admin.*`, Slack Connect, canvases, lists, calls, search, workflows and steps"
    " (but `functions.completeSuccess` and `completeError`), RTM, dialogs, incoming webhooks, `files.upload`, reminders,"
    " do-not-disturb, emoji uploads. Their methods answer `unknown_method`."
)
_SLACK_DOUBTS = (
    "Never held against the real slack.com: everything here follows Slack's documentation, its published types and"
    " answers that people have quoted. Least sure are the sum of all texts in a message (`msg_blocks_too_long`, which"
    " Slack does not document), the 101 rows of a `data_table` (some pages say 201), whether a message may hold several"
    " `table` blocks (here it may), and the words of refusals that nobody has quoted."
)
_GITHUB_BEHAVIOUR: Sequence[Row] = (
    (
        "tokens",
        "fine-grained tokens, App JWTs, installation tokens with reduced permissions and repositories",
    ),
    (
        "organisations",
        "any number on one host; people are shared, each has its own installation, whose tokens reach no other",
    ),
    (
        "permissions",
        "enforced for each route and field, told in `X-Accepted-GitHub-Permissions`; 404 for what is not seen",
    ),
    ("REST limits", "5,000 requests an hour; 900 points and 80 new contents a minute; 100 at a time"),
    (
        "GraphQL limits",
        "pages of 1 to 100, 500,000 nodes, points, `RATE_LIMITED` with status 200, heavy pages fail",
    ),
    ("conditional requests", "`ETag` and `304`, which costs nothing"),
    ("new and empty repositories", "`409` on git data of an empty one; on demand `404` right after creation"),
    (
        "git",
        "smart HTTP: clone, shallow, partial, sparse, push, lease; what is pushed shows everywhere at once",
    ),
    ("webhooks", "signed; held, reordered, duplicated, dropped, sent again"),
    ("faults", "5xx, 403, 401, 429, slow, lost, dropped, cut off; errors at one field; by route and count"),
)
_GITHUB_MISSING = (
    "Not covered: workflow runs and checks, issues, projects, packages, releases, gists, code search, LFS, Enterprise"
    " administration, OAuth Apps. Their routes answer `404`; fields that are not in the schema are errors."
)


def parts() -> Iterator[Part]:
    """The page, part by part."""
    yield "# What the local Slack and GitHub cover"
    yield (
        "`callboard sandbox` starts both; the fixtures of the pytest plugin hand them to any test. The"
        " [guide](../guides/sandbox.md) shows how. Everything below is what the code does, not what is planned."
    )
    yield from _slack()
    yield from _github()


def _slack() -> Iterator[Part]:
    yield "## The local Slack"
    yield (("what", "how"), _SLACK_BEHAVIOUR)
    yield _SLACK_MISSING
    yield _SLACK_DOUBTS
    yield "### Methods"
    yield "A bot needs one of the scopes; a dash means none, or a call without a token."
    yield (("method", "bot scope", "token", "pace"), [_method(item) for item in METHODS])
    yield "### Events"
    yield ", ".join(f"`{name}`" for name in ALL_EVENTS) + "."
    yield "### Blocks"
    kinds = sorted({kind for kinds in ON_SURFACE.values() for kind in kinds})
    rows = [
        (f"`{kind}`", *("yes" if kind in ON_SURFACE[place] else "" for place in ON_SURFACE)) for kind in kinds
    ]
    yield (("block", *ON_SURFACE), rows)
    yield "### Limits of Block Kit"
    yield "Characters of a text, items of a list (`[]`: each item), or the value of a number; `*` means wherever it stands."
    limits = [
        (
            f"`{key}`",
            "" if limit.least is None else f"{limit.least:,}",
            "" if limit.most is None else f"{limit.most:,}",
        )
        for key, limit in LIMITS.items()
    ]
    yield (("field", "least", "most"), limits)


def _method(method: Method) -> Row:
    scopes = ", ".join(f"`{scope}`" for scope in method.scopes) or "-"
    tokens = ", ".join(sorted(method.tokens)) or "-"
    return (f"`{method.name}`", scopes, tokens, str(method.tier))


def _github() -> Iterator[Part]:
    yield "## The local GitHub"
    yield (("what", "how"), _GITHUB_BEHAVIOUR)
    yield _GITHUB_MISSING
    yield "Never held against the real github.com; requests and answers are held against GitHub's own descriptions."
    yield "### REST"
    yield "A semicolon divides permissions of which one is enough."
    rows = [(f"`{item.method} {item.path}`", _needs(item)) for item in endpoints()]
    yield (("route", "permission"), rows)
    yield "### GraphQL"
    yield (("type", "fields"), list(_types()))
    yield "### Webhooks"
    yield ", ".join(f"`{name}`" for name in sorted(WEBHOOKS)) + "."


def _needs(endpoint: Endpoint) -> str:
    words = {"": "-", "app": "the App itself", "installation": "an installation"}
    return words.get(endpoint.needs) or f"`{endpoint.needs}`"


def _types() -> Iterator[Row]:
    for name, kind in sorted(schema().type_map.items()):
        if (
            isinstance(kind, GraphQLObjectType)
            and not name.startswith("__")
            and not name.endswith(("Connection", "Edge"))
        ):
            yield (f"`{name}`", ", ".join(f"`{field}`" for field in kind.fields))
