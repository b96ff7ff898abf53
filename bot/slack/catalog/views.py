"""Pure: notices of the catalog as messages: what is wrong, at which line, how to mend it, and that it is mended."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import quote

from bot.slack.blocks import (
    Json,
    Message,
    actions,
    button,
    context,
    counted,
    cut,
    escape,
    header,
    link,
    plain,
    quoted,
    section,
)
from catalog_sync.notices.model import Kind, Notice, NoticeMessage, State

APPLY, KEEP = "catalog:apply", "catalog:keep"
_MOST_FILES = 10
_MOST_FLAWS = 5
_FEW = 3
_MOST_NAMES = 10
_LONGEST = 7_000
"""Slack takes about 11,000 characters in one message; the rest of it needs room too."""


def notice_message(message: NoticeMessage) -> Message:
    """A message as it has to read now."""
    return _VIEWS[message.kind](message)


def _broken(message: NoticeMessage) -> Message:
    files, waiting = message.notices, _waiting(message)
    if not waiting:
        return _settled(files)
    title = f"{len(waiting)} files cannot be taken into the catalog as they are"
    if len(waiting) == 1:
        title = f"{quoted(_name(waiting[0].content))} cannot be taken into the catalog as it is"
    most = _flaws_each(len(waiting))
    note = (
        "Until it is mended, the catalog keeps what it had. Change the line and push;"
        " `callboard lint` shows the same on your machine. This message says so when all is well."
    )
    texts = [_file_text(item, most) for item in files]
    return Message(title, (section(f"*{title}*"), *_sections(texts), context(note)))


def _waiting(message: NoticeMessage) -> list[Notice]:
    return [item for item in message.notices if item.state is State.OPEN]


def _flaws_each(files: int) -> int:
    """The more files, the fewer of each one's faults: what nobody reads to its end mends nothing."""
    return _MOST_FLAWS if files == 1 else 2 if files <= _FEW else 1


def _sections(texts: Sequence[str]) -> list[Json]:
    """A paragraph for each, as far as people read and Slack takes it; and how many more there are."""
    shown: list[str] = []
    for text in texts[:_MOST_FILES]:
        if sum(map(len, shown)) + len(text) > _LONGEST:
            break
        shown.append(text)
    more = len(texts) - len(shown)
    return [section(text) for text in (*shown, *([f"and {more} more"] if more else []))]


def _file_text(notice: Notice, most: int) -> str:
    content = notice.content
    if notice.state is State.GONE:
        return f"{_file_link(content)} is gone."
    if notice.state is not State.OPEN:
        return f"✅ {_file_link(content)} is mended."
    flaws = content["flaws"]
    lines = [_commit_text(content), *(_flaw_text(content, flaw) for flaw in flaws[:most])]
    if len(flaws) > most:
        lines.append(f"and {counted(len(flaws) - most, 'more fault')}")
    return cut("\n".join(lines), 2900)


def _commit_text(content: Mapping[str, Any]) -> str:
    """Whose commit it was; to its author it is theirs."""
    file, commit = _file_link(content), str(content["commit"])
    if not content["author"] or not commit:
        return f"In {file}:"
    shown = link(f"{content['url']}/commit/{commit}", commit[:7])
    subject = f" “{quoted(cut(content['subject'], 80))}”" if content["subject"] else ""
    whose = "your commit" if content.get("is_own") else f"{quoted(content['author'])}'s commit"
    return f"In {file}, since {whose} {shown}{subject}:"


def _flaw_text(content: Mapping[str, Any], flaw: Mapping[str, Any]) -> str:
    place = link(_line_url(content, flaw["line"]), f"line {flaw['line']}") if flaw["line"] else "the file"
    said = quoted(cut(flaw["message"], 300))
    expected = f" — expected {quoted(cut(flaw['expected'], 200))}" if flaw["expected"] else ""
    found = f"; found {quoted(cut(flaw['found'], 120))}" if flaw["found"] else ""
    hint = f"; {quoted(cut(flaw['hint'], 200))}" if flaw.get("hint") else ""
    text = f"{place}: {said}{expected}{found}{hint}"
    return f"✅ ~{text}~" if flaw["is_mended"] else f"• {text}"


