"""The pages that links in answers lead to: a repository and its files, as text or as rendered Markdown."""

import html
import re

from markdown_it import MarkdownIt
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.sandbox.github.bare import GitThing
from bot.sandbox.github.refusals import not_found
from bot.sandbox.github.rest.routes import refused
from bot.sandbox.github.site import Site
from bot.sandbox.github.state import DEFAULT_BRANCH, HostedRepository

_STYLE = """
:root { color-scheme: light dark; --ink: #1f2328; --dim: #59636e; --line: #d1d9e0; --paper: #fff; --soft: #f6f8fa; --link: #0550ae }
@media (prefers-color-scheme: dark) { :root { --ink: #f0f6fc; --dim: #9198a1; --line: #3d444d; --paper: #0d1117; --soft: #151b23; --link: #4493f8 } }
* { box-sizing: border-box }
body { margin: 0; font: 16px/1.6 system-ui, sans-serif; color: var(--ink); background: var(--paper) }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem }
header { border-bottom: 1px solid var(--line); background: var(--soft); padding: .75rem 1rem }
header div { max-width: 60rem; margin: 0 auto; display: flex; gap: .6rem; align-items: baseline; flex-wrap: wrap }
a { color: var(--link); text-decoration: none } a:hover { text-decoration: underline }
.tag { border: 1px solid var(--line); border-radius: 2rem; padding: 0 .6rem; font-size: .8rem; color: var(--dim) }
ul.files { list-style: none; padding: 0; border: 1px solid var(--line); border-radius: .5rem }
ul.files li { padding: .45rem .9rem; border-top: 1px solid var(--line) } ul.files li:first-child { border-top: 0 }
pre { background: var(--soft); padding: 1rem; border-radius: .5rem; overflow-x: auto; font-size: .85rem; line-height: 1.5 }
code { background: var(--soft); padding: .1rem .3rem; border-radius: .25rem } pre code { padding: 0 }
table { border-collapse: collapse } td, th { border: 1px solid var(--line); padding: .3rem .7rem; text-align: left }
:target { background: color-mix(in srgb, var(--link) 15%, transparent); border-radius: .25rem }
.dim { color: var(--dim) }
"""
_RAW = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}


class Pages:
    """The pages over one GitHub."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        """The organisation, a repository, and a file or folder in it."""
        return [
            Route("/{owner}", self._organization),
            Route("/{owner}/{name}", self._repository),
            Route("/{owner}/{name}/blob/{branch}/{path:path}", self._file),
            Route("/{owner}/{name}/raw/{place:path}", self._raw),
            Route("/{owner}/{name}/tree/{branch}/{path:path}", self._file),
        ]

    async def _organization(self, request: Request) -> Response:
        host = self._site.host(request.path_params["owner"])
        if host is None:
            return _missing(request)
        items = "".join(
            f'<li><a href="/{_e(item.full_name)}">{_e(item.name)}</a> <span class="dim">{_e(item.description)}</span></li>'
            for item in sorted(host.state.repositories.values(), key=lambda item: item.name)
        )
        return _page(host.state.title, _e(host.state.name), f'<ul class="files">{items}</ul>')

    async def _repository(self, request: Request) -> Response:
        repository = self._find(request)
        if repository is None:
            return _missing(request)
        readme = await run_in_threadpool(repository.git.thing, "HEAD:README.md")
        tree = await run_in_threadpool(repository.git.thing, "HEAD:")
        body = _listing(repository, "", tree) if tree else '<p class="dim">This repository is empty.</p>'
        if readme:
            body += _markdown(readme.content.decode(errors="replace"))
        return _page(repository.name, _crumbs(repository), body)

    async def _file(self, request: Request) -> Response:
        repository = self._find(request)
        path = request.path_params["path"].strip("/")
        thing = await run_in_threadpool(repository.git.thing, f"HEAD:{path}") if repository else None
        if repository is None or thing is None:
            return _missing(request)
        if thing.type == "tree":
            return _page(path, _crumbs(repository, path), _listing(repository, f"{path}/", thing))
        text = thing.content.decode(errors="replace")
        body = _markdown(text) if path.endswith(".md") else _lines(text)
        return _page(path, _crumbs(repository, path), body)

    async def _raw(self, request: Request) -> Response:
        """Where ``download_url`` leads: a branch, which may have slashes in its name, or an oid; then the path."""
        repository = self._find(request)
        parts = request.path_params["place"].split("/")
        for length in range(1, len(parts)) if repository else ():
            assert repository
            place = f"{'/'.join(parts[:length])}:{'/'.join(parts[length:])}"
            thing = await run_in_threadpool(repository.git.thing, place)
            if thing and thing.type == "blob":
                return Response(thing.content, media_type="text/plain; charset=utf-8", headers=_RAW)
        return _missing(request)

    def _find(self, request: Request) -> HostedRepository | None:
        return self._site.repository(request.path_params["owner"], request.path_params["name"])


def _listing(repository: HostedRepository, prefix: str, tree: GitThing) -> str:
    base = f"/{repository.full_name}/blob/{DEFAULT_BRANCH}/{prefix}"
    entries = sorted(tree.entries, key=lambda entry: (entry.type != "tree", entry.name))
    items = "".join(
        f'<li>{"📁" if entry.type == "tree" else "📄"} <a href="{_e(base + entry.name)}">{_e(entry.name)}</a></li>'
        for entry in entries
    )
    return f'<ul class="files">{items}</ul>'


def _crumbs(repository: HostedRepository, path: str = "") -> str:
    tags = f'<span class="tag">{_e(str(repository.visibility))}</span>'
    if repository.is_archived:
        tags += '<span class="tag">archived</span>'
    where = f" / {_e(path)}" if path else ""
    return (
        f'<span><a href="/{_e(repository.owner)}">{_e(repository.owner)}</a> / '
        f'<a href="/{_e(repository.full_name)}"><b>{_e(repository.name)}</b></a>{where}</span>{tags}'
    )


def _markdown(text: str) -> str:
    """Rendered without raw HTML; headings get the anchors that GitHub gives them."""
    renderer = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = renderer.parse(text)
    seen: dict[str, int] = {}
    for position, token in enumerate(tokens):
        if token.type == "heading_open":
            slug = re.sub(r"[^\w\- ]", "", tokens[position + 1].content.lower()).replace(" ", "-")
            count = seen.get(slug, 0)
            seen[slug] = count + 1
            token.attrSet("id", f"{slug}-{count}" if count else slug)
    return str(renderer.renderer.render(tokens, renderer.options, {}))


def _lines(text: str) -> str:
    lines = (f'<span id="L{number}">{_e(line)}\n</span>' for number, line in enumerate(text.splitlines(), 1))
    return f"<pre><code>{''.join(lines)}</code></pre>"


def _page(title: str, crumbs: str, body: str) -> Response:
    return HTMLResponse(
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_e(title)}</title><style>{_STYLE}</style>"
        f"<header><div>{crumbs}</div></header><main>{body}</main></html>",
        headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src https:"},
    )


def _missing(request: Request) -> Response:
    """A page for a browser; who asks for none of HTML took the address for one of the API."""
    if "html" not in request.headers.get("accept", ""):
        return refused(not_found())
    page = _page("Not found", "Not found", "<p>There is nothing here.</p>")
    page.status_code = 404
    return page


def _e(text: str) -> str:
    return html.escape(text, quote=True)
