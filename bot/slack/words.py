"""Pure: which conversation a line is for, whether typed after the slash command, in a mention or in a direct message."""

import re
from collections.abc import Callable, Sequence

from rapidfuzz import fuzz, process

from bot.slack.conversation import Conversation
from catalog_sync.asking.depending import read_dependency
from catalog_sync.asking.question import KIND_WORDS, subject_of

PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|([^>]*))?>")
"""Somebody who is mentioned: their id, and their name where Slack says it."""
_LINK = re.compile(r"<(https?://[^|>]+)(?:\|[^>]*)?>")
_CHANNEL = re.compile(r"<#[CG][A-Z0-9]+\|([^>]+)>")
_POLITE = re.compile(
    r"^(?:(?:hey|hi|hello|please|pls|ok|so|and|btw)\b[,!]?\s+)+(?=\S)|^(?:can|could|would)\s+you\s+(?:please\s+)?"
    r"(?=(?:find|show|list|search|tell)\b)",
    re.IGNORECASE,
)
_GROUPS = "team|teams|squad|squads|group|groups|guild|tribe|crew|department|division|chapter"
_THINGS = "|".join(
    sorted(
        {word for word, kind in KIND_WORDS.items() if kind not in ("group", "user")}, key=len, reverse=True
    )
)
_TEAM = re.compile(
    r"^(?:who(?:'s|\u2019s|\s+is|\s+are|\s+all\s+is)?\s+(?:on|in)\s+(?!call\b|charge\b|duty\b)"
    r"|(?:who|which\s+people)\s+(?:leads?|manages|works?\s+(?:on|in|for|at))\s+"
    r"|(?:(?:show|list|give)\s+(?:me\s+)?)?(?:the\s+)?(?:members?|people|leads?|manager|channel|slack\s+channel)\s+(?:of|in|on|for)\s+"
    r"|what\s+(?:all\s+)?(?:do|does)\s+.+?\s+own\s*[?!.]*$"
    r"|(?:(?:what|show(?:\s+me)?|list|give\s+me)\s+)?(?:everything|all|things|what|is|that\s+is)?\s*(?:that\s+is\s+|is\s+)?owned\s+by\s+"
    rf"|(?:show|tell|give)\s+(?:me\s+)?(?:about\s+)?(?:the\s+)?(?:{_GROUPS})\s+\S"
    rf"|(?:(?:show|tell|give)\s+(?:me\s+)?(?:about\s+)?)?(?:the\s+)?\S+\s+(?:{_GROUPS})\s*[?!.]*$"
    r"|(?:which|what)\s+teams?\s+(?:is|are|does)\s+.+?\s+(?:in|on|part\s+of|belong\s+to|work\s+(?:in|for|on))\s*[?!.]*$"
    r"|(?:which|what)\s+(?:slack\s+)?channel\s+(?:does|is|has)\s+"
    r"|(?:how|where)\s+(?:do|can|could|should)\s+(?:i|we|one)\s+(?:contact|reach|find|ping|get\s+hold\s+of|talk\s+to)\s+"
    rf"(?:the\s+)?(?:\S+\s+){{1,4}}(?:{_GROUPS})\s*[?!.]*$"
    r"|(?:how|where)\s+(?:do|can|could|should)\s+(?:i|we|one)\s+(?:contact|get\s+hold\s+of)\s+)",
    re.IGNORECASE,
)
_FIND = re.compile(
    r"^(?:(?:show|list|give)\s+(?:me\s+|us\s+)?(?:all|every|everything|anything)\b"
    r"|(?:everything|anything|all)\s+(?:about|related\s+to|regarding|with|tagged|in|for)\b"
    rf"|(?:show\s+(?:me\s+|us\s+)?)(?:the\s+)?(?:\S+\s+)?(?:{_THINGS})s?\b"
    rf"|(?:which|what)\s+(?:{_THINGS})s?\b(?!\s+(?:is|are)\s+(?:the|an?)\b)"
    r"|do\s+we\s+have\s+(?:an?|any)\b"
    rf"|(?:is|are)\s+there\s+(?:an?|any)\s+(?:{_THINGS})s?\b"
    r"|search\s+for\b|look(?:ing)?\s+for\b)",
    re.IGNORECASE,
)
_OWNER = re.compile(
    r"^(who(?:'s|\u2019s|\s+is|\s+are|\s+owns?|\s+maintains?)?\b|owners?\b|whose\b|which\s+team\b|tell\s+me\s+(?:about|who)\b"
    r"|find\s+(?:out\s+)?(?:me\s+)?(?:who\b|the\s+owners?\b)"
    r"|(?:(?:do|does)\s+)?(?:you|any\s?one|any\s?body|some\s?one|some\s?body)\s+knows?\s+(?:who|whose|which\s+team)\b)",
    re.IGNORECASE,
)
_HOW = re.compile(
    r"^(how(?!\s+about\b)|where|what(?!\s+about\b)|when|why|can\s+i|is\s+there|(?:find|show)\s+(?:me\s+)?(?:the\s+)?docs?)\b",
    re.IGNORECASE,
)
_ME = re.compile(
    r"^(?:who\s+am\s+i|who\s+do\s+you\s+think\s+(?:that\s+)?i\s+am|(?:what|which)\s+(?:teams?\s+am\s+i\s+(?:in|on|part\s+of)"
    r"|(?:is|are)\s+my\s+teams?)|(?:show\s+(?:me\s+)?)?my\s+teams?)\s*[?!.]*$",
    re.IGNORECASE,
)
_NEAR = 74


