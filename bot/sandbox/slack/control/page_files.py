"""The files of the page: asked for anew every time, so that a page is never half of one version and half of another."""

from typing import Any

from starlette.responses import Response
from starlette.staticfiles import StaticFiles


class PageFiles(StaticFiles):
    """Files that a browser may keep, but has to ask about before it uses them again."""

    def file_response(self, *args: Any, **more: Any) -> Response:
        """A file; ``304`` when the browser's own is still the same one."""
        response = super().file_response(*args, **more)
        response.headers["Cache-Control"] = "no-cache"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
