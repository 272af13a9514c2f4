# SPDX-License-Identifier: Apache-2.0
"""Start the command line interface."""

from __future__ import annotations

import sys

from menshen.cli import main

if __name__ == "__main__":
    sys.exit(main())
