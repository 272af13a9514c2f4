# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import base64
import os
import subprocess

import pytest
import system

from agents.source import NotObservedError

PASSWD = {"/etc/passwd": "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\nnone:x:9:9::/nonexistent:/bin/false\n"}
AUTHORIZED = """# ssh-rsa AAAA old
ssh-ed25519 AAAAC3Nza+/= ann@desk 中文
command="echo \\"a b\\"",no-pty ssh-rsa AAAAB3== deploy
ecdsa-sha2-nistp256 AAAAE2
sk-ssh-ed25519@openssh.com AAAAG

from="10.0.0.0/8 ssh-rsa AAAA
nonsense
"""


def test_keys_that_may_log_on_come_with_their_options(record, rows):
    """Options with blanks in quotes, comments and hardware keys are read; comments and broken lines are no keys."""
    host = record({**PASSWD, "/home/ann/.ssh/authorized_keys": AUTHORIZED, "/root/.ssh/authorized_keys2": "ssh-rsa AAAA\n"})
    assert [
        (0, "", "ssh-rsa", "AAAA", ""),
        (1000, "", "ssh-ed25519", "AAAAC3Nza+/=", "ann@desk 中文"),
        (1000, 'command="echo \\"a b\\"",no-pty', "ssh-rsa", "AAAAB3==", "deploy"),
        (1000, "", "ecdsa-sha2-nistp256", "AAAAE2", ""),
        (1000, "", "sk-ssh-ed25519@openssh.com", "AAAAG", ""),
    ] == [tuple(row[name] for name in ("uid", "options", "algorithm", "key", "comment")) for row in rows("authorized_keys", host)]
    assert {"/root/.ssh/authorized_keys2"} == {row["key_file"] for row in rows("authorized_keys", host, uid=0)}


def test_a_pipe_in_a_home_does_not_hold_the_audit_up(record, rows, tmp_path):
    """Owners may put anything into their homes; what is no regular file is not opened."""
    host = record({**PASSWD, "/home/ann/.ssh/config": ""})
    for name in ("authorized_keys", "id_rsa", "known_hosts"):
        os.mkfifo(tmp_path / "home/ann/.ssh" / name)
    assert [] == [row for table in ("authorized_keys", "user_ssh_keys", "known_hosts", "ssh_configs") for row in rows(table, host)]


def test_a_line_made_to_slow_the_reading_does_not(record, rows):
    """A long line of quotes is refused as quickly as it is read."""
    host = record({**PASSWD, "/home/ann/.ssh/authorized_keys": 'a="' * 20_000 + "\n" + "a " * 200_000 + "\n"})
    assert [] == rows("authorized_keys", host)


def test_private_keys_tell_whether_a_passphrase_protects_them(record, rows):
    """Keys made by ssh-keygen in each format are told apart, with type and length."""
    keygen = system.need("ssh-keygen")
    host = record({**PASSWD, "/home/ann/.ssh/config": ""})
    folder = host.path("/home/ann/.ssh")
    made = {
        "plain": ["-t", "ed25519", "-N", ""],
        "locked": ["-t", "rsa", "-b", "2048", "-N", "secret-phrase"],
        "pem": ["-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "secret-phrase"],
        "ec": ["-t", "ecdsa", "-m", "PEM", "-N", ""],
        "pkcs8": ["-t", "rsa", "-b", "2048", "-m", "PKCS8", "-N", "secret-phrase"],
    }
    for name, options in made.items():
        subprocess.run([keygen, "-q", *options, "-f", folder / name], check=True)
    assert {
        "plain": (0, "ed25519", None),
        "locked": (1, "rsa", 2048),
        "pem": (1, "rsa", None),
        "ec": (0, "ec", None),
        "pkcs8": (1, "", None),
    } == {
        row["path"].rpartition("/")[2]: (row["encrypted"], row["key_type"], row["key_length"])
        for row in rows("user_ssh_keys", host)
    }


@pytest.mark.parametrize("cut", [0, 8, 15, 19, 40, 60])
def test_a_cut_private_key_fails_nothing(record, rows, cut):
    """A key cut at any place is a key whose state may be unknown."""
    blob = (
        b"openssh-key-v1\0"
        + b"\0\0\0\x04none" * 2
        + b"\0\0\0\0"
        + b"\0\0\0\x01"
        + b"\0\0\0\x33"
        + b"\0\0\0\x07ssh-rsa"
        + b"\xff" * 40
    )
    body = base64.b64encode(blob[:cut]).decode()
    host = record(
        {**PASSWD, "/home/ann/.ssh/k": f"-----BEGIN OPENSSH PRIVATE KEY-----\n{body}\n-----END OPENSSH PRIVATE KEY-----\n"}
    )
    assert 1 == len(rows("user_ssh_keys", host))


def test_client_settings_know_their_block(record, rows):
    """System files come as uid 0, then each account's; options stand below their Host or Match line."""
    host = record({
        **PASSWD,
        "/etc/ssh/ssh_config": "# x\nHashKnownHosts yes\n",
        "/etc/ssh/ssh_config.d/a.conf": "Host *\n  SendEnv LANG\n",
        "/home/ann/.ssh/config": "Host=Bank\n\tUser Ann\nMatch all\n Port 22\n",
    })  # fmt: skip
    assert [
        (0, "", "hashknownhosts yes"),
        (0, "host *", "sendenv lang"),
        (1000, "host=bank", "user ann"),
        (1000, "match all", "port 22"),
    ] == [(row["uid"], row["block"], row["option"]) for row in rows("ssh_configs", host)]


def test_known_hosts_are_given_line_by_line(record, rows):
    """Comments and blank lines are left out."""
    host = record({**PASSWD, "/home/ann/.ssh/known_hosts": "# c\n|1|abc= ssh-rsa AAAA\n\n"})
    assert [(1000, "|1|abc= ssh-rsa AAAA")] == [(row["uid"], row["key"]) for row in rows("known_hosts", host)]


def test_homes_of_others_are_not_observed_without_root(record, rows, tmp_path, as_nobody):
    """A home that may not be entered must not look like one without keys."""
    del as_nobody, tmp_path, record
    from agents.host import Host  # noqa: PLC0415

    if os.access("/root", os.X_OK, effective_ids=True):
        pytest.skip("this machine opens root's home to everyone")
    with pytest.raises(NotObservedError, match="root"):
        rows("authorized_keys", Host(), uid=0)
