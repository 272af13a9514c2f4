# SPDX-License-Identifier: Apache-2.0
"""The tables the embedded engine serves, one folder a subject kind, one table family a file."""
