# SPDX-License-Identifier: Apache-2.0
"""Small wrongs done on purpose to the `ok` expressions of a query, one comparison at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot.dialects.sqlite import SQLite
from sqlglot.tokens import TokenType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlglot.tokens import Token

# What ends the list of a SELECT at its own depth.
_ENDS = frozenset(
    {
        TokenType.FROM, TokenType.WHERE, TokenType.UNION, TokenType.EXCEPT, TokenType.INTERSECT, TokenType.GROUP_BY,
        TokenType.ORDER_BY, TokenType.LIMIT, TokenType.R_PAREN,
    }
)  # fmt: skip
_OPEN, _CLOSE = TokenType.L_PAREN, TokenType.R_PAREN
_NEGATED_BEFORE = frozenset({TokenType.IN, TokenType.LIKE, TokenType.BETWEEN, TokenType.GLOB, TokenType.RLIKE})
# Turned round, and where there is an order, the limit itself let in or left out.
_OPERATORS = {
    TokenType.EQ: ("<>",),
    TokenType.NEQ: ("=",),
    TokenType.LT: (">=", "<="),
    TokenType.LTE: (">", "<"),
    TokenType.GT: ("<=", ">="),
    TokenType.GTE: ("<", ">"),
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A query with one comparison changed; `expression` is the `ok` expression with the change."""

    sql: str
    expression: str

    @property
    def shown(self) -> str:
        """Give the expression on one line."""
        return " ".join(self.expression.split())


@dataclass(frozen=True, slots=True)
class Edit:
    """Put `text` in the place of the characters from `start` up to `end`."""

    start: int
    end: int
    text: str


def mutants(sql: str) -> Iterator[Mutant]:
    """Give every mutant of the `ok` expressions of `sql`, in order."""
    tokens = SQLite().tokenize(sql)
    for first, last in _expressions(tokens):
        start, end = tokens[first].start, tokens[last].end + 1
        for edit in _edits(tokens, first, last):
            changed = sql[: edit.start] + edit.text + sql[edit.end :]
            yield Mutant(changed, changed[start : end + len(edit.text) - (edit.end - edit.start)])


def _expressions(tokens: list[Token]) -> Iterator[tuple[int, int]]:
    """Find the `ok` expressions as first and last token: all that are so named, and the last column of the outer SELECTs."""
    depth = 0
    for index, token in enumerate(tokens):
        depth += (token.token_type is _OPEN) - (token.token_type is _CLOSE)
        if token.token_type is TokenType.SELECT:
            first, last = _last_column(tokens, index + 1)
            named = tokens[last - 1].token_type is TokenType.ALIAS
            if named and tokens[last].text == "ok":
                yield first, last - 2
            elif depth == 0 and not named:
                yield first, last


def _last_column(tokens: list[Token], start: int) -> tuple[int, int]:
    first, depth, index = start, 0, start
    while index < len(tokens) and (depth or tokens[index].token_type not in _ENDS):
        kind = tokens[index].token_type
        depth += (kind is _OPEN) - (kind is _CLOSE)
        if kind is TokenType.COMMA and not depth:
            first = index + 1
        index += 1
    return first, index - 1


def _edits(tokens: list[Token], first: int, last: int) -> Iterator[Edit]:
    for index in range(first, last + 1):
        token = tokens[index]
        start, end = token.start, token.end + 1
        if token.token_type in _NEGATED_BEFORE:
            before = tokens[index - 1]
            negated = before.token_type is TokenType.NOT
            yield Edit(before.start, start, "") if negated else Edit(start, start, "NOT ")
        if token.token_type is TokenType.IS:
            after = tokens[index + 1]
            yield Edit(after.start, after.end + 2, "") if after.token_type is TokenType.NOT else Edit(end, end, " NOT")
        if token.token_type is TokenType.BETWEEN:
            for limit, moves in ((end, (" 1 +", " -1 +")), (_and(tokens, index).end + 1, (" 1 +", " -1 +"))):
                yield from (Edit(limit, limit, move) for move in moves)
        yield from (Edit(start, end, operator) for operator in _OPERATORS.get(token.token_type, ()))


def _and(tokens: list[Token], between: int) -> Token:
    """Find the AND that parts the two limits of a BETWEEN."""
    depth = 0
    for token in tokens[between:]:
        depth += (token.token_type is _OPEN) - (token.token_type is _CLOSE)
        if token.token_type is TokenType.AND and not depth:
            return token
    raise ValueError("a BETWEEN without AND")
