# SPDX-License-Identifier: Apache-2.0
"""An imagined site: worlds of recorded rows, a month of good and bad days, judged by the same code as a real one."""
