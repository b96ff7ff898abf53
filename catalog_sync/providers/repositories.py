"""GitHub as a source: light pages of all repositories, details only of what changed, and all teams."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cached_property

from catalog_sync.entity.addresses import Checkout
from catalog_sync.entity.descriptor import file_name, refusal_of
from catalog_sync.entity.file_text import BINARY, Unreadable, too_large
from catalog_sync.entity.gather import Absent, FileContent, Gathered, gather
from catalog_sync.entity.globs import is_glob
from catalog_sync.entity.model import Refusal, RepositoryName
from catalog_sync.entity.rules import DEFAULT_RULES, KindRules
from catalog_sync.github.port import (
    MOST_SHOWN,
    FileText,
    GitHubPort,
    LightPage,
    RepositoryDetail,
    RepositoryLight,
    TeamSnapshot,
    Unread,
)
from catalog_sync.ownership.codeowners import PLACES
from catalog_sync.providers.docs_wanted import docs_wanted
from catalog_sync.records import Begun, Page, RepositoryRecord, Seen, reading_digest, repository_key
from core.access import Visibility
from core.errors import NotAllowed, NotFound

DESCRIPTOR = "catalog-info.yaml"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which repositories of an organisation belong to the catalog; what is not chosen is not in it at all."""

    names: tuple[str, ...] = ()
    """Patterns such as ``payments-*``, or with ``!`` in front for those to leave out; all for none."""
    visibilities: frozenset[Visibility] = frozenset(Visibility)
    topics: frozenset[str] = frozenset()
    """One of them it must have."""
    topics_without: frozenset[str] = frozenset()
    """None of them it may have."""
    archived: bool = True
    forks: bool = True

    @property
    def needs_topics(self) -> bool:
        """Whether the topics have to be known."""
        return bool(self.topics or self.topics_without)

    def takes(self, light: RepositoryLight) -> bool:
        """Whether a repository belongs to the catalog."""
        topics = {topic.lower() for topic in light.topics}
        return (
            light.visibility in self.visibilities
            and (self.archived or not light.is_archived)
            and (self.forks or not light.is_fork)
            and (not self.topics or not topics.isdisjoint(map(str.lower, self.topics)))
            and topics.isdisjoint(map(str.lower, self.topics_without))
            and self._takes_name(light.name.name.lower())
        )

    def _takes_name(self, name: str) -> bool:
        wanted = [pattern.lower() for pattern in self.names if not pattern.startswith("!")]
        unwanted = [pattern[1:].lower() for pattern in self.names if pattern.startswith("!")]
        return (not wanted or any(fnmatchcase(name, pattern) for pattern in wanted)) and not any(
            fnmatchcase(name, pattern) for pattern in unwanted
        )


EVERYTHING = Chosen()


def first_path(descriptors: Sequence[str]) -> str | None:
    """The path that details bring together with the rest; patterns cannot be asked for."""
    return next((path.strip("/") for path in descriptors if not is_glob(path)), None)


@dataclass(slots=True)
class _Reading:
    """One repository while the files that its descriptors lead to are fetched."""

    detail: RepositoryDetail
    checkout: Checkout
    files: dict[str, FileContent]
    tree: tuple[str, ...] | None = None
    problem: str = ""
    found: Gathered = field(init=False)

    @property
    def id(self) -> str:
        """See ``Begun.id``."""
        return self.detail.light.id

    @property
    def wanted(self) -> int:
        """See ``Begun.wanted``."""
        return len(self.found.wanted)


