# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep logs as long as demanded, and closed to others, where logrotate keeps them (logrotate(8))."""

from __future__ import annotations

import os
import re
from fnmatch import fnmatchcase

from ansible.module_utils.menshen_enforce.plan import Plan

FOLDER, OWN = "/etc/logrotate.d", "/etc/logrotate.d/menshen"
DAYS = {"daily": 1, "weekly": 7, "monthly": 30}
STANZA = re.compile(r"^(?P<names>(?:[ \t]*[/\"][^{}\n]*\n?)+)[ \t]*\{(?P<body>[^{}]*)\}", re.MULTILINE)
PERIOD = re.compile(r"^[ \t]*(?:hourly|daily|weekly|monthly|yearly|size\b.*)[ \t]*\n", re.MULTILINE)


def plan(machine, steps) -> Plan:
    """Change the stanzas of the logs that are here; a log without one gets one of ours."""
    made = Plan()
    for step in steps:
        for log in step["files"]:
            if not os.path.exists(log):
                continue
            if not any(_in_file(machine, made, step, log, path) for path in _files(machine, made)):
                text = made.now(OWN, machine) or ""
                period = f"rotate {count(step)}\n  {step['frequency']}\n  " if "frequency" in step else "rotate 4\n  weekly\n  "
                create = f"create {step['create_mode']}\n  " if "create_mode" in step else ""
                made.file(OWN, machine.text(OWN), f"{text}{log} {{\n  {period}{create}missingok\n  notifempty\n  compress\n  delaycompress\n}}\n", 0o644)
                made.change(step["control"], f"{OWN} {log}", None, "rotated")
            if "create_mode" in step:
                _closed(machine, made, step, log)
    return made


def count(step) -> int:
    """Give how many old files cover the years."""
    return -(-step["retention_years"] * 366 // DAYS[step["frequency"]]) + 1


def _files(machine, made: Plan) -> list[str]:
    names = {f"{FOLDER}/{name}" for name in machine.names(FOLDER) if "." not in name and not name.endswith("~")}
    return sorted(names | {path for path in made.files if path.startswith(FOLDER)})


def _in_file(machine, made: Plan, step, log: str, path: str) -> bool:
    text = made.now(path, machine) or ""
    for stanza in STANZA.finditer(text):
        if not any(fnmatchcase(log, name.strip('"')) for name in stanza["names"].split()):
            continue
        body = _with(step, stanza["body"])
        if body != stanza["body"]:
            made.change(step["control"], f"{path} {log}", _said(stanza["body"]), _said(body))
            made.file(path, machine.text(path), text[: stanza.start("body")] + body + text[stanza.end("body") :])
        return True
    return False


def _with(step, body: str) -> str:
    if "frequency" in step:
        rotate = re.search(r"^[ \t]*rotate[ \t]+(-?[0-9]+)", body, re.MULTILINE)
        period = re.search(rf"^[ \t]*{step['frequency']}[ \t]*$", body, re.MULTILINE)
        keeps = rotate and (int(rotate.group(1)) < 0 or int(rotate.group(1)) >= count(step))
        if not keeps or not period or re.search(r"^[ \t]*(?:maxage|size)\b", body, re.MULTILINE):
            body = re.sub(r"^[ \t]*(?:rotate|maxage)\b.*\n", "", PERIOD.sub("", body), flags=re.MULTILINE)
            body = f"\n\trotate {count(step)}\n\t{step['frequency']}{body}"
    if "create_mode" in step:
        create = re.search(r"^([ \t]*create[ \t]+)([0-7]{3,4})\b", body, re.MULTILINE)
        if create and int(create.group(2), 8) & ~int(step["create_mode"], 8):
            body = body[: create.start(2)] + step["create_mode"] + body[create.end(2) :]
    return body


def _said(body: str) -> str:
    words = [line.strip() for line in body.splitlines() if re.match(r"\s*(?:rotate|maxage|size|create|hourly|daily|weekly|monthly|yearly)\b", line)]
    return ", ".join(words) or "by default"


def _closed(machine, made: Plan, step, log: str) -> None:
    mode = machine.mode(log)
    if mode and int(mode, 8) & ~int(step["create_mode"], 8):
        made.change(step["control"], f"{log} mode", mode, step["create_mode"])
        made.run("chmod", step["create_mode"], log, undo=("chmod", mode, log))