def _asks_for_dependencies(text: str) -> bool:
    return read_dependency(text)[1] != "both"


def _asks_for_team(text: str) -> bool:
    return bool(_TEAM.match(text))


def _asks_who_they_are(text: str) -> bool:
    return bool(_ME.match(text))


_SENTENCES: Sequence[tuple[Callable[[str], object], str]] = (
    (_asks_who_they_are, "me"),
    (_asks_for_team, "team"),
    (_asks_for_dependencies, "deps"),
)
"""Whole sentences that say what they ask for, even where their first word is "who"."""
_BEGINNINGS: Sequence[tuple[re.Pattern[str], str]] = ((_FIND, "find"), (_OWNER, "who"), (_HOW, "docs"))


def route(
    line: str, conversations: Sequence[Conversation], bot_user: str = ""
) -> tuple[Conversation | None, str]:
    """The conversation that a line is for, and the rest of the line; None when no one can tell.

    A sentence that asks for dependencies or for a team decides, then a first word that names a conversation;
    else a question's own words do: "who ..." asks for an owner, "how ..." asks the docs.

    Args:
        line: As Slack hands it over.
        conversations: Those that there are.
        bot_user: The app's own id, where it is known.
    """
    text = plain_line(line, bot_user)
    by_word = {name: item for item in conversations for name in (item.name, *item.also)}
    asked = _POLITE.sub("", text)
    word, _, rest = asked.partition(" ")
    first = word.lower().rstrip(":,?!.")
    named = by_word.get(first)
    for asks, name in _SENTENCES:
        is_free = named is None or named.name in ("who", name)
        if name in by_word and is_free and first != name and asks(asked):
            return by_word[name], asked
    if named and not (first == "find" and (_OWNER.match(asked) or _HOW.match(asked))):
        return named, asked if named.name == "who" and _is_sentence(asked, rest) else rest.strip()
    for pattern, name in _BEGINNINGS:
        if pattern.match(asked) and name in by_word:
            return by_word[name], asked
    return None, text


def _is_sentence(text: str, rest: str) -> bool:
    """Whether there is more between "who" and what is meant: ``who runs ledger``, and not ``who ledger``."""
    return len(subject_of(text).split()) < len(rest.split())


def nearest_word(line: str, conversations: Sequence[Conversation]) -> str:
    """The conversation that a misspelt first word perhaps meant; empty when none is near."""
    word = plain_line(line).partition(" ")[0].lower()
    found = (
        process.extractOne(word, [item.name for item in conversations], scorer=fuzz.ratio, score_cutoff=_NEAR)
        if word
        else None
    )
    return str(found[0]) if found else ""


def plain_line(line: str, bot_user: str = "") -> str:
    """A line without the mention of the app, and without Slack's marks around links and channels.

    Other people's mentions stay as they are until somebody may be asked who they are; where the app's own id is
    not known, the first mention is taken for the app's if the line begins with it.
    """
    if bot_user:
        text = PERSON.sub(lambda found: " " if found.group(1) == bot_user else found.group(0), line)
    else:
        text = re.sub(rf"^\s*{PERSON.pattern}", " ", line)
    text = _CHANNEL.sub(r"#\1", text)
    text = _LINK.sub(r"\1", text)
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return " ".join(text.split())
