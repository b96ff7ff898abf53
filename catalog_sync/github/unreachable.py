"""Why a host could not be reached, in words that say what to look at."""

from urllib.parse import urlsplit

import requests
from urllib3 import exceptions as lower

_LOOK = "check github.api_url, the network and its proxy"


def address_of(url: str) -> str:
    """The host of an address, with its port where one is named; never what signs in there."""
    parts = urlsplit(url)
    return (parts.hostname or url) if parts.port is None else f"{parts.hostname}:{parts.port}"


def why_unreachable(error: requests.RequestException, timeout_s: float) -> str:
    """Why a request brought no answer at all, and what to look at.

    Args:
        error: What requests raised.
        timeout_s: How long it waited at most.
    """
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy did not let us through; check HTTPS_PROXY and NO_PROXY"
    if isinstance(error, requests.exceptions.SSLError):
        return (
            "its certificate is not trusted; check github.api_url, and REQUESTS_CA_BUNDLE for one of your own"
        )
    if isinstance(error, requests.Timeout):
        return f"nothing came within {timeout_s:g} s (github.timeout_s); {_LOOK}"
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(reason, lower.NameResolutionError):
        return f"no host has this name; {_LOOK}"
    if isinstance(reason, lower.NewConnectionError):
        cause = reason.__cause__ or reason.__context__
        text = cause.strerror if isinstance(cause, OSError) and cause.strerror else "no connection"
        return f"{text.lower()}; {_LOOK}"
    return f"the connection broke ({type(error).__name__}); {_LOOK}"
