# SPDX-License-Identifier: Apache-2.0
"""What `enforce` makes true is what `observe` looks for: a host that holds just that passes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from control_cases import cases_of, known, rules, run

from policies.resolve import resolve


def modules(step):
    """Give what modprobe reads and the kernel holds once these modules are blocked."""
    rows = [{"module": name, "directive": "install", "argument": "/bin/false"} for name in step["modules"]]
    return {"module_config": rows, "kernel_modules": []}


def dconf(step):
    """Give the system database once the keys are written: numbers stand without their type."""
    rows = [
        {"key": f"/{key}", "value": value.removeprefix("uint32 "), "locked": int(step["locked"]), "database": "local"}
        for key, value in step["settings"].items()
    ]
    return {"dconf_policy": rows}


def sysctl(step):
    """Give the kernel's settings once they are set."""
    rows = [{"name": name, "current_value": value, "config_value": value} for name, value in step["settings"].items()]
    return {"system_controls": rows}


def mount(step):
    """Give the mounts once the folders are mounted with the options."""
    return {"mounts": [{"path": path, "flags": ",".join(["rw", *step["options"]])} for path in step["paths"]]}


def of_debian(step):
    """Give the names a step has for Debian."""
    return step["names"]["debian"] if isinstance(step["names"], dict) else step["names"]


def service(step):
    """Give the units once they are started or stopped, enabled or not."""
    active = "active" if step.get("state", "started") == "started" else "inactive"
    enabled = "masked" if step.get("masked") else "enabled" if step.get("enabled", active == "active") else "disabled"
    return {"systemd_units": [{"id": name, "active_state": active, "unit_file_state": enabled} for name in of_debian(step)]}


def package(step):
    """Give the packages of a Debian host once they are installed or removed."""
    status = "deinstall ok config-files" if step.get("state") == "absent" else "install ok installed"
    base = {"name": "base-files", "version": "1", "status": "install ok installed"}
    return {"deb_packages": [base, *({"name": name, "version": "1", "status": status} for name in of_debian(step))]}


MADE = {"kernel_module": modules, "dconf": dconf, "sysctl": sysctl, "mount": mount, "service": service, "package": package}


def enforced(control):
    """Give the tables of a host on which every step has been taken, or None where a step cannot be shown in rows."""
    tables = {}
    for step in resolve(control, "linux", {}).enforce:
        if step["mechanism"] not in MADE:
            return None
        for table, rows in MADE[step["mechanism"]](step).items():
            tables[table] = [*tables.get(table, []), *rows]
    return tables or None


def usual(name):
    """Give the first case of a host that passes with the default values, or None where a site must name values first."""
    return next((case for case in cases_of(name, "linux") if case.verdict == "pass" and not case.parameters), None)


SHOWN = [name for name, kind in rules() if kind == "linux" and usual(name) and enforced(known().controls[name])]


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_enforced_passes(name):
    """The settings of `enforce`, and nothing else in those tables, give the verdict pass."""
    control = known().controls[name]
    case = usual(name)
    host = replace(case, tables={**case.tables, **enforced(control)})
    assert run(host).verdict == "pass"


def test_many_controls_are_shown():
    """The round trip is not empty: each mechanism that rows can show is among what is shown."""
    seen = {step["mechanism"] for name in SHOWN for step in resolve(known().controls[name], "linux", {}).enforce}
    assert set(MADE) == seen
