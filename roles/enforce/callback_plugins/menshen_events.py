# SPDX-License-Identifier: GPL-3.0-or-later
"""Write what the role found and did to a file, a JSON document a line, for whoever started Ansible."""

from __future__ import annotations

import json
import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: menshen_events
type: notification
short_description: Write the role's results to a file
description: Writes one JSON document a line to the file named by the environment variable MENSHEN_EVENTS.
"""
KEPT = ("changes", "open", "excepted", "not_applicable", "former", "guard", "diff", "tattooed", "trips")


class CallbackModule(CallbackBase):
    """Listen to the role's own tasks, and to whatever goes wrong."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "menshen_events"
    CALLBACK_NEEDS_ENABLED = True

    def v2_runner_on_ok(self, result):
        """Keep what our own tasks found."""
        if result.task.action.rpartition(".")[2].startswith("menshen_"):
            self._write(result, {key: result.result[key] for key in KEPT if key in result.result})

    def v2_runner_on_failed(self, result, ignore_errors=False):
        """Keep why a task failed."""
        if not ignore_errors:
            self._write(result, {"failed": str(result.result.get("msg", "")), "guard": result.result.get("guard")})

    def v2_runner_on_unreachable(self, result):
        """Keep why a host was not reached."""
        self._write(result, {"unreachable": str(result.result.get("msg", ""))})

    def _write(self, result, found):
        path = os.environ.get("MENSHEN_EVENTS")
        if path:
            with open(path, "a", encoding="utf-8") as stream:
                line = {"host": result.host.get_name(), "task": result.task.action.rpartition(".")[2], **found}
                mechanism = result.task.args.get("mechanism")
                stream.write(json.dumps({**line, "mechanism": mechanism} if mechanism else line, ensure_ascii=False) + "\n")
