# SPDX-License-Identifier: Apache-2.0
"""Order of version texts: osquery's generic one, and exactly those of dpkg, rpm and pacman."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import zip_longest
from typing import Final

# Separators by rank, lowest first; any other character belongs to a segment.
_RANKS: Final = {separator: rank for rank, separator in enumerate("~-^.:", 1)}
_DPKG_PART: Final = re.compile(r"(\D*)(\d*)")
_RPM_PART: Final = re.compile(r"\d+|[A-Za-z]+|~|\^")


def generic(left: str, right: str, *, epoch: bool = False, ranked: bool = False, rest: bool = False, digits: bool = False) -> int:
    """Compare two versions segment by segment: negative, 0 or positive.

    A segment decides by its first difference when both end together, and the longer one wins otherwise. `epoch` puts
    versions with an epoch last, `ranked` orders differing separators, `rest` lets the sign after the shorter version
    decide (`~` lowers, `^` raises, `-` does not count), and `digits` then only trusts a difference after a letter.
    These are the four options of osquery's version_compare.
    """
    if left == right or not left or not right:
        return (left > right) - (left < right)
    if epoch and (apart := _epoch_order(left, right)):
        return apart
    difference = 0
    for one, other in zip(left, right, strict=False):
        rank, other_rank = _RANKS.get(one, 0), _RANKS.get(other, 0)
        if not rank and not other_rank:
            difference = difference or ord(one) - ord(other)
            continue
        if not (rank and other_rank):
            return -1 if rank else 1
        decided = difference or (rank - other_rank if ranked else 0)
        if decided:
            return decided
    if len(left) == len(right):
        return difference
    return _rest_order(left, right, difference, digits=digits) if rest else len(left) - len(right)


def _epoch_order(left: str, right: str) -> int:
    at, other = left.find(":"), right.find(":")
    return at - other if at >= 0 and other >= 0 else (at >= 0) - (other >= 0)


def _rest_order(left: str, right: str, difference: int, *, digits: bool) -> int:
    shorter, longer, sign = (left, right, -1) if len(left) < len(right) else (right, left, 1)
    following = longer[len(shorter)]
    if following in "~^-":
        return sign * {"~": -1, "^": 1, "-": 0}[following]
    if difference and not (digits and shorter[-1].isdigit()):
        return difference
    return len(left) - len(right)


def dpkg(left: str, right: str) -> int:
    """Compare two Debian versions (Debian Policy 5.6.12)."""
    (epoch, upstream, revision), (other_epoch, other_upstream, other_revision) = _split(left), _split(right)
    return (
        (epoch > other_epoch) - (epoch < other_epoch)
        or _dpkg_part(upstream, other_upstream)
        or _dpkg_part(revision, other_revision)
    )


def rpm(left: str, right: str) -> int:
    """Compare two RPM versions epoch:version-release (rpm's rpmvercmp)."""
    (epoch, version, release), (other_epoch, other_version, other_release) = _split(left), _split(right)
    order = (epoch > other_epoch) - (epoch < other_epoch) or _rpm_part(version, other_version)
    # A version without a release equals each of its releases.
    return order or (_rpm_part(release, other_release) if release and other_release else 0)


@lru_cache(maxsize=8192)
def _split(version: str) -> tuple[int, str, str]:
    epoch, colon, rest = version.partition(":")
    if not colon or not epoch.isdecimal():
        epoch, rest = "0", version
    upstream, _, revision = rest.rpartition("-")
    return (int(epoch), upstream, revision) if upstream else (int(epoch), rest, "")


def _dpkg_part(left: str, right: str) -> int:
    pairs = zip_longest(_DPKG_PART.findall(left), _DPKG_PART.findall(right), fillvalue=("", ""))
    for (text, number), (other_text, other_number) in pairs:
        order, other_order = _dpkg_order(text), _dpkg_order(other_text)
        if order != other_order:
            return 1 if order > other_order else -1
        value, other_value = int(number or 0), int(other_number or 0)
        if value != other_value:
            return 1 if value > other_value else -1
    return 0


def _dpkg_order(text: str) -> list[int]:
    # A tilde sorts before the end of the part, letters before every other sign.
    return [-1 if sign == "~" else ord(sign) if sign.isalpha() else ord(sign) + 0x110000 for sign in text] + [0]


def _rpm_part(left: str, right: str) -> int:
    for one, other in zip_longest(_RPM_PART.findall(left), _RPM_PART.findall(right), fillvalue=""):
        order = _rpm_segment(one, other)
        if order:
            return order
    return 0


def _rpm_segment(one: str, other: str) -> int:
    ranks = _rpm_rank(one), _rpm_rank(other)
    if ranks[0] != ranks[1]:
        return 1 if ranks[0] > ranks[1] else -1
    if one.isdecimal():
        return (int(one) > int(other)) - (int(one) < int(other))
    return (one > other) - (one < other)


def _rpm_rank(segment: str) -> int:
    # ~ is older than the end, the end older than ^, that older than letters, and these older than numbers.
    return -1 if segment == "~" else 0 if not segment else 1 if segment == "^" else 2 if segment.isalpha() else 3
