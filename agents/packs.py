# SPDX-License-Identifier: Apache-2.0
"""Run every query of an osquery pack once."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from agents.engine import NotObservedError, NotServedError, QueryError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from agents.engine import Engine

# osquery's words for platforms that are not Linux; every other one (posix, any, ubuntu, centos ...) may be.
_OTHERS: Final[Mapping[str, frozenset[str]]] = {
    "linux": frozenset({"darwin", "freebsd", "macos", "windows"}),
    "windows": frozenset({"darwin", "freebsd", "linux", "macos", "posix", "centos", "debian", "redhat", "rhel", "ubuntu"}),
}
# A text is kept as it is but for a line end after a backslash, which osquery joins; between texts comments go, and
# then the comma before a closing bracket.
_TEXT: Final = r'(?P<text>"(?:[^"\\]|\\.)*")'
_COMMENT: Final = re.compile(_TEXT + r"|//[^\n]*|/\*.*?\*/|(?<![^\n])[ \t]*\#[^\n]*|\\\r?\n", re.DOTALL)
_LAST_COMMA: Final = re.compile(_TEXT + r"|,(?=\s*[}\]])", re.DOTALL)
_JOINED: Final = re.compile(r"(?<!\\)((?:\\\\)*)\\\r?\n")


class PackError(ValueError):
    """The file is no osquery pack; the message begins with its path."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How one query of a pack went: `status` is ok, error or unserved; `error` is empty where it is ok; `ms` milliseconds."""

    name: str
    status: str
    rows: int = 0
    ms: float = 0.0
    error: str = ""


def run(engine: Engine, path: Path) -> dict[str, Any]:
    """Run the pack in the file `path` and give `{"results": [{"name", "status", "rows", "ms", "error"}, ...]}`.

    A query for another platform, or whose discovery finds nothing, is not run and is `unserved`.

    Raises:
        PackError: the file is no pack.
        OSError: the file cannot be read.
    """
    pack = read(path)
    queries: Mapping[str, Mapping[str, Any]] = pack["queries"]
    return {"results": [asdict(_answer(engine, name, pack, query)) for name, query in queries.items()]}


def read(path: Path) -> dict[str, Any]:
    """Read a pack as osquery does, with comments, joined lines and trailing commas. Raises as `run`."""
    try:
        pack: Any = json.loads(plain(path.read_text(encoding="utf-8")), strict=False)
    except ValueError as error:
        message = f"{path}: not JSON: {error}"
        raise PackError(message) from error
    queries = pack.get("queries") if isinstance(pack, dict) else None
    if not isinstance(queries, dict):
        message = f"{path}: no pack: it has no queries"
        raise PackError(message)
    for name, query in queries.items():
        if not (isinstance(query, dict) and isinstance(query.get("query"), str)):
            message = f"{path}: the query {name} has no SQL under the key query"
            raise PackError(message)
    return dict(pack)


def plain(text: str) -> str:
    """Turn osquery's JSON into the standard's."""
    bare = _COMMENT.sub(lambda token: _JOINED.sub(r"\1", token["text"] or ""), text)
    return _LAST_COMMA.sub(lambda token: token["text"] or "", bare)


def _answer(engine: Engine, name: str, pack: Mapping[str, Any], query: Mapping[str, Any]) -> Answer:
    for place in (pack, query):
        platform = str(place.get("platform") or "")
        if not _fits(platform, engine.source.kind):
            return Answer(name, "unserved", error=f"the query is for {platform}, not for {engine.source.kind}")
    discoveries = [*_list(pack.get("discovery")), *_list(query.get("discovery"))]
    try:
        for sql in discoveries:
            if not engine.query(sql).rows:
                return Answer(name, "unserved", error=f"its discovery query found no row: {sql}")
        result = engine.query(query["query"])
    except (NotServedError, NotObservedError) as error:
        return Answer(name, "unserved", error=str(error))
    except QueryError as error:
        return Answer(name, "error", error=str(error))
    return Answer(name, "ok", rows=len(result.rows), ms=round(result.milliseconds, 3))


def _fits(platform: str, kind: str) -> bool:
    words = set(re.findall(r"[a-z]+", platform.lower()))
    return not words or not words <= _OTHERS.get(kind, frozenset())


def _list(value: Any) -> Sequence[str]:
    return [value] if isinstance(value, str) else list(value or ())