def _settled(files: Sequence[Notice]) -> Message:
    """Thanks for what was mended; what is gone is called gone."""
    gone = [item for item in files if item.state is State.GONE]
    mended = [item for item in files if item.state is not State.GONE]
    if not gone:
        return _mended(mended)
    names, are = _some_files(gone), "is" if len(gone) == 1 else "are"
    left = section(f"*Gone.* {names} {are} not there any more, so nothing is left to mend.")
    if mended:
        thanks = _mended(mended)
        return Message(thanks.text, (*thanks.blocks, left))
    spoken = f"Gone: {quoted(_name(gone[0].content))}" if len(gone) == 1 else f"Gone: {len(gone)} files"
    return Message(spoken, (left,))


def _some_files(files: Sequence[Notice]) -> str:
    names = ", ".join(_file_link(item.content) for item in files[:_MOST_FILES])
    return names + (f" and {len(files) - _MOST_FILES} more" if len(files) > _MOST_FILES else "")


def _mended(files: Sequence[Notice]) -> Message:
    names, are = _some_files(files), "is" if len(files) == 1 else "are"
    spoken = (
        f"Mended: {quoted(_name(files[0].content))}" if len(files) == 1 else f"Mended: {len(files)} files"
    )
    return Message(spoken, (section(f"✅ *Mended.* {names} {are} all right now. Thank you."),))


def _conflict(message: NoticeMessage) -> Message:
    items, waiting = message.notices, _waiting(message)
    if not waiting:
        names = ", ".join(f"`{escape(item.content['ref'])}`" for item in items[:_MOST_NAMES])
        more = f" and {len(items) - _MOST_NAMES} more" if len(items) > _MOST_NAMES else ""
        text = f"✅ *Solved.* One file describes {names}{more} now."
        return Message("Solved: one file for one name", (section(text),))
    title = f"{len(waiting)} names are described twice"
    if len(waiting) == 1:
        title = f"Two files describe {escape(waiting[0].content['ref'])}"
    note = (
        "The first one is kept. Give the other another `metadata.name`, or take one of them away;"
        " this message says so when it is solved."
    )
    texts = [_both(item, is_only=len(items) == 1) for item in items]
    return Message(title, (section(f"*{title}*"), *_sections(texts), context(note)))


def _both(notice: Notice, *, is_only: bool) -> str:
    content = notice.content
    if notice.state is not State.OPEN:
        return f"✅ `{escape(content['ref'])}` is solved."
    name = "" if is_only else f"`{escape(content['ref'])}`\n"
    first = content["first"]
    kept = _line_link(first) if first and first["repository"] else "another source"
    return f"{name}• in the catalog: {kept}\n• not taken: {_line_link(content['refused'])}"


def _orphan(message: NoticeMessage) -> Message:
    items, waiting = message.notices, _waiting(message)
    sections = _sections([_orphan_text(item) for item in items])
    if not waiting:
        spoken = (
            _ended_orphan(items[0]) if len(items) == 1 else "No entry waits to leave the catalog any more"
        )
        return Message(spoken, tuple(sections))
    title = f"{len(waiting)} entries will leave the catalog"
    if len(waiting) == 1:
        title = f"{quoted(waiting[0].content['title'])} will leave the catalog"
    note = "To keep it, describe it in that file again. If it is meant to go, there is nothing to do."
    return Message(title, (section(f"*{title}*"), *sections, context(note)))


def _ended_orphan(notice: Notice) -> str:
    name = quoted(notice.content["title"])
    return f"{name} is back" if notice.state is State.MENDED else f"{name} has left the catalog"


def _orphan_text(notice: Notice) -> str:
    content = notice.content
    name = f"*{quoted(content['title'])}* (`{escape(content['ref'])}`)"
    if notice.state is State.MENDED:
        return f"✅ {name} is back in its file, and stays."
    if notice.state is State.GONE:
        return f"{name} has left the catalog."
    where = _file_link(content) if content["repository"] else "its file"
    return f"{name} is not described in {where} any more. It leaves on {_day(content['leaves_on'])}."


