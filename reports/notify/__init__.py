# SPDX-License-Identifier: Apache-2.0
"""Tell people what they must know now: once, on change, by the channels a site has named."""
