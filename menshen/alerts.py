# SPDX-License-Identifier: Apache-2.0
"""Wire what happens to the people who must know: the channels of the inventory, the state on disk, the vault."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from menshen import clock, console
from menshen.inventory import hosts_file
from menshen.language import of_environment, say
from menshen.settings import inventory_path, state_folder
from reports.notify.desk import Desk
from reports.notify.memory import Memory
from reports.notify.secrets import SecretError, Secrets
from reports.notify.settings import FILE, load
from reports.reasons import said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from reports.notify.desk import Delivery
    from reports.notify.notice import Notice

VAULT: Final = "vault.yml"


def notify_file(inventory: Path | None = None) -> Path:
    """Give the file of channels that belongs to an inventory (None: the one in the settings)."""
    return hosts_file(inventory or inventory_path()).parent / FILE


def state_file() -> Path:
    """Give the place of the state of alerts."""
    return state_folder() / "alerts.db"


@contextmanager
def desk(inventory: Path | None = None) -> Iterator[Desk]:
    """Open the desk that tells people by the channels of an inventory.

    Raises:
        CatalogueError: notify.yml is written wrongly.
        AlertStateError: the state cannot be opened.
    """
    file = notify_file(inventory)
    settings = load(file)
    with Memory(state_file()) as memory:
        yield Desk(settings, memory, Secrets(vault=lambda name: from_vault(file.with_name(VAULT), name)), clock.offset)


def tell(notices: Iterable[Notice], inventory: Path | None = None) -> list[Delivery]:
    """Tell people; what a channel did not take is said on stderr and waits for the next time."""
    with desk(inventory) as opened:
        told = opened.tell(notices, clock.now())
    report_failures(told)
    return told


def report_failures(told: Iterable[Delivery]) -> None:
    """Say on stderr which channels took nothing, and why."""
    for one in told:
        if one.why:
            why = said(one.why, of_environment())
            console.tell(say(f"channel {one.channel}: {why}; kept for the next time", f"渠道 {one.channel}：{why}；留待下次发送"))


def from_vault(path: Path, name: str) -> str:
    """Give a value of vault.yml beside the inventory's hosts, encrypted by ansible-vault.

    The password stands in the file that ANSIBLE_VAULT_PASSWORD_FILE names.

    Raises:
        SecretError: the file, the password or the name is not there.
    """
    from ansible.errors import AnsibleError
    from ansible.parsing.dataloader import DataLoader
    from ansible.parsing.vault import FileVaultSecret

    key = os.environ.get("ANSIBLE_VAULT_PASSWORD_FILE", "")
    if not key:
        raise SecretError(f"to read {name} from the vault, ANSIBLE_VAULT_PASSWORD_FILE must name its password file")
    loader = DataLoader()
    try:
        secret = FileVaultSecret(filename=key, loader=loader)
        secret.load()
        loader.set_vault_secrets([("default", secret)])
        values: Any = loader.load_from_file(str(path))
    except AnsibleError as error:
        raise SecretError(f"the vault {path} cannot be read") from error
    if not isinstance(values, dict) or name not in values:
        raise SecretError(f"the vault {path} has no {name}")
    return str(values[name])
