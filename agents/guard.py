# SPDX-License-Identifier: Apache-2.0
"""The fence around SQL of strangers: it may read the tables of the schema and compute, and nothing else."""

from __future__ import annotations

from typing import Final

import apsw

from agents.limits import QueryError
from policies import schema

# No cell, and no text on its way to one, is longer than this many bytes.
CELL_BYTES: Final = 4 * 1024 * 1024
# SQLite's own read-only tables that osquery's dialect has too.
_BUILT_IN: Final = frozenset({"json_each", "json_tree"})
_FORBIDDEN_TABLES: Final = frozenset({"dbstat", "fts3tokenize", "fts4aux", "fts5vocab"})
_LIMITS: Final = {
    apsw.SQLITE_LIMIT_LENGTH: CELL_BYTES,
    apsw.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 4096,
    apsw.SQLITE_LIMIT_ATTACHED: 0,
    apsw.SQLITE_LIMIT_TRIGGER_DEPTH: 0,
    apsw.SQLITE_LIMIT_WORKER_THREADS: 0,
}
# Functions of this SQLite that reach out of the query, and those that osquery's SQLite 3.42 does not have yet:
# a policy that used one would pass here and be an error in osqueryd.
_DANGEROUS: Final = frozenset(
    {"fts3_tokenizer", "load_extension", "sqlite_log", "optimize", "rtreecheck", "rtreedepth", "rtreenode"}
)
_TOO_NEW: Final = frozenset(
    {
        "if", "json_array_insert", "json_pretty", "jsonb", "jsonb_array", "jsonb_array_insert", "jsonb_extract",
        "jsonb_group_array",
        "jsonb_group_object", "jsonb_insert", "jsonb_object", "jsonb_patch", "jsonb_remove", "jsonb_replace", "jsonb_set", "median",
        "octet_length", "percentile", "percentile_cont", "percentile_disc", "string_agg", "timediff", "unistr", "unistr_quote",
    }
)  # fmt: skip


def connect() -> apsw.Connection:
    """Open an empty database in memory with every outward door shut; double-quoted text is text, as in osquery."""
    connection = apsw.Connection(":memory:")
    connection.execute("PRAGMA temp_store = memory; PRAGMA query_only = 1; PRAGMA cell_size_check = 0")
    connection.enable_load_extension(False)
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
    connection.config(apsw.SQLITE_DBCONFIG_DQS_DML, 1)
    for which, most in _LIMITS.items():
        connection.limit(which, most)
    return connection


def authorize(action: int, first: str | None, second: str | None, _database: str | None, _within: str | None) -> int:
    """Allow one action of a statement that is being prepared.

    Raises:
        QueryError: the action is forbidden; SQLite then does not prepare the statement.
    """
    if action in {apsw.SQLITE_SELECT, apsw.SQLITE_RECURSIVE}:
        return apsw.SQLITE_OK
    if action == apsw.SQLITE_READ:
        _allow_table(first or "", second or "")
    elif action == apsw.SQLITE_FUNCTION:
        _allow_function((second or first or "").lower())
    else:
        name = str(apsw.mapping_authorizer_function[action]).removeprefix("SQLITE_").replace("_", " ")
        raise QueryError(f"{name} is not allowed: a query may only read tables")
    return apsw.SQLITE_OK


def _allow_table(table: str, column: str) -> None:
    name = table.lower()
    # Without a column the name may also be that of a subquery, which nobody needs to allow.
    internal = name.startswith(("sqlite_", "pragma_")) or name in _FORBIDDEN_TABLES
    if internal or (column and not _is_known(name)):
        raise QueryError(f"{table} is not a table that a query may read")


def _is_known(name: str) -> bool:
    return name in _BUILT_IN or name in schema.tables() or name in schema.aliases()


def _allow_function(name: str) -> None:
    if name in _DANGEROUS or name.startswith(("fts5", "geopoly")):
        raise QueryError(f"the function {name} is not allowed")
    if name in _TOO_NEW:
        raise QueryError(f"no such function: {name} (osquery's SQLite 3.42 does not have it)")