def _held(message: NoticeMessage) -> Message:
    notice = message.notices[0]
    content = notice.content
    share = round(100 * content["entities"] / content["known"]) if content["known"] else 100
    source = notice.source.partition(":")[2] or notice.source
    entries, repositories = content["entities"], content["repositories"]
    things = [f"{_entries(entries)} of {content['known']} ({share} %)"] if entries else []
    things += [_repositories(repositories)] if repositories else []
    what = " and ".join(things)
    if notice.state is not State.OPEN:
        return _decided(notice, source, what)
    names = ", ".join(f"`{escape(_short(name))}`" for name in content["names"][:_MOST_NAMES])
    total = content["repositories"] or content["entities"]
    more = f" and {total - _MOST_NAMES} more" if total > _MOST_NAMES else ""
    value = f"{content['digest']} {notice.source}"
    question = f"{what} will leave the catalog. What is on GitHub stays as it is."
    apply = {
        **button("Remove them", APPLY, value, style="danger"),
        "confirm": {
            "title": plain("Remove them?"),
            "text": plain(question),
            "confirm": plain("Remove"),
            "deny": plain("Not now"),
            "style": "danger",
        },
    }
    title = f"A sync would remove a lot from the catalog: {what}"
    return Message(
        title,
        (
            header("A sync would remove a lot, and waits for you"),
            section(
                f"*{escape(source)}* does not show {what} any more. Nothing was removed yet.\n{names}{more}"
            ),
            *actions([apply, button("Keep them", KEEP, value)]),
            context(
                "A lost permission looks just like this. Administrators decide; `slack.admins` names them."
            ),
        ),
    )


def _decided(notice: Notice, source: str, what: str) -> Message:
    by = str(notice.content.get("by") or "")
    said = {
        State.APPLIED: f"{by} removed {what} of {escape(source)} from the catalog.",
        State.KEPT: f"{by} kept {what} of {escape(source)} in the catalog."
        " `callboard sync --approve-held` removes them later.",
    }.get(notice.state, f"Settled: nothing is left to decide about {what} of {escape(source)}.")
    word = "Settled" if notice.state is State.GONE else "Decided"
    return Message(f"{word}: {escape(source)}", (section(said),))


def _first(message: NoticeMessage) -> Message:
    content = message.notices[0].content
    source = escape(message.notices[0].source.partition(":")[2])
    parts = [f"{counted(content['files'], 'file')} with faults"] if content["files"] else []
    parts += [f"{counted(content['conflicts'], 'name')} that two files want"] if content["conflicts"] else []
    found = (
        f"The first sync of {source} found" if content["is_first"] else f"A sync of {source} suddenly found"
    )
    title = f"{found} {' and '.join(parts)}"
    why = (
        "this is older than Callboard here. Whoever breaks a file from now on hears of it."
        if content["is_first"]
        else "so many people seldom make a mistake at once. Did the rules or the settings change?"
    )
    lines = [_listed(item) for item in content["listed"][:_MOST_FILES]]
    more = content["files"] - len(lines)
    lines += [f"and {more} more"] if more > 0 else []
    return Message(
        title,
        (
            section(f"*{title}*"),
            *([section("\n".join(lines))] if lines else []),
            context(f"Nobody else was told: {why} `callboard doctor` lists them all."),
        ),
    )


def _listed(item: Mapping[str, Any]) -> str:
    flaw = item["flaws"][0]
    more = f" and {len(item['flaws']) - 1} more" if len(item["flaws"]) > 1 else ""
    name = f"{_name(item)}:{flaw['line']}" if flaw["line"] else _name(item)
    return f"• {link(_line_url(item, flaw['line']), name)}: {quoted(cut(flaw['message'], 160))}{more}"


def _short(name: str) -> str:
    """A repository's key without its host; a reference as it is."""
    return name.partition("/")[2] if name.count("/") > 1 else name


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


def _repositories(count: int) -> str:
    return "1 repository" if count == 1 else f"{count} repositories"


def _name(content: Mapping[str, Any]) -> str:
    name = "/".join(part for part in (content["repository"], content["path"]) if part)
    return " ".join(name.split()) or "A file"


def _file_link(content: Mapping[str, Any]) -> str:
    return link(_line_url(content, 0), _name(content))


def _line_link(content: Mapping[str, Any]) -> str:
    name = f"{_name(content)}:{content['line']}" if content["line"] else _name(content)
    return link(_line_url(content, content["line"]), name)


def _line_url(content: Mapping[str, Any], line: int) -> str:
    """The page of a line at the commit that was read, so that it shows what was meant."""
    commit = content.get("commit") or content.get("head") or "HEAD"
    if not content["path"]:
        return str(content["url"])
    return f"{content['url']}/blob/{commit}/{quote(content['path'])}" + (f"#L{line}" if line else "")


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"


_VIEWS: Mapping[Kind, Callable[[NoticeMessage], Message]] = {
    Kind.BROKEN: _broken,
    Kind.CONFLICT: _conflict,
    Kind.ORPHAN: _orphan,
    Kind.HELD: _held,
    Kind.FIRST: _first,
}
