# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a Windows PC what its baselines demand: one trip to look, one to change and look again, one to say that all is well."""

from __future__ import annotations

import base64
import sys
import time
import uuid
from pathlib import Path

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure, AnsibleError
from ansible.plugins.action import ActionBase

# Where the rooms are not installed, they stand beside roles/.
sys.path.append(str(Path(__file__).resolve().parents[3]))

FILES = Path(__file__).resolve().parents[1] / "files"
CUT = "the PC could not be reached in time after this change: it brought back its former state by itself"
PAUSE = 2


class ActionModule(ActionBase):
    """Read state, compare on the control node, apply in bulk, read back; nothing is changed in check mode."""

    _requires_connection = True
    _supports_check_mode = True
    _supports_diff = True
    _VALID_ARGS = frozenset(("controls", "guard_seconds", "work_seconds"))

    def run(self, tmp=None, task_vars=None):
        """Run."""
        from menshen.trouble import TroubleError
        from policies.formats.registry import FormatError
        from policies.problems import CatalogueError
        from policies.windows.state import StepError

        result = super().run(tmp, task_vars)
        self._trips = 0
        try:
            return {**result, **self._made(task_vars), "trips": self._trips}
        except (TroubleError, CatalogueError, FormatError, StepError) as error:
            raise AnsibleActionFail(str(error)) from error

    def _made(self, task_vars) -> dict:
        from menshen.enforcement import of_host
        from policies.windows import asking, planning, understanding

        chosen = of_host(task_vars["inventory_hostname"], task_vars, tuple(self._task.args.get("controls") or ()))
        asked = chosen.everything()
        files = self._carry(asking.reading(asked, self._look()))
        if understanding.elevated(files) is False:
            raise AnsibleActionFail("the account that logged on is no administrator of this PC, or its rights were cut down (UAC)")
        before = understanding.state(asked, files)
        document = chosen.document((), before.running)
        plan, tattooed = planning.plan(document["steps"], before)
        said = self._said(document, plan, tattooed)
        if self._task.check_mode or not plan.changes:
            return said
        return {**said, **self._change(plan, before, asked, document["steps"])}

    def _said(self, document, plan, tattooed) -> dict:
        return {
            "changed": bool(plan.changes),
            "changes": [_plain(one) for one in plan.changes],
            "open": [*document["open"], *(_plain(one) for one in plan.open)],
            "excepted": document["excepted"],
            "not_applicable": document["not_applicable"],
            "tattooed": tattooed,
            "diff": list(_diff(plan)),
        }

    def _change(self, plan, before, asked, steps) -> dict:
        from policies.windows import changing, planning, understanding

        seconds = int(self._task.args.get("guard_seconds") or 0)
        # The guard is armed before the work begins, which takes its own time: secedit alone may need a minute.
        seconds += int(self._task.args.get("work_seconds") or 0) if seconds else 0
        number = f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{uuid.uuid4().hex[:8]}"
        started = time.monotonic()
        try:
            files = self._carry(changing.changing(plan, before, asked, number, seconds, self._look()))
        except AnsibleConnectionFailure as error:
            if not seconds:
                raise
            raise AnsibleConnectionFailure(f"{error}; the PC brings back its former state by itself within {seconds} s") from error
        if "failed.txt" in files:
            failed = ", ".join(sorted(set(files["failed.txt"].decode("ascii", "replace").split())))
            raise AnsibleActionFail(f"the former state could not be kept safe or the guard not be armed ({failed}); nothing was changed")
        left, _ = planning.plan(steps, understanding.state(asked, files))
        if left.changes:
            self._carry(changing.restoring(number))
            was = "; ".join(f"{one.setting} is {one.before}, not {one.after}" for one in left.changes)
            raise AnsibleActionFail(f"read back after the change, and it was not so; the former state was brought back: {was}")
        former = {"former": f"{changing.FORMER}\\{number}"}
        return {**former, **self._settled(number, started + seconds)} if seconds else former

    def _settled(self, number: str, until: float) -> dict:
        """Come back as anybody would: with a new connection. Only after the guard's time is it known that nobody can."""
        from policies.windows import changing

        refused = ""
        while time.monotonic() < until + 3 * PAUSE:
            try:
                self._connection.reset()
                how = self._carry(changing.settling(number)).get("decided.txt", b"").decode("ascii", "replace").strip()
            except AnsibleError as error:
                refused = str(error)
            else:
                if how == changing.KEPT:
                    return {"guard": changing.KEPT}
                if how:
                    return {"failed": True, "changed": False, "guard": changing.RESTORED, "msg": CUT}
                refused = "no answer"
            time.sleep(PAUSE)
        return {"failed": True, "guard": "unknown", "msg": f"{CUT}; it has not answered since: {refused.strip()}"}

    def _carry(self, files) -> dict[str, bytes]:
        """Make one round trip: files there, the batch run, files back."""
        self._trips += 1
        sent = b"".join(name.encode("ascii") + b" " + base64.b64encode(content) + b"\r\n" for name, content in files.items())
        script = (FILES / "carry.ps1").read_text(encoding="ascii")
        code, out, complaint = self._connection.exec_command(script, in_data=sent, sudoable=False)
        lines = out.decode("ascii", "replace").split("\n")
        found = dict(line.strip().split(" ", 1) for line in lines if " " in line.strip())
        if code or "done" not in (line.strip() for line in lines):
            said = (complaint or out).decode("utf-8", "replace").strip()[-300:]
            raise AnsibleActionFail(f"the PC did not carry out what was sent (code {code}): {said or 'no message'}")
        try:
            return {name: base64.b64decode(content, validate=True) for name, content in found.items()}
        except ValueError as error:
            raise AnsibleActionFail(f"the PC answered something else than was asked: {error}") from error

    def _look(self) -> bytes:
        return (FILES / "look.ps1").read_bytes()


def _plain(one) -> dict:
    return {name: getattr(one, name) for name in one.__slots__}


def _diff(plan):
    if plan.changes:
        absent = "absent"
        yield {
            "before_header": "state",
            "after_header": "state",
            "before": "".join(f"{one.setting}: {one.before if one.before is not None else absent}\n" for one in plan.changes),
            "after": "".join(f"{one.setting}: {one.after if one.after is not None else absent}\n" for one in plan.changes),
        }
