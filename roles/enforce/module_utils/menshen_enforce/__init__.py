# SPDX-License-Identifier: GPL-3.0-or-later
"""Make what a baseline demands true on one host: read, compare, apply, read back."""
