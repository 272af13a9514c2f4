# SPDX-License-Identifier: Apache-2.0
"""Remember findings, and tell people about them."""
