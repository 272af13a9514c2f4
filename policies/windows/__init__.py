# SPDX-License-Identifier: Apache-2.0
"""What a Windows PC must become, as pure functions: which state to ask for, what differs from it, and how that is taken back."""
