# SPDX-License-Identifier: Apache-2.0
"""BitLocker: the policy by which drives are to be encrypted is written; which drives are not encrypted is said.

Nothing is encrypted by itself: encrypting cannot be taken back by a guard, and a recovery key that nobody keeps is a lost disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from policies.formats.registry import HIVES, setting
from policies.windows.registry import Want

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from policies.windows.state import Plan, State

KEY: Final = HIVES["HKLM"] + r"\SOFTWARE\Policies\Microsoft\FVE"
# The numbers of the policies "Choose drive encryption method" (VolumeEncryption.admx).
METHODS: Final = {"aes_128": 3, "aes_256": 4, "xts_aes_128": 6, "xts_aes_256": 7}
_PROTECTED, _ENCRYPTED = 1, 1


def wants(steps: Sequence[Mapping[str, Any]]) -> Iterator[Want]:
    """Yield the policy values: method of system and fixed drives, start by the security chip, recovery password."""
    for step in steps:
        method = METHODS[step["method"]]
        values = {"EncryptionMethodWithXtsOs": method, "EncryptionMethodWithXtsFdv": method}
        if "tpm" in step["protectors"]:
            values |= {"UseAdvancedStartup": 1, "UseTPM": 2}
        if "recovery_password" in step["protectors"]:
            values |= {"OSRecovery": 1, "OSRecoveryPassword": 2}
        for name, data in values.items():
            yield Want(step["control"], "bitlocker", KEY, name, setting(KEY, name, "REG_DWORD", data))


def compare(steps: Sequence[Mapping[str, Any]], state: State, plan: Plan) -> None:
    """Name every drive that is not encrypted and protected; that nothing was seen is said too."""
    for step in steps:
        if not state.drives:
            plan.cannot(step["control"], "drives", state.unread.get("drives", "no drive that BitLocker could encrypt was found"))
        for drive in state.drives:
            if (drive.protection, drive.conversion) != (_PROTECTED, _ENCRYPTED):
                why = (
                    "not encrypted: the policy is set; start it at the PC (manage-bde -on) once the recovery key is sure to be kept"
                )
                plan.cannot(step["control"], drive.letter or "drive without a letter", why)
