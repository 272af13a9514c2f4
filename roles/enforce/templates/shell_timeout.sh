# SPDX-License-Identifier: Apache-2.0
# An idle shell ends by itself.
TMOUT=$seconds
readonly TMOUT
export TMOUT
