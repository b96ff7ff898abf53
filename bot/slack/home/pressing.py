"""The names of what can be pressed and chosen on a Home."""

SEARCH, GO, SHOW, OWNED, CLOSE = "home:search", "home:go", "home:show", "home:owned", "home:close"
NEW, DOCS, HELP = "home:new", "home:docs", "home:help"
REMOVE, KEEP, RETRY = "home:remove", "home:keep", "home:retry"
ASK, ASKED = "home:ask", "home:asked"
