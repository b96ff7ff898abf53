"""Pure: what a question about owners asks about, as far as that can be told without the catalog."""

import re
from dataclasses import dataclass

from catalog_sync.asking.addresses import lines_of

KIND_WORDS = {
    "component": "component",
    "components": "component",
    "service": "component",
    "website": "component",
    "library": "component",
    "app": "component",
    "application": "component",
    "api": "api",
    "apis": "api",
    "system": "system",
    "product": "system",
    "domain": "domain",
    "area": "domain",
    "resource": "resource",
    "database": "resource",
    "bucket": "resource",
    "queue": "resource",
    "topic": "resource",
    "template": "template",
    "team": "group",
    "squad": "group",
    "group": "group",
    "guild": "group",
    "tribe": "group",
    "crew": "group",
    "channel": "group",
    "department": "group",
    "division": "group",
    "chapter": "group",
    "user": "user",
    "person": "user",
    "repo": "repository",
    "repos": "repository",
    "repository": "repository",
}
"""Words that say what kind of thing is meant, to Backstage's kinds and ``repository``."""

_OWNING = (
    r"owns?|owned|own|owners?\s+of|owners?\s+for|owner|owning|ownership\s+of|(?:is\s+|are\s+)?responsible\s+for|"
    r"(?:is\s+|are\s+)?accountable\s+for|maintains?|maintainers?\s+(?:of|for)|runs?|"
    r"(?:is\s+|are\s+)?in\s+charge\s+of|(?:is\s+|are\s+)?behind|looks?\s+after|takes?\s+care\s+of|supports?|"
    r"builds?|built|wrote|develops?|manages?|operates?|"
    r"(?:(?:can|should|do|could)\s+(?:i|we)\s+|to\s+)?(?:ask|talk\s+to|contact|ping|speak\s+to|reach\s+out\s+to|page)"
    r"\s+(?:about|for|regarding|on|if)|(?:can|could)\s+help\s+(?:me\s+)?(?:with|on)|knows?\s+(?:about)?|"
    r"(?:is\s+)?(?:on\s+)?(?:the\s+)?(?:point\s+of\s+)?contact\s+(?:of|for)|(?:is\s+)?on\s+(?:call|duty)\s+for"
)
_PLAINLY = r"owns?|owners?\s+(?:of|for)|owner|ownership\s+of|maintainers?\s+(?:of|for)|(?:point\s+of\s+)?contact\s+for"
_ASKING = re.compile(
    r"^\s*(?:(?:hey|hi|hello|please|pls)[,!]?\s+)*"
    r"(?:(?:can|could|would)\s+(?:you|someone|anyone|anybody)\s+(?:please\s+)?(?:tell\s+me|say|find\s+out)\s+|"
    r"(?:does\s+|do\s+)?(?:anyone|anybody|someone|you)\s+knows?\s+|tell\s+me\s+|find\s+(?:me\s+)?|show\s+me\s+)?"
    rf"(?:who(?:m|'s|\u2019s|\s+is|\s+are|\s+was)?\s+(?:the\s+)?(?:(?:{_OWNING})\s+)?|"
    rf"(?:which|what)\s+(?:team|squad|group|person|people)\s+(?:is\s+)?(?:the\s+)?(?:{_OWNING})\s+|"
    rf"whose\s+(?:is|are)?\s*|(?:the\s+)?(?:{_PLAINLY})(?::\s*|\s+)|where\s+(?:does|do|is|are)\s+)",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    r"^\s*(?:who\s+(?:is|are)\s+(?:on|in)\s+(?!call\b|charge\b|duty\b)|who\s+(?:leads?|manages)\s+|members?\s+of\s+|people\s+(?:of|in|on)\s+|"
    r"what\s+(?:all\s+)?(?:do|does)\s+|what\s+is\s+owned\s+by\s+|"
    r"(?:(?:list|show(?:\s+me)?)\s+)?(?:everything|all|things|what)\s+(?:that\s+is\s+)?(?:owned\s+by|of)\s+|"
    r"(?:the\s+)?(?:lead|manager|channel|slack\s+channel)\s+(?:of|for)\s+|"
    r"(?:which|what)\s+(?:slack\s+)?channel\s+(?:does|is|has)\s+|"
    r"(?:how|where)\s+(?:do|can|could|should)\s+(?:i|we|one)\s+(?:contact|reach|find|ping|get\s+hold\s+of|talk\s+to)\s+)",
    re.IGNORECASE,
)
_PEOPLE_END = re.compile(r"(?<=\S)\s+(?:in|on|use|uses|have|has|own|owns)\s*[?!.]*\s*\Z", re.IGNORECASE)
_TRAILING = re.compile(
    r"(?:['\u2019]s\s+owners?|\s+(?:(?:(?:is|are)\s+)?owned\s+by(?:\s+whom?)?|belongs?\s+to(?:\s+whom?)?|owners?|own|owns|"
    r"maintainers?|lives?|(?:is|are)\s+(?:down|broken|failing|red|on\s+fire)|breaks?|fails?|goes\s+down|please|pls|thanks|thx))?"
    r"\s*[?!.,;:]*\s*$",
    re.IGNORECASE,
)
_MENTION = (
    r"(https?://[^|>\s]+|mailto:[^|>\s]+)(?:\|[^>]*)?|#([A-Z0-9]+)(?:\|([^>]*))?|@([A-Z0-9]+)(?:\|([^>]*))?|"
    r"!subteam\^[A-Z0-9]+(?:\|([^>]*))?"
)
_MRKDWN = re.compile(f"<(?:{_MENTION})>")
_QUOTES = "`\"'“”‘’*_~ "
_EMOJI = re.compile(r"(?<!\S):[a-z0-9_+-]+:(?!\S)")
_ARTICLES = re.compile(r"^(?:the|this|that|our|my|a|an)\s+", re.IGNORECASE)
_FOLDER = r"(?:file|files|folder|directory|dir|path|module)"
_IN_REPOSITORY = re.compile(
    rf"^(?:the\s+)?(?P<before>{_FOLDER}\s+(?:in|at|of|under|for)?\s*)?(?P<path>\S+)(?P<after>\s+{_FOLDER})?"
    r"\s+(?:in|of|from|inside|within|at|on)\s+(?:the\s+)?(?P<repository>.+)$",
    re.IGNORECASE,
)
_ITS = re.compile(
    r"^(?:the\s+)?(?P<repository>\S+)['\u2019]s\s+(?P<path>\S+)(?:\s+(?:file|folder))?$", re.IGNORECASE
)
_LINE_END = re.compile(r"(?<=[\w/])(?::(\d+)(?:-(\d+)|:\d+)?|#(L\d+\S*))\Z")


