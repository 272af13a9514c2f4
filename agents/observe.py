# SPDX-License-Identifier: Apache-2.0
"""Look at one control on one subject, and write down what was seen or why nothing was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from agents.engine import NotObservedError, NotServedError, QueryError, Result
from policies.records import Observation, Outcome

if TYPE_CHECKING:
    from agents.engine import Engine


class Question(Protocol):
    """What a resolved control asks: complete SQL for `when` (None: always applies) and `observe`."""

    @property
    def control(self) -> str:
        """Give the control's id."""
        ...

    @property
    def kind(self) -> str:
        """Give the kind of subject it is written for."""
        ...

    @property
    def when(self) -> str | None:
        """Give the SQL that answers with a row where the control applies."""
        ...

    @property
    def observe(self) -> str:
        """Give the SQL that answers with the rows to judge."""
        ...


def observe(engine: Engine, question: Question, subject: str, at: str) -> Observation:
    """Run `when`, then `observe`; `at` is the time of the look, UTC in ISO 8601 with a Z.

    No error leaves: a table that is not served or could not be read makes the outcome `unobserved`, a query that
    is wrong or exceeds its limits `error`, each with the reason.
    """
    outcome, reason, seen = Outcome.ROWS, "", Result((), [], 0.0)
    try:
        if question.when is None or engine.query(question.when).rows:
            seen = engine.query(question.observe)
        else:
            outcome, reason = Outcome.INAPPLICABLE, "the condition `when` found no row"
    except (NotServedError, NotObservedError) as error:
        outcome, reason = Outcome.UNOBSERVED, _line(error)
    except QueryError as error:
        outcome, reason = Outcome.ERROR, _line(error)
    return Observation(
        control=question.control,
        subject=subject,
        kind=question.kind,
        outcome=outcome,
        observed_at=at,
        source=engine.source.label,
        columns=seen.columns,
        rows=tuple(seen.rows),
        reason=reason,
    )


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
