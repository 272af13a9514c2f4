# SPDX-License-Identifier: Apache-2.0
"""Programs that are answered by a file in the tool's real format: secedit's INF and auditpol's CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsman.machine import Done

if TYPE_CHECKING:
    from collections.abc import Callable

    from wsman.machine import Call, Machine

_DENIED = 5


def secedit(policy: bytes) -> Callable[[Machine, Call], Done]:
    """Answer `secedit /export /cfg FILE` with a recorded policy; whoever is no administrator gets nothing."""

    def run(machine: Machine, call: Call) -> Done:
        file = call.option("cfg")
        if call.arguments[:1] != ["/export"] or file is None:
            return machine.refuse(call.text)
        if machine.rights != "all":
            return Done(_DENIED)
        machine.write(file, policy)
        return Done()

    return run


def auditpol(backup: bytes) -> Callable[[Machine, Call], Done]:
    """Answer `auditpol /backup /file:FILE` with a recorded policy; whoever is no administrator gets nothing."""

    def run(machine: Machine, call: Call) -> Done:
        file = call.option("file")
        if call.arguments[:1] != ["/backup"] or file is None:
            return machine.refuse(call.text)
        if machine.rights != "all":
            return Done(_DENIED)
        machine.write(file, backup)
        return Done()

    return run
