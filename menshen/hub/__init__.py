# SPDX-License-Identifier: Apache-2.0
"""The hub wired to the house: whom the inventory knows, what the catalogue asks, and the way into the ledger."""
