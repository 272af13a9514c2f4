# SPDX-License-Identifier: Apache-2.0
"""What must be true, and whether it is: YAML and rows in, verdicts out; no device, no network, no clock."""
