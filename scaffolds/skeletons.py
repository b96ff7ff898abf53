"""A folder of files rendered as Backstage's ``fetch:template`` renders it; runs in the jail.

What Backstage does and what is done here alike: names of files and folders are rendered as well as
their contents; a name that renders to nothing leaves its file out; files that are not text are
copied; a file that is there already stays unless ``replace`` is set; GitHub's own ``${{ }}`` renders
like any other, so a template copies such a file as it is, or puts ``{% raw %}`` around it. Unlike
Backstage, links are refused, and a name under git's own folder is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from catalog_sync.entity.globs import Glob
from core.errors import UserError
from scaffolds.nunjucks.backstage_filters import DEFAULT_HOSTS, backstage_filters
from scaffolds.nunjucks.renderer import Grammar, Renderer, TemplateFault

_LOOKED_AT = 512
_HINT = (
    "When the file has expressions of GitHub's own, name it under copyWithoutTemplating,"
    " or put {% raw %} … {% endraw %} around them."
)
_UTF8_LENGTHS = ((0xC0, 0xDF, 1), (0xE0, 0xEF, 2), (0xF0, 0xF7, 3))


@dataclass(frozen=True, slots=True)
class SkeletonOptions:
    """The options of ``fetch:template``."""

    copy_without_templating: tuple[str, ...] = ()
    """Patterns; the contents of such files are copied, their names are rendered."""
    copy_without_render: tuple[str, ...] = ()
    """Patterns of the older option: neither contents nor names are rendered."""
    is_cookiecutter: bool = False
    extension: str = ""
    """Only files that end so are rendered, and lose the ending; empty for all files."""
    replaces: bool = False
    trims_blocks: bool = False
    lstrips_blocks: bool = False


def options_from(given: Mapping[str, Any]) -> SkeletonOptions:
    """The options as a step's input names them.

    Raises:
        UserError: An option is of another type, or two exclude each other.
    """
    extension = given.get("templateFileExtension") or ""
    extension = ".njk" if extension is True else str(extension)
    if extension and not extension.startswith("."):
        extension = f".{extension}"
    options = SkeletonOptions(
        copy_without_templating=_patterns(given, "copyWithoutTemplating"),
        copy_without_render=_patterns(given, "copyWithoutRender"),
        is_cookiecutter=bool(given.get("cookiecutterCompat")),
        extension=extension,
        replaces=bool(given.get("replace")),
        trims_blocks=bool(given.get("trimBlocks")),
        lstrips_blocks=bool(given.get("lstripBlocks")),
    )
    if options.copy_without_templating and options.copy_without_render:
        raise UserError("copyWithoutTemplating and copyWithoutRender exclude each other.", "Take the first.")
    if options.extension and (
        options.copy_without_templating or options.copy_without_render or options.is_cookiecutter
    ):
        raise UserError("templateFileExtension excludes copyWithoutTemplating and cookiecutterCompat.")
    return options


def _patterns(given: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = given.get(name)
    if found is None:
        return ()
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise UserError(f"{name} has to be a list of patterns.")
    return tuple(found)


def render_skeleton(
    source: Path,
    target: Path,
    values: Mapping[str, Any],
    options: SkeletonOptions,
    hosts: Mapping[str, str] = DEFAULT_HOSTS,
) -> tuple[str, ...]:
    """Render the folder ``source`` into ``target``; the paths that were written, below ``target``, sorted.

    Args:
        source: The skeleton.
        target: An existing folder, or one to be made; what lies in it stays.
        values: The ``values`` of the step's input.
        options: As ``options_from`` gives them.
        hosts: Git hosts with their kind, for ``parseRepoUrl``.

    Raises:
        UserError: A file cannot be rendered, or leads out of the folder: which, where and why.
    """
    skeleton = _Skeleton(source, target, values, options, hosts)
    target.mkdir(parents=True, exist_ok=True)
    return tuple(sorted(filter(None, map(skeleton.take, _entries(source)))))


def _entries(folder: Path) -> Iterator[Path]:
    """Everything below a folder, folders before what is in them."""
    for item in sorted(folder.iterdir()):
        yield item
        if item.is_dir() and not item.is_symlink():
            yield from _entries(item)


class _Skeleton:
    def __init__(
        self,
        source: Path,
        target: Path,
        values: Mapping[str, Any],
        options: SkeletonOptions,
        hosts: Mapping[str, str],
    ) -> None:
        self._source, self._target, self._options = source, target, options
        grammar = Grammar(options.is_cookiecutter, options.trims_blocks, options.lstrips_blocks)
        self._renderer = Renderer(backstage_filters(hosts), grammar=grammar, runs_patterns=True)
        self._context = {"cookiecutter" if options.is_cookiecutter else "values": values}
        self._unrendered = _Patterns(options.copy_without_templating or options.copy_without_render)

    def take(self, item: Path) -> str:
        """Render one file or folder; its path, or nothing when it is a folder or left out."""
        path = item.relative_to(self._source).as_posix()
        if item.is_symlink() or not (item.is_dir() or item.is_file()):
            raise UserError(f"{path} is a link or a device, not a file.", "Put the file itself there.")
        is_rendered, name = self._named(item, path)
        if not name or name.startswith("/") or "//" in name:
            return ""
        target = self._place(path, name)
        if item.is_dir():
            self._make_folder(path, target)
            return ""
        if (target.exists() or target.is_symlink()) and not self._options.replaces:
            return ""
        self._make_folder(path, target.parent)
        self._write(item, path, target, is_rendered)
        return target.relative_to(self._target).as_posix()

    def _named(self, item: Path, path: str) -> tuple[bool, str]:
        """Whether the contents are rendered, and the path that comes out."""
        extension = self._options.extension
        if extension:
            is_rendered = item.is_file() and item.suffix == extension
            return is_rendered, self._render(path.removesuffix(extension) if is_rendered else path, path)
        is_rendered = not self._unrendered.match(path, item.is_dir())
        if not is_rendered and self._options.copy_without_render:
            return False, path
        # A folder's own slash counts when its last name renders to nothing: then the folder is left out.
        return is_rendered, self._render(path + "/" * item.is_dir(), path).removesuffix("/" * item.is_dir())

    def _render(self, text: str, path: str) -> str:
        try:
            return self._renderer.text(text, self._context)
        except TemplateFault as fault:
            where = f"{path}:{fault.line}:{fault.column}" if fault.line else path
            raise UserError(f"{where}: {fault.message}.", _HINT if ".github/" in path else "") from fault

    def _place(self, path: str, name: str) -> Path:
        parts = PurePosixPath(name).parts
        if ".." in parts or "\0" in name or "\\" in name or any(part.lower() == ".git" for part in parts):
            raise UserError(f"The name {path} renders to {name!r}, which leads out of the new repository.")
        return self._target.joinpath(*parts)

    def _make_folder(self, path: str, folder: Path) -> None:
        """Make a folder; none on the way may be a link, which could lead out."""
        at = self._target
        for part in folder.relative_to(self._target).parts:
            at /= part
            if at.is_symlink() or (at.exists() and not at.is_dir()):
                raise UserError(f"{path} cannot be written: {at.relative_to(self._target)} is no folder.")
            at.mkdir(exist_ok=True)

    def _write(self, item: Path, path: str, target: Path, is_rendered: bool) -> None:
        content = item.read_bytes()
        if is_rendered and not is_binary(content):
            content = self._render(content.decode("utf-8", "replace"), path).encode("utf-8", "replace")
        if target.is_symlink() or target.is_dir():
            raise UserError(f"{path} cannot be written: {target.relative_to(self._target)} is no file.")
        target.write_bytes(content)
        target.chmod(0o755 if item.stat().st_mode & 0o100 else 0o644)


class _Patterns:
    """Patterns of paths; one that begins with ``!`` takes paths out again, one that fits a folder fits all in it."""

    def __init__(self, patterns: tuple[str, ...]) -> None:
        self._wanted = [_Pattern(text) for text in patterns if not text.startswith("!")]
        self._unwanted = [_Pattern(text[1:]) for text in patterns if text.startswith("!")]

    def match(self, path: str, is_folder: bool) -> bool:
        return self._any(self._wanted, path, is_folder) and not self._any(self._unwanted, path, is_folder)

    @staticmethod
    def _any(patterns: "list[_Pattern]", path: str, is_folder: bool) -> bool:
        return any(pattern.match(path, is_folder) for pattern in patterns)


class _Pattern:
    def __init__(self, text: str) -> None:
        text = text.removeprefix("./")
        self._is_plain = not any(sign in text for sign in "*?[{(!")
        self._text = text.rstrip("/")
        self._glob = Glob(_dotted(self._text))

    def match(self, path: str, is_folder: bool) -> bool:
        if self._is_plain:
            return path == self._text or path.startswith(f"{self._text}/")
        return self._glob.matches(_dotted(path)) or (is_folder and self._glob.matches(f"{_dotted(path)}/"))


def _dotted(path: str) -> str:
    """The path with every leading dot hidden: here a star matches names that begin with one."""
    return "/".join(f"\u2024{part[1:]}" if part.startswith(".") else part for part in path.split("/"))


def is_binary(content: bytes) -> bool:
    """Whether a file counts as binary: by its first 512 bytes, as the package does that Backstage asks."""
    head = content[:_LOOKED_AT]
    if head.startswith((b"\xef\xbb\xbf", b"\x00\x00\xfe\xff", b"\xff\xfe", b"\xfe\xff", b"\x84\x31\x95\x33")):
        return False
    if head.startswith(b"%PDF-") or b"\0" in head:
        return True
    return _strange(head) * 100 > len(head) * 10


def _strange(head: bytes) -> int:
    """How many bytes belong to no text."""
    count = at = 0
    while at < len(head):
        byte = head[at]
        is_control = (byte < 7 or byte > 14) and (byte < 32 or byte > 127)
        length = _follows(head, at) if is_control else 0
        count += is_control and not length
        at += 1 + length
    return count


def _follows(head: bytes, at: int) -> int:
    """How many bytes go on with the UTF-8 character that begins here; 0 when none begins."""
    for first, last, length in _UTF8_LENGTHS:
        if first <= head[at] <= last and at + length < len(head):
            rest = head[at + 1 : at + 1 + length]
            return length if all(0x80 <= byte <= 0xBF for byte in rest) else 0
    return 0
