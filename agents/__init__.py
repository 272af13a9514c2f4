# SPDX-License-Identifier: Apache-2.0
"""Look at subjects and answer SQL about them."""

# The collector that observations name; one with the version of the project.
__version__ = "0.1.0"
