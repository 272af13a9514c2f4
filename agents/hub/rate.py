# SPDX-License-Identifier: Apache-2.0
"""How often somebody may try: a bucket of tries a name, refilled with time, and no more names than fit."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES: Final = 65_536


class Rate:
    """Allows `burst` tries at once and then `per_second`; the names not seen for longest are forgotten first."""

    def __init__(self, per_second: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, name: str, cost: float = 1.0) -> bool:
        """Take a try from the bucket of `name`; False where it is empty."""
        left = self._now(name)
        allowed = left >= cost
        self._left[name] = (left - cost if allowed else left), self._clock()
        self._left.move_to_end(name)
        if len(self._left) > NAMES:
            self._left.popitem(last=False)
        return allowed

    def empty(self, name: str) -> bool:
        """Tell whether the bucket of `name` has no try left, without taking one."""
        return self._now(name) < 1.0

    def _now(self, name: str) -> float:
        left, at = self._left.get(name, (self._burst, 0.0))
        return min(self._burst, left + (self._clock() - at) * self._per_second)
