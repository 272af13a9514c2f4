# SPDX-License-Identifier: Apache-2.0
"""The function that compares versions."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Final

from agents.limits import QueryError
from agents.versions import generic

if TYPE_CHECKING:
    from collections.abc import Callable

_OPERATORS: Final = {"<": operator.lt, "<=": operator.le, "=": operator.eq, ">=": operator.ge, ">": operator.gt}
_OPTIONS: Final = ("epoch", "ranked", "rest", "digits")


def version_compare(*arguments: Any) -> int:
    """Tell whether `version operator version` holds; up to four flags follow, see `agents.versions.generic`.

    Raises:
        QueryError: the first three are not texts, the operator is none of < <= = >= >, or a flag is no number.
    """
    left, sign, right, *flags = (*arguments, None, None, None)[: max(3, len(arguments))]
    if not (isinstance(left, str) and isinstance(sign, str) and isinstance(right, str)):
        raise QueryError("version_compare needs a version, an operator and a version, all texts")
    compare = _OPERATORS.get(sign)
    if compare is None:
        message = f"version_compare knows the operators {' '.join(_OPERATORS)}, not {sign}"
        raise QueryError(message)
    if any(flag is not None and not isinstance(flag, int) for flag in flags):
        raise QueryError("the options of version_compare are true, false or NULL")
    options = {name: bool(flag) for name, flag in zip(_OPTIONS, flags, strict=False)}
    return int(compare(generic(left, right, **options), 0))


FUNCTIONS: Final[dict[str, tuple[int, Callable[..., Any]]]] = {"version_compare": (-1, version_compare)}
