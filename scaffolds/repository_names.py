"""Pure: which names GitHub takes for a repository, and which we take."""

import re

MAX_LENGTH = 100
_FITS = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*\Z")


def problem_with_name(name: str) -> str:
    """What is wrong with a name for a repository, in words; empty when nothing is.

    GitHub takes letters, digits, ``.``, ``-`` and ``_``, at most 100 of them, and silently turns
    everything else into ``-``: better to say so than to be surprised by the result. A name that
    starts with a dot is refused here, because ``.github`` speaks for a whole organisation.
    """
    if not name:
        return "A repository needs a name."
    if len(name) > MAX_LENGTH:
        return f"GitHub takes at most {MAX_LENGTH} characters; this has {len(name)}."
    if not _FITS.match(name):
        return "Use letters, digits, dots, dashes and underscores only, and start with a letter or a digit."
    if name.lower().endswith((".git", ".wiki", ".atom")):
        return f"GitHub does not take names that end in {name[name.rindex('.') :].lower()}."
    return ""
