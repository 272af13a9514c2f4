# SPDX-License-Identifier: Apache-2.0
"""Which SQL functions a policy may use: those of SQLite 3.42 as osquery ships it, and osquery's own.

A policy that uses a newer one would pass in the embedded engine and break in osqueryd.
Sources: sqlite.org/lang_corefunc.html, lang_aggfunc.html, lang_datefunc.html, lang_mathfunc.html, json1.html, windowfunctions.html
(with the version each function came in); osquery's documentation, "SQL introduction", additional functions.
"""

from __future__ import annotations

from typing import Final

SQLITE: Final = frozenset(
    """
    abs changes char coalesce format glob hex ifnull iif instr last_insert_rowid length like likelihood likely lower ltrim max min
    nullif printf quote random randomblob replace round rtrim sign soundex substr substring total_changes trim typeof unhex
    unicode unlikely upper zeroblob
    avg count group_concat sum total
    date time datetime julianday unixepoch strftime current_date current_time current_timestamp
    acos acosh asin asinh atan atan2 atanh ceil ceiling cos cosh degrees exp floor ln log log10 log2 mod pi pow power radians sin
    sinh sqrt tan tanh trunc
    json json_array json_array_length json_error_position json_extract json_insert json_object json_patch json_remove json_replace
    json_set json_type json_valid json_quote json_group_array json_group_object json_each json_tree -> ->>
    cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number
    """.split()  # noqa: SIM905 - a word list is read in lines
)
# Name -> number of arguments, -1 for any.
OSQUERY: Final[dict[str, int]] = {
    "regex_match": 3,
    "regex_split": 3,
    "split": 3,
    "concat": -1,
    "concat_ws": -1,
    "inet_aton": 1,
    "in_cidr_block": 2,
    "community_id_v1": -1,
    "community_id_v1_strict": -1,
    "to_base64": 1,
    "from_base64": 1,
    "conditional_to_base64": 1,
    "md5": 1,
    "sha1": 1,
    "sha256": 1,
    "cot": 1,
    "version_compare": -1,
    "parent_directory": 1,
    "is_path_deterministic": 1,
    "find_file_path_in_cmd": -1,
}
COLLATIONS: Final = ("version", "version_dpkg", "version_rhel", "version_arch")
ALLOWED: Final = SQLITE | OSQUERY.keys()
