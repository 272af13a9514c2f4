# SPDX-License-Identifier: Apache-2.0
"""Controls as files that other programs enforce or ask by: pure, resolved rules in, the text of files out."""
