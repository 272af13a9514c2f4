# SPDX-License-Identifier: Apache-2.0
"""The ways to reach a subject; each gives the engine a source of rows."""
