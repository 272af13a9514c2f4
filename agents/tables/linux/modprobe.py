# SPDX-License-Identifier: Apache-2.0
"""What modprobe is told about kernel modules (modprobe.d(5))."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

# A file in an earlier folder hides those of the same name in later ones.
FOLDERS: Final = ("/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d", "/usr/lib/modprobe.d", "/lib/modprobe.d")
DIRECTIVES: Final = frozenset({"alias", "blacklist", "install", "options", "remove", "softdep", "weakdep"})


def module_config(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the directives of modprobe's files, in the order modprobe reads them.

    `module` has underscores for hyphens. For `alias` it is the module the alias stands for, and `argument` the alias.

    Raises:
        NotObservedError: a folder or file cannot be read.
    """
    del ask
    for path in config_files(host, FOLDERS):
        for number, text in joined_lines(host, path):
            row = _directive(text)
            if row:
                yield {**row, "path": path, "line_number": number}


def config_files(host: Host, folders: tuple[str, ...], suffix: str = ".conf") -> list[str]:
    """Give the paths that take effect, sorted by file name; the first folder that has a name wins. Raises as `Host.names`."""
    chosen: dict[str, str] = {}
    for folder in folders:
        for name in host.names(folder):
            if name.endswith(suffix):
                chosen.setdefault(name, f"{folder}/{name}")
    return [chosen[name] for name in sorted(chosen)]


def joined_lines(host: Host, path: str) -> Iterator[tuple[int, str]]:
    """Give lines with those joined that end in a backslash, numbered by their first. Raises as `Host.lines`."""
    parts: list[str] = []
    start = 1
    for number, line in host.lines(path):
        if not parts:
            start = number
        if line.endswith("\\"):
            parts.append(line[:-1])
            continue
        yield start, "".join([*parts, line])
        parts = []
    if parts:
        yield start, "".join(parts)


def _directive(text: str) -> dict[str, str] | None:
    words = text.split(None, 2)
    least = 2
    if len(words) < least or words[0] not in DIRECTIVES:
        return None
    directive, module, argument = (*words, "")[:3]
    if directive == "alias":
        module, argument = argument.strip(), module
    return {"module": module.replace("-", "_"), "directive": directive, "argument": argument.strip()}
