# SPDX-License-Identifier: Apache-2.0
"""A Windows PC as WinRM sees it, on loopback: real clients log on, commands run against Wine's registry or from memory."""
