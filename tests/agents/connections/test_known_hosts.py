# SPDX-License-Identifier: Apache-2.0
"""known_hosts is read as sshd(8) describes it, and as ssh-keygen finds hosts in it."""

from __future__ import annotations

import subprocess

import pytest
import system

from agents.connections.known_hosts import find, named

KEY = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
OTHER = "AAAAC3NzaC1lZDI1NTE5AAAAIIsLQ8DN7ZeQDRUwkHOqzTpd7Hbm9YxSQ1eXRMGbl1Xw"
LINE = f"ssh-ed25519 {KEY}"


def trusted(tmp_path, text, address="pc-1", port=22):
    file = tmp_path / "known_hosts"
    file.write_text(text, encoding="utf-8")
    return [key for _, key in find([file], address, port).trusted]


@pytest.mark.parametrize(
    ("hosts", "address", "port", "known"),
    [
        ("pc-1", "pc-1", 22, True),
        ("pc-1", "PC-1", 22, True),
        ("pc-1", "pc-10", 22, False),
        ("pc-2,pc-1,192.0.2.1", "pc-1", 22, True),
        ("pc-1", "pc-1", 2222, False),
        ("[pc-1]:2222", "pc-1", 2222, True),
        ("[pc-1]:2222", "pc-1", 22, False),
        ("[pc-*]:2222", "pc-1", 2222, True),
        ("pc-?", "pc-1", 22, True),
        ("*,!pc-1", "pc-1", 22, False),
        ("*,!pc-2", "pc-1", 22, True),
        ("@cert-authority *", "pc-1", 22, False),
        ("# pc-1", "pc-1", 22, False),
        ("|1|rubbish|rubbish", "pc-1", 22, False),
    ],
)
def test_whose_line_it_is(tmp_path, hosts, address, port, known):
    """Names, patterns, negation, ports and markers decide whether a line speaks of a host."""
    assert ([KEY] if known else []) == trusted(tmp_path, f"\n{hosts} {LINE} comment\n", address, port)


@pytest.mark.parametrize(("address", "port"), [("pc-1", 22), ("192.0.2.7", 2222)])
def test_hashed_names(tmp_path, address, port):
    """A file hashed by ssh-keygen names the same hosts."""
    file = tmp_path / "known_hosts"
    file.write_text(f"{named(address, port)} {LINE}\n", encoding="ascii")
    subprocess.run([system.need("ssh-keygen"), "-q", "-H", "-f", str(file)], check=True, capture_output=True)

    assert file.read_text("ascii").startswith("|1|")
    assert [("ssh-ed25519", KEY)] == list(find([file], address, port).trusted)
    assert [] == list(find([file], "another", port).trusted)


def test_a_revoked_key_is_never_trusted(tmp_path):
    """A revoked key is not trusted even where another line names it; other keys of the host stay."""
    text = f"pc-1 {LINE}\npc-1 ssh-ed25519 {OTHER}\n@revoked * {LINE}\n"

    assert [OTHER] == trusted(tmp_path, text)


def test_no_file_knows_nobody(tmp_path):
    """A file that is not there names no key."""
    assert () == find([tmp_path / "none"], "pc-1", 22).trusted
