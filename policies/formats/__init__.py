# SPDX-License-Identifier: Apache-2.0
"""Formats that Windows tools read and write, as pure functions between bytes and data; no language of any tool is parsed."""