class GitHubProvider:
    """One organisation of one GitHub host.

    Args:
        github: The host.
        organization: Its login.
        descriptors: Paths and patterns at which descriptors are looked for.
        chosen: Which repositories belong to the catalog.
        rules: Which kinds are taken.
        branch: The branch that the host reads; each repository's default branch when left out.
    """

    name = "github"
    has_history = True

    def __init__(
        self,
        github: GitHubPort,
        organization: str,
        descriptors: Sequence[str] = (DESCRIPTOR,),
        *,
        chosen: Chosen = EVERYTHING,
        rules: Callable[[], KindRules] = lambda: DEFAULT_RULES,
        branch: str | None = None,
    ) -> None:
        self._branch = branch
        self._github = github
        self._organization = organization
        self._roots = tuple(path.strip("/") for path in descriptors)
        self._first = first_path(self._roots)
        self._chosen = chosen
        self._rules = rules
        self.source = f"github:{github.host}/{organization}".lower()

    @property
    def requests(self) -> int:
        """See ``Provider.requests``."""
        return self._github.requests

    def pages(self, after: str | None) -> Iterator[Page]:
        """See ``Provider.pages``; one request for 100 repositories."""
        return map(self._page, self._github.discover(self._organization, after))

    def recent(self) -> Iterator[Page]:
        """See ``Provider.recent``; one request for 100 repositories."""
        return map(self._page, self._github.recent(self._organization))

    def read(self, ids: Sequence[str]) -> Iterator[RepositoryRecord | Unread | Begun]:
        """See ``Provider.read``; one request for 25 repositories."""
        rules = self._rules()
        for detail in self._github.details(ids):
            if isinstance(detail, Unread):
                yield detail
                continue
            reading = self._begun(detail)
            reading.found = self._gathered(reading, rules)
            yield reading if reading.found.wants_more else self._record(reading)

    def finish(self, begun: Sequence[Begun]) -> Iterator[RepositoryRecord | Unread]:
        """See ``Provider.finish``; one request for 250 files, one for the tree of each that has patterns."""
        readings = [reading for reading in begun if isinstance(reading, _Reading)]
        self._fetch_all(readings)
        for reading in readings:
            yield Unread(reading.id, reading.problem) if reading.problem else self._record(reading)

    def teams(self) -> tuple[TeamSnapshot, ...] | None:
        """See ``Provider.teams``; one request for 100 teams."""
        return tuple(self._github.teams(self._organization))

    def one(self, name: RepositoryName) -> RepositoryRecord | Unread | None:
        """One repository now; None where there is none that we may see, or that was chosen."""
        detail = self._github.repository(name)
        if detail is None or not self._chosen.takes(detail.light):
            return None
        if detail.name.owner.lower() != self._organization.lower():
            # GitHub still knows it by its former name: it was transferred.
            return None
        reading = self._begun(detail)
        reading.found = self._gathered(reading, self._rules())
        return next(self.finish([reading]))

    def is_readable(self) -> bool:
        """Whether the organisation itself answers; then a repository that does not is gone."""
        try:
            return next(self._github.recent(self._organization), None) is not None
        except (NotFound, NotAllowed):
            return False

    def _page(self, page: LightPage) -> Page:
        seen = tuple(
            Seen(light.id, repository_key(light.name), self._fingerprint(light), light.pushed_at)
            for light in page.lights
            if self._chosen.takes(light)
        )
        return Page(seen, page.after, page.problems)

    def _fingerprint(self, light: RepositoryLight) -> str:
        """Changes with the repository, and with the settings that decide how its files are read."""
        return f"{light.fingerprint} {self._reading}"

    @cached_property
    def _reading(self) -> str:
        return reading_digest(self._roots, self._rules(), self._branch)

    def _record(self, reading: _Reading) -> RepositoryRecord:
        """What the catalog keeps of one repository."""
        detail, found = reading.detail, reading.found
        codeowners = next((detail.files[place] for place in PLACES if place in detail.files), None)
        light = detail.light
        return RepositoryRecord(
            name=light.name,
            node_id=light.id,
            fingerprint=self._fingerprint(light),
            visibility=light.visibility,
            url=detail.url,
            created_at=light.created_at,
            is_archived=light.is_archived,
            is_fork=light.is_fork,
            description=detail.description,
            topics=detail.topics,
            language=detail.language,
            license=detail.license,
            default_branch=light.default_branch,
            head_oid=light.head_oid,
            head_committed_at=detail.head_committed_at,
            pushed_at=light.pushed_at,
            root=tuple({"name": e.name, "type": e.type, "oid": e.oid, "size": e.size} for e in detail.root),
            codeowners_path=codeowners.path if codeowners else "",
            codeowners=codeowners.text if codeowners else None,
            docs_wanted=docs_wanted(detail, found.entities, reading.checkout),
            entities=found.entities,
            refusals=(*found.refusals, *_unread_codeowners(codeowners, reading.checkout)),
            # Where a pattern was looked up, a new file anywhere may be one more.
            read_paths=(*found.read_paths, *(("**",) if found.uses_tree else ())),
            missing_paths=found.missing_paths,
        )

    def _begun(self, detail: RepositoryDetail) -> _Reading:
        light = detail.light
        checkout = Checkout(
            self.name, detail.name, detail.url, light.default_branch or "HEAD", light.visibility
        )
        files: dict[str, FileContent] = {path: _text_of(file) for path, file in detail.files.items()}
        if light.head_oid is None:
            # Nothing was ever pushed, so nothing has to be asked for.
            files |= dict.fromkeys((root for root in self._roots if not is_glob(root)), Absent.MISSING)
        elif self._first:
            files.setdefault(self._first, Absent.MISSING)
        return _Reading(detail, checkout, files, () if light.head_oid is None else None)

    def _gathered(self, reading: _Reading, rules: KindRules) -> Gathered:
        return gather(self._roots, reading.files, reading.tree, reading.checkout, rules)

    def _fetch_all(self, readings: Sequence[_Reading]) -> None:
        """Fetch, in rounds and for all of them together, the files that descriptors lead to."""
        rules = self._rules()
        waiting = [reading for reading in readings if reading.found.wants_more]
        while waiting:
            for reading in waiting:
                if reading.found.wants_tree:
                    self._fetch_tree(reading)
            self._fetch_files([reading for reading in waiting if not reading.problem])
            waiting = [reading for reading in waiting if not reading.problem]
            for reading in waiting:
                reading.found = self._gathered(reading, rules)
            waiting = [reading for reading in waiting if reading.found.wants_more]

    def _fetch_files(self, readings: Sequence[_Reading]) -> None:
        wanted = {reading.id: sorted(reading.found.wanted) for reading in readings if reading.found.wanted}
        fetched = self._github.files(wanted) if wanted else {}
        for reading in readings:
            if reading.id in wanted and reading.id not in fetched:
                reading.problem = "GitHub did not give the files that its descriptor leads to"
                continue
            there = fetched.get(reading.id, {})
            for path in reading.found.wanted:
                reading.files[path] = _text_of(there[path]) if path in there else Absent.MISSING

    def _fetch_tree(self, reading: _Reading) -> None:
        light = reading.detail.light
        reading.tree = self._github.tree(light.name, light.head_oid or "HEAD")
        if reading.tree is None:
            reading.problem = (
                f"{light.name.full_name} has more files than GitHub lists; name its descriptors one by one"
            )


def _unread_codeowners(file: FileText | None, checkout: Checkout) -> tuple[Refusal, ...]:
    """Why nothing is known of the owners that the file names; nothing where it can be read."""
    text = _text_of(file) if file else ""
    if file is None or isinstance(text, str):
        return ()
    source = checkout.source(file.path)
    return (replace(refusal_of(text.fault(file_name(source)), source), is_entry_kept=True),)


def _text_of(file: FileText) -> str | Unreadable:
    if file.text is not None:
        return file.text
    return BINARY if file.is_binary else too_large(MOST_SHOWN)
