# SPDX-License-Identifier: GPL-3.0-or-later
"""Write how it went on each host to a file, for whoever carries out the outage plan."""

from __future__ import annotations

import json
import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: menshen_outage
type: notification
short_description: Write the play's statistics to a file
description: Writes one JSON document, host -> ok, failures, unreachable, to the file MENSHEN_OUTAGE_STATISTICS names.
"""


class CallbackModule(CallbackBase):
    """Listen to the end of the play."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "menshen_outage"
    CALLBACK_NEEDS_ENABLED = True

    def v2_playbook_on_stats(self, stats) -> None:
        """Write what each host came to."""
        place = os.environ.get("MENSHEN_OUTAGE_STATISTICS")
        if not place:
            return
        told = {}
        for host in stats.processed:
            summary = stats.summarize(host)
            told[host] = {key: summary[key] for key in ("ok", "failures", "unreachable")}
        with open(place, "w", encoding="utf-8") as file:
            json.dump(told, file)
