# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from agents.source import NotObservedError
from agents.tables.linux import apt

ONE_LINE = """deb [arch=amd64,arm64 signed-by=/k.gpg] https://a.example.org/d stable main  # us
# deb x y z
deb-src cdrom:[Debian] /
"""
DEB822 = """# Debian
Types: deb deb-src
URIs: http://deb.debian.org/debian
 http://mirror.example.org/debian
Suites: bookworm
Components: main
 contrib
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .

Types: deb
URIs: http://off.example.org
Suites: x
Enabled: no
"""


def test_one_line_and_deb822_sources_give_one_shape(record, rows):
    """Options, comments and continued fields are understood, and disabled sources are left out."""
    host = record({
        "/etc/apt/sources.list": ONE_LINE,
        "/etc/apt/sources.list.d/debian.sources": DEB822,
        "/etc/apt/sources.list.d/old.list.save": "deb http://no x main\n",
    })  # fmt: skip
    found = rows("apt_sources", host)
    assert [
        ("https://a.example.org/d", "stable", "main", "amd64 arm64"),
        ("cdrom:[Debian]", "/", "", ""),
        *[
            ("http://deb.debian.org/debian", "bookworm", "main contrib", ""),
            ("http://mirror.example.org/debian", "bookworm", "main contrib", ""),
        ]
        * 2,
    ] == [(row["base_uri"], row["release"], row["components"], row["architectures"]) for row in found]
    assert "https://a.example.org/d stable main" == found[0]["name"]


@pytest.mark.parametrize(
    "text",
    ["", "Types: deb\nURIs: http://x", " folded first\nTypes: deb", "no colon at all\n\n:\n", "Types: deb\nURIs:\nSuites: a"],
)
def test_a_cut_deb822_paragraph_is_no_source(record, rows, text):
    """A paragraph without address or suite names no source and fails nothing."""
    assert [] == rows("apt_sources", record({"/etc/apt/sources.list.d/x.sources": text}))


def test_paragraphs_join_folded_lines():
    """A folded field keeps its lines; a field without a name is dropped with what follows it."""
    assert [{"a": "1\n2", "b": ""}] == list(apt.paragraphs("A: 1\n 2\n# c\nB:\n: x\n lost\n"))


def test_repositories_of_dnf_are_told_as_written(record, rows):
    """Each section is a repository; what it does not set is empty; a broken file is not passed over."""
    text = "[base]\nname=Base %(x)s $releasever\nbaseurl=http://a/\nenabled=1\ngpgcheck=0\n[other]\nmetalink=http://m\n"
    found = rows("yum_sources", record({"/etc/yum.repos.d/a.repo": text}))
    assert [("Base %(x)s $releasever", "http://a/", "1", "0", ""), ("other", "", "", "", "http://m")] == [
        (row["name"], row["baseurl"], row["enabled"], row["gpgcheck"], row["metalink"]) for row in found
    ]
    with pytest.raises(NotObservedError, match=r"b[.]repo"):
        rows("yum_sources", record({"/etc/yum.repos.d/b.repo": "enabled=1\n"}))
