"""Pure: which values Backstage allows in which field.

Source: the field format policy and validators of Backstage's catalog model 1.10.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

# ``\\Z`` and ``[0-9]`` on purpose: Python's ``$`` and ``\\d`` accept more than JavaScript's.
_SUFFIX = re.compile(r"[a-z0-9A-Z]+\Z")
_KIND = re.compile(r"[a-zA-Z][a-z0-9A-Z]*\Z")
_NAME = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\Z")
_LABEL = re.compile(r"[a-z0-9]+(?:-+[a-z0-9]+)*\Z")
_TAG = re.compile(r"[a-z0-9:+#]+(-[a-z0-9:+#]+)*\Z")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*:")
_FORBIDDEN_HOST = re.compile(r"[\x00-\x20#/<>?@\[\\\]^|%\x7f]")
_SPECIAL = {"http", "https", "ws", "wss", "ftp"}


def is_dns_label(value: Any) -> bool:
    """A DNS label of 1 to 63 characters."""
    return _fits(_LABEL, value)


def is_dns_subdomain(value: Any) -> bool:
    """DNS labels joined by dots, 1 to 253 characters."""
    return (
        isinstance(value, str)
        and 1 <= len(value) <= 253
        and all(is_dns_label(part) for part in value.split("."))
    )


def is_api_version(value: Any) -> bool:
    """``suffix`` or ``prefix/suffix``."""
    if not isinstance(value, str):
        return False
    prefix, slash, suffix = value.partition("/")
    if not slash:
        return _fits(_SUFFIX, value)
    return is_dns_subdomain(prefix) and _fits(_SUFFIX, suffix)


def is_kind(value: Any) -> bool:
    """Letters and digits, a letter first, at most 63."""
    return _fits(_KIND, value)


def is_name(value: Any) -> bool:
    """``metadata.name``: letters and digits, separated by any of ``-_.``, at most 63."""
    return _fits(_NAME, value)


def is_key(value: Any) -> bool:
    """A label's or annotation's key: ``name`` or ``dns-subdomain/name``."""
    if not isinstance(value, str):
        return False
    prefix, slash, name = value.rpartition("/")
    if not slash:
        return is_name(value)
    return is_dns_subdomain(prefix) and is_name(name)


def is_label_value(value: Any) -> bool:
    """Empty, or like a name."""
    return value == "" or is_name(value)


def is_text(value: Any) -> bool:
    """Any string."""
    return isinstance(value, str)


def is_tag(value: Any) -> bool:
    """Lower-case letters, digits and ``:+#``, separated by single dashes, at most 63."""
    return _fits(_TAG, value)


def is_not_blank(value: Any) -> bool:
    """A string with something in it."""
    return isinstance(value, str) and bool(value.strip())


def is_url(value: Any) -> bool:
    """Whether a browser's URL parser takes the string as an absolute address.

    Source: the WHATWG URL standard, as far as accepting or refusing goes.
    """
    if not isinstance(value, str):
        return False
    text = re.sub(r"[\t\n\r]", "", value.strip("".join(map(chr, range(0x21)))))
    match = _SCHEME.match(text)
    if not match:
        return False
    scheme, rest = match.group()[:-1].lower(), text[match.end() :]
    if scheme in _SPECIAL:
        return _is_authority(re.split(r"[/\\?#]", rest.lstrip("/\\"), maxsplit=1)[0])
    if scheme == "file" or not rest.startswith("//"):
        return True
    return _is_authority(re.split(r"[/?#]", rest[2:], maxsplit=1)[0], needs_host=False)


def _is_authority(authority: str, *, needs_host: bool = True) -> bool:
    host_and_port = authority.rpartition("@")[2]
    if host_and_port.startswith("["):
        host, bracket, tail = host_and_port.partition("]")
        return bool(bracket) and _is_ipv6(host[1:]) and _is_port(tail)
    host, colon, port = host_and_port.partition(":")
    if not host:
        return not needs_host and not colon
    decoded = _percent_decoded(host)
    return _is_port(colon + port) and not _FORBIDDEN_HOST.search(decoded) and _is_ipv4_or_name(decoded)


def _percent_decoded(host: str) -> str:
    return re.sub(r"%([0-9a-fA-F]{2})", lambda found: chr(int(found.group(1), 16)), host)


def _is_port(text: str) -> bool:
    return text in ("", ":") or (bool(re.fullmatch(r":[0-9]+", text)) and int(text[1:]) <= 65535)


def _is_ipv6(text: str) -> bool:
    from ipaddress import AddressValueError, IPv6Address

    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return "%" not in text


def _is_ipv4_or_name(host: str) -> bool:
    """A host whose last label is a number must be an IPv4 address."""
    labels = host.removesuffix(".").split(".")
    if not re.fullmatch(r"[0-9]+|0[xX][0-9a-fA-F]*", labels[-1]):
        return True
    if len(labels) > 4:
        return False
    try:
        numbers = [_ipv4_number(label) for label in labels]
    except ValueError:
        return False
    return all(number < 256 for number in numbers[:-1]) and numbers[-1] < 256 ** (5 - len(numbers))


def _ipv4_number(label: str) -> int:
    if label.lower().startswith("0x"):
        return int(label[2:] or "0", 16)
    return int(label, 8 if len(label) > 1 and label.startswith("0") else 10)


def _fits(pattern: re.Pattern[str], value: Any, limit: int = 63) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= limit and pattern.match(value) is not None


VALIDATORS: Mapping[str, Callable[[Any], bool]] = {
    "apiVersion": is_api_version,
    "kind": is_kind,
    "name": is_name,
    "namespace": is_dns_label,
    "labelKey": is_key,
    "labelValue": is_label_value,
    "annotationKey": is_key,
    "annotationValue": is_text,
    "tag": is_tag,
    "url": is_url,
    "nonEmptyString": is_not_blank,
    "dnsSubdomain": is_dns_subdomain,
    "dnsLabel": is_dns_label,
}
"""Every validator by the name that Backstage's documentation uses."""

EXPECTED: Mapping[str, str] = {
    "apiVersion": "a version such as backstage.io/v1alpha1",
    "kind": "letters and digits, a letter first, at most 63",
    "name": "letters and digits separated by any of - _ . and at most 63 characters",
    "namespace": "lower-case letters and digits separated by -, at most 63 characters",
    "labelKey": "a name, or a domain and a name separated by /",
    "labelValue": "letters and digits separated by any of - _ . and at most 63 characters, or nothing",
    "annotationKey": "a name, or a domain and a name separated by /",
    "annotationValue": "text (put it in quotes)",
    "tag": "lower-case letters, digits, : + # separated by -, at most 63 characters",
    "url": "an address such as https://example.com",
    "nonEmptyString": "text that is not empty",
}
"""What each field wants, in words for the person who wrote the file."""
