# SPDX-License-Identifier: Apache-2.0
"""Read which channels a site has, what each is told, and when it is quiet: `notify.yml` beside the inventory's hosts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from policies import located, shape
from policies.problems import CatalogueError, Problem
from reports.notify.notice import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

FILE: Final = "notify.yml"
MAIL: Final = "mail"
HOOKS: Final = ("webhook", "wecom", "dingtalk", "feishu")
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]\Z")
_HEADER: Final = re.compile(r"[^\r\n\0]+\Z")


def _clock_time(value: Any) -> Iterable[shape.Wrong]:
    return () if isinstance(value, str) and _TIME.match(value) else [((), f"must be a time such as 22:00, not {value!r}")]


def _line(value: Any) -> Iterable[shape.Wrong]:
    return () if isinstance(value, str) and _HEADER.match(value) else [((), "must be one line of text")]


def _port(value: Any) -> Iterable[shape.Wrong]:
    fine = isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**16
    return () if fine else [((), f"must be a port, 1 to 65535, not {value!r}")]


def _secret(value: Any) -> Iterable[shape.Wrong]:
    """Demand the name of a place, so that no secret is written into the inventory."""
    if isinstance(value, dict) and len(value) == 1 and set(value) <= {"env", "file", "vault"}:
        return _line(next(iter(value.values())))
    return [((), "must name where the secret is: {env: NAME}, {file: PATH} or {vault: NAME}")]


def _address(value: Any) -> Iterable[shape.Wrong]:
    """Demand a URL, or where it is kept: the address of a chat robot is itself a secret."""
    if not isinstance(value, str):
        return _secret(value)
    return [((), message)] if (message := wrong_url(value)) else ()


def wrong_url(url: str, *, plain: bool = True) -> str:
    """Say what is wrong with a URL, "" for nothing; HTTP without TLS is for this machine or where `plain` is allowed."""
    unknown = "must be a URL such as https://host/path"
    try:
        parts = urlsplit(url)
        known = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        return unknown
    if not known or not _HEADER.match(url) or " " in url:
        return unknown
    if parts.scheme == "http" and parts.hostname not in LOOPBACK and not plain:
        return "must be https, or say plain_http: true"
    return ""


_WORDS: Final = tuple(map(str, Severity))
_COMMON: Final = {"minimum": shape.one_of(*_WORDS), "language": shape.one_of("zh", "en")}
_MAIL: Final = shape.mapping(
    {
        "name": shape.text,
        "kind": shape.one_of(MAIL),
        "server": _line,
        "from": _line,
        "to": shape.each(_line, at_least=1),
    },
    {
        **_COMMON,
        "port": _port,
        "security": shape.one_of("starttls", "tls", "none"),
        "user": _line,
        "password": _secret,
        "ca_file": _line,
    },
)
_HOOK_OPTIONS: Final = {**_COMMON, "secret": _secret, "plain_http": shape.boolean, "proxy": _address, "ca_file": _line}
_ROBOT: Final = shape.mapping({"name": shape.text, "kind": shape.one_of(*HOOKS), "url": _address}, _HOOK_OPTIONS)
_WEBHOOK: Final = shape.mapping(
    {"name": shape.text, "kind": shape.one_of("webhook"), "url": _address},
    {**_HOOK_OPTIONS, "token": _secret, "template": shape.table(shape.anything)},
)
_KINDS: Final = {MAIL: _MAIL, **dict.fromkeys(HOOKS, _ROBOT), "webhook": _WEBHOOK}


def _channel(value: Any) -> Iterable[shape.Wrong]:
    if not isinstance(value, dict) or not isinstance(value.get("kind"), str):
        return [((), "must be a mapping with a kind")]
    if value["kind"] not in _KINDS:
        return [(("kind",), f"kind must be one of {', '.join(_KINDS)}, not {value['kind']!r}")]
    return _KINDS[value["kind"]](value)


SHAPE: Final = shape.mapping(
    {"channels": shape.each(_channel)},
    {
        **_COMMON,
        "quiet_hours": shape.mapping({"from": _clock_time, "until": _clock_time}, {"minimum": shape.one_of(*_WORDS)}),
    },
)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of the local day in which only `minimum` and worse goes out; `start` may be later than `end`: over midnight."""

    start: time
    end: time
    minimum: Severity = Severity.CRITICAL

    def holds(self, severity: Severity, at: time) -> bool:
        """Tell whether something of this severity has to wait at this time of day."""
        inside = self.start <= at < self.end if self.start <= self.end else at >= self.start or at < self.end
        return inside and severity.rank < self.minimum.rank


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to people; `options` are the words of its kind as the file has them, secrets as the places they are kept."""

    name: str
    kind: str
    minimum: Severity
    language: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settings:
    """All channels, and the hours in which they are quiet."""

    channels: tuple[Channel, ...] = ()
    quiet: Quiet | None = None


def load(path: Path) -> Settings:
    """Read the file; where there is none there is no channel.

    Raises:
        CatalogueError: it cannot be read, or everything wrong in it.
    """
    if not path.exists():
        return Settings()
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise CatalogueError([Problem(str(path), 0, 0, f"cannot be read: {error.strerror}")]) from error
    document = located.read(str(path), raw)
    found = list(SHAPE(document.value)) or list(_wrongs(document.value))
    if found:
        raise CatalogueError([document.problem(message, keys) for keys, message in found])
    return _settings(document.value)


def _wrongs(value: Mapping[str, Any]) -> Iterable[shape.Wrong]:
    seen: set[str] = set()
    for index, entry in enumerate(value["channels"]):
        keys = ("channels", index)
        if entry["name"] in seen:
            yield (*keys, "name"), f"duplicate name {entry['name']}"
        seen.add(entry["name"])
        if "user" in entry and entry.get("security") == "none" and entry["server"] not in LOOPBACK:
            yield (*keys, "security"), "a password is not sent without TLS: use starttls or tls"
        if ("user" in entry) != ("password" in entry):
            yield keys, "user and password belong together"
        url = entry.get("url")
        if isinstance(url, str) and (message := wrong_url(url, plain=entry.get("plain_http", False))):
            yield (*keys, "url"), f"url {message}"


def _settings(value: Mapping[str, Any]) -> Settings:
    quiet = value.get("quiet_hours")
    minimum, language = value.get("minimum", "warning"), value.get("language", "zh")
    return Settings(
        tuple(
            Channel(
                name=entry["name"],
                kind=entry["kind"],
                minimum=Severity(entry.get("minimum", minimum)),
                language=entry.get("language", language),
                options={key: entry[key] for key in entry if key not in {"name", "kind", "minimum", "language"}},
            )
            for entry in value["channels"]
        ),
        Quiet(
            time.fromisoformat(quiet["from"]),
            time.fromisoformat(quiet["until"]),
            Severity(quiet.get("minimum", "critical")),
        )
        if quiet
        else None,
    )
