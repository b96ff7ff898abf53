"""{{ cookiecutter.__title }}: start here."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("{{ cookiecutter.project_slug }}")
except PackageNotFoundError:  # used from its source, without being installed
    __version__ = "0.0.0"
