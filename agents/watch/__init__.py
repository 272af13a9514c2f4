# SPDX-License-Identifier: Apache-2.0
"""Watch UPSes and climate, keep their history, and carry out the outage plan."""
