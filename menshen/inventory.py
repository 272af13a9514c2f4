# SPDX-License-Identifier: Apache-2.0
"""Read subjects out of an Ansible inventory, with Ansible's own reader."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from menshen import access
from menshen.language import say
from menshen.settings import inventory_path
from menshen.subject import LOCAL, Subject
from menshen.trouble import TroubleError
from policies import schema

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from policies.catalogue import Catalogue
    from policies.exception import Grant

# The subject kinds of which there is only one reasonable baseline; workstations and servers must be told theirs.
KIND_BASELINES = {
    "domain": "domain",
    "ups": "server_room",
    "sensor": "server_room",
    "network_device": "network",
    "nvr": "cctv",
    "site": "site",
}
FACTS = ("os", "model", "battery_installed", "asset")


def read(path: Path, limit: str = "all") -> list[Subject]:
    """Read the subjects that match `limit` (an Ansible host pattern), in inventory order.

    Raises:
        TroubleError: no such inventory, Ansible cannot read it, nobody matches, or a host is described wrongly.
    """
    source = hosts_file(path)
    if not source.exists():
        raise TroubleError(say(f"no inventory at {path}", f"找不到主机清单：{path}"))
    hosts = _hosts(source, limit)
    if not hosts:
        raise TroubleError(say(f"no host of {path} matches {limit!r}", f"{path} 中没有主机与 {limit!r} 匹配"))
    problems: list[str] = []
    subjects = [_subject(name, groups, variables, problems) for name, groups, variables in hosts]
    if problems:
        raise TroubleError("\n".join(problems))
    return subjects


def hosts_file(path: Path) -> Path:
    """Give the file Ansible reads: in a folder its hosts.yml, since exceptions.yml beside it is no inventory."""
    return path / "hosts.yml" if path.is_dir() else path


def exceptions_file(path: Path) -> Path:
    """Give the file of exceptions that belongs to an inventory: it stands beside the hosts."""
    return hosts_file(path).parent / "exceptions.yml"


def grants(path: Path | None, catalogue: Catalogue) -> tuple[Grant, ...]:
    """Read the exceptions of an inventory (None: the one in the settings); none where there is no such file.

    Raises:
        CatalogueError: an exception is written wrongly.
    """
    from policies.exception import load

    file = exceptions_file(path or inventory_path())
    return load(file, catalogue.controls) if file.exists() else ()


def subject_of(name: str, groups: tuple[str, ...], variables: Mapping[str, Any]) -> Subject:
    """Give one host as a subject, from variables that Ansible has already put together.

    Raises:
        TroubleError: the host is described wrongly.
    """
    problems: list[str] = []
    subject = _subject(name, groups, variables, problems)
    if problems:
        raise TroubleError("\n".join(problems))
    return subject


def _hosts(path: Path, limit: str) -> list[tuple[str, tuple[str, ...], Mapping[str, Any]]]:
    # Half a second of imports: only who names an inventory pays for them.
    from ansible.errors import AnsibleError
    from ansible.inventory.manager import InventoryManager
    from ansible.parsing.dataloader import DataLoader
    from ansible.vars.manager import VariableManager

    loader = DataLoader()
    try:
        _unlock(loader)
        manager = InventoryManager(loader=loader, sources=[str(path)])
        variables = VariableManager(loader=loader, inventory=manager)
        _kinds_as_groups(manager, variables, limit)
        return [
            (
                host.name,
                tuple(group.name for group in host.get_groups()),
                _filled(loader, variables.get_vars(host=host, include_hostvars=False)),
            )
            for host in manager.get_hosts(limit)
        ]
    except AnsibleError as error:
        raise TroubleError(say(f"Ansible cannot read {path}: {error}", f"Ansible 无法读取 {path}：{error}")) from error


def _kinds_as_groups(manager: Any, variables: Any, limit: str) -> None:
    """Let a limit name subject kinds (`--limit ups,sensor`): those that are no groups of the inventory become some."""
    named = {word.strip("!& ") for word in re.split("[,:]", limit)}
    wanted = [kind for kind in schema.KINDS if kind in named and kind not in manager.groups and kind not in manager.hosts]
    if not wanted:
        return
    for kind in wanted:
        manager.add_group(kind)
    for host in manager.get_hosts("all"):
        kind = str(variables.get_vars(host=host, include_hostvars=False).get("menshen_kind", ""))
        if kind in wanted:
            manager.add_host(host.name, group=kind)
    manager.reconcile_inventory()


def _unlock(loader: Any) -> None:
    """Let vaulted values be read, where Ansible's settings name the vault's password file."""
    from ansible import constants

    if constants.DEFAULT_VAULT_PASSWORD_FILE or constants.DEFAULT_VAULT_IDENTITY_LIST:
        from ansible.cli import CLI

        files = [constants.DEFAULT_VAULT_PASSWORD_FILE] if constants.DEFAULT_VAULT_PASSWORD_FILE else []
        known = CLI.setup_vault_secrets(
            loader, vault_ids=constants.DEFAULT_VAULT_IDENTITY_LIST, vault_password_files=files, auto_prompt=False
        )
        loader.set_vault_secrets(known)


def _filled(loader: Any, variables: Mapping[str, Any]) -> Mapping[str, Any]:
    """Fill in the templates of what says how a host is reached: a password may come from the environment or a keyring."""
    templates = {name: value for name, value in variables.items() if name.startswith("ansible_") and "{{" in str(value)}
    if not templates:
        return variables
    from ansible.template import Templar

    templar = Templar(loader=loader, variables=dict(variables))
    return {**variables, **{name: templar.template(value) for name, value in templates.items()}}


def _names(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return tuple(str(part) for part in value) if isinstance(value, list | tuple) else ()


def _subject(name: str, groups: tuple[str, ...], variables: Mapping[str, Any], problems: list[str]) -> Subject:
    kind = str(variables.get("menshen_kind", ""))
    if kind not in schema.KINDS:
        known = " ".join(schema.KINDS)
        problems.append(
            say(
                f"{name}: menshen_kind is {kind or 'missing'!r}, not one of {known}",
                f"{name}：menshen_kind {f'为 {kind!r}' if kind else '未填写'}，应为其中之一：{known}",
            )
        )
    baselines = _names(variables.get("menshen_baselines")) or tuple(filter(None, [KIND_BASELINES.get(kind)]))
    if not baselines and kind in schema.KINDS:
        problems.append(
            say(
                f"{name}: menshen_baselines is missing: name at least one baseline for a subject of kind {kind}",
                f"{name}：缺少 menshen_baselines：{kind} 类对象至少须指定一条基线",
            )
        )
    parameters = variables.get("menshen_parameters") or {}
    if not isinstance(parameters, dict) or not all(isinstance(values, dict) for values in parameters.values()):
        problems.append(
            say(
                f"{name}: menshen_parameters must be a mapping: control id -> parameter -> value",
                f"{name}：menshen_parameters 应为映射：控制项编号 -> 参数 -> 取值",
            )
        )
        parameters = {}
    connection = LOCAL if kind == "site" else access.word(kind, variables)
    return Subject(
        name=name,
        kind=kind,
        site=str(variables.get("menshen_site", "")),
        banks=_names(variables.get("menshen_banks")),
        baselines=baselines,
        groups=groups,
        parameters=parameters,
        connection=connection,
        target=access.way(name, kind, variables, problems),
        facts={fact: str(variables[f"menshen_{fact}"]) for fact in FACTS if f"menshen_{fact}" in variables},
        osquery_id=str(variables.get("menshen_osquery_id", "")),
    )
