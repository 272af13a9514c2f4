# SPDX-License-Identifier: Apache-2.0
"""Devices of the server room: what a UPS or a sensor says, read by descriptions, judged for sense, given in one shape."""
