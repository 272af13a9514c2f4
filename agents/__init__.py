# SPDX-License-Identifier: Apache-2.0
"""Look at subjects and answer SQL about them."""