@dataclass(frozen=True, slots=True)
class Question:
    """A question, taken down to what it is about."""

    subject: str
    about_people: bool = False
    """Whether it asks for a team or a person: ``who is on payments``, ``what does payments own``."""
    channel_id: str = ""
    """The id of the channel that was mentioned, beside its name."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A path in something, as it was written."""

    inside: str
    path: str
    is_sure: bool = False
    """Whether a word says that it is a path: ``the docs folder``."""


def read_question(text: str) -> Question:
    """Take a question down to what it is about: ``who owns the payments api?`` gives ``the payments api``."""
    channel_ids: list[str] = []
    plain = _MRKDWN.sub(lambda found: _unwrapped(found, channel_ids), text.replace("\xa0", " ")).strip()
    plain = _EMOJI.sub("", plain).strip().replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
    people = _PEOPLE.match(plain)
    if people:
        subject = _clean(_PEOPLE_END.sub("", plain[people.end() :]))
        return Question(subject, True, *channel_ids[:1]) if subject else Question(_clean(plain))
    subject = subject_of(plain)
    is_who = re.match(
        r"\s*who(?:'s|\u2019s|\s+is|\s+are)\s+(?!the\s+owner|respons|in\s+charge|behind)", plain, re.I
    )
    return Question(subject, bool(is_who), *channel_ids[:1])


def subject_of(query: str) -> str:
    """What a question asks about: ``who owns the payments api?`` gives ``the payments api``."""
    text = _clean(query)
    return _clean(_ASKING.sub("", f"{text} ", count=1)) or text


def without_article(text: str) -> str:
    """A subject without ``the``, ``our`` and the like before it."""
    return _ARTICLES.sub("", text)


def kinds_in(subject: str) -> list[tuple[str, str]]:
    """Readings of a subject that says what kind of thing it means: the rest of it, and the kind.

    ``the payments team`` gives ``("payments", "group")``.
    """
    words = without_article(subject).split()
    found = []
    if len(words) > 1:
        first, last = words[0].lower().rstrip(":"), words[-1].lower()
        if last in KIND_WORDS:
            found.append((" ".join(words[:-1]), KIND_WORDS[last]))
        if first in KIND_WORDS:
            rest = (
                words[2:]
                if words[1].lower() in ("of", "called", "named", "for") and len(words) > 2
                else words[1:]
            )
            found.append((" ".join(rest), KIND_WORDS[first]))
    return found


def spot_of(subject: str) -> Spot | None:
    """``src/x.py in payments-api`` and ``payments-api: src/x.py``; None for what is written otherwise."""
    inside = _IN_REPOSITORY.match(subject)
    if inside:
        is_sure = bool(inside["before"] or inside["after"])
        return Spot(_clean(inside["repository"]), inside["path"].strip(_QUOTES), is_sure)
    its = _ITS.match(subject)
    if its:
        return Spot(its["repository"], its["path"].strip(_QUOTES))
    words = without_article(subject).split()
    if len(words) == 2 and ("/" in words[1] or re.search(r"\w\.\w{1,5}\Z", words[1])):
        return Spot(words[0].rstrip(":"), words[1].strip(_QUOTES))
    return None


def lines_apart(text: str) -> tuple[str, str]:
    """A path and the lines at its end: ``x.py#L3`` and ``x.py:3`` give ``x.py`` and ``L3``."""
    found = _LINE_END.search(text)
    if not found:
        return text.partition("#")[0] or text, ""
    first, last, anchor = found.groups()
    lines = lines_of(anchor) if anchor else lines_of(f"L{first}-L{last}" if last else f"L{first}")
    return text[: found.start()], lines


def _clean(text: str) -> str:
    before = None
    while text != before:
        before, text = text, _TRAILING.sub("", text.strip(_QUOTES)).strip(_QUOTES)
    return text


def _unwrapped(found: re.Match[str], channel_ids: list[str]) -> str:
    """Slack's way to write links and mentions, as people would write them."""
    address, channel, channel_name, user, user_name, subteam = found.groups()
    if address:
        return str(address).removeprefix("mailto:")
    if channel:
        channel_ids.append(channel)
        return f"#{channel_name or channel}"
    return str(subteam or (f"@{user_name}" if user_name else f"@{user}"))
