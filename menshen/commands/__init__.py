# SPDX-License-Identifier: Apache-2.0
"""The commands, one module each; a module imports at its top only what its signature needs."""
