# SPDX-License-Identifier: Apache-2.0
"""What is asked of a Windows PC, and what its answers mean; how they travel is the connections' part."""
