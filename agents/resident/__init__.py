# SPDX-License-Identifier: Apache-2.0
"""The agent that stays on a host: looks by the clock, keeps what it saw on disk, and hands it over when asked."""
