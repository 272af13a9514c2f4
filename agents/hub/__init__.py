# SPDX-License-Identifier: Apache-2.0
"""The hub: osquery's TLS remote API. Hosts pull their questions from here and bring their answers; nobody logs in to them."""
