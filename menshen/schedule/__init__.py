# SPDX-License-Identifier: Apache-2.0
"""Do by the clock what people would forget, and say so when it was not done."""
