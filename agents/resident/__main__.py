# SPDX-License-Identifier: Apache-2.0
"""Run the agent: `look QUESTIONS SPOOL`, or `hand-over SPOOL`, or `check`."""

from __future__ import annotations

import sys
from pathlib import Path

from agents.resident.spool import Spool


def main(arguments: list[str]) -> int:
    """Do what is asked; 0 where it is done, 2 where nobody understands."""
    if arguments[:1] == ["look"] and len(arguments) == 3:  # noqa: PLR2004 - a word and two paths
        from agents.resident.look import look  # noqa: PLC0415 - handing over needs no engine

        sys.stderr.write(look(Path(arguments[1]), Spool(Path(arguments[2]))) + "\n")
        return 0
    if arguments[:1] == ["hand-over"] and len(arguments) == 2:  # noqa: PLR2004 - a word and a path
        from agents.resident.handover import hand_over  # noqa: PLC0415 - looking needs it not

        hand_over(Spool(Path(arguments[1])), sys.stdin.buffer, sys.stdout.buffer)
        return 0
    if arguments == ["check"]:
        # Whether this host's Python can load what the archive brought for it.
        from agents.engine import Engine  # noqa: PLC0415 - the other ways say so by themselves

        sys.stdout.write(f"{Engine.__name__} {sys.version.split()[0]}\n")
        return 0
    sys.stderr.write("usage: look QUESTIONS SPOOL | hand-over SPOOL | check\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
