# SPDX-License-Identifier: Apache-2.0
"""The front door: the command line, and the orchestration of one audit over many subjects."""

__version__ = "0.1.0"
