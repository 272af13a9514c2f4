# SPDX-License-Identifier: GPL-3.0-or-later
"""Change a maker's firmware settings and passwords through the kernel's firmware-attributes, one step at a time."""
