# SPDX-License-Identifier: Apache-2.0
"""A rule as one query that gives a row exactly when it passes, the way Fleet counts policies."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from policies import schema
from policies.lint import sql as checked

if TYPE_CHECKING:
    from policies.resolve import Resolved


def passing(rule: Resolved) -> str:
    """Give one SELECT: a row when every row of `observe` is ok and there is one, and `when` (if any) finds something.

    Fail, unknown, not applicable and a broken answer give no row: what nobody could say never counts as met. An error of
    the query stays an error, which Fleet shows as neither passed nor failed.
    """
    # osquery may hand on numbers as text: both forms are what `policies.verdict.is_ok` reads.
    counted = f"SELECT count(*) AS looked, sum(ok IN (1, '1')) AS good FROM ({_inner(rule.observe)})"  # noqa: S608 - the catalogue's own SQL
    applies = f" AND EXISTS (SELECT 1 FROM ({_inner(rule.when)}))" if rule.when else ""  # noqa: S608 - the same
    return f"SELECT 1 AS pass FROM ({counted}) WHERE looked > 0 AND good = looked{applies};"  # noqa: S608 - the same


def extension_tables(rule: Resolved) -> tuple[str, ...]:
    """List the tables the rule reads that osqueryd has only with Menshen's extension beside it, sorted."""
    named = {name for text in (rule.when, rule.observe) if text for name in checked.tables(text, rule.kind)}
    return tuple(sorted(name for name in named if schema.find(name).origin == schema.MENSHEN))


def _inner(sql: str) -> str:
    # The line end closes a comment that the text may end with.
    return f"\n{textwrap.indent(sql.strip().rstrip(';').rstrip(), '  ')}\n"
