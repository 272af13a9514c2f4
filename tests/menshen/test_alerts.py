# SPDX-License-Identifier: Apache-2.0
"""The command that shows alerts and tries the channels."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
from commandline import ROOT, menshen
from receivers import http


def inventory(folder, text):
    (folder / "hosts.yml").write_text("all: {hosts: {}}\n", encoding="utf-8")
    (folder / "notify.yml").write_text(text, encoding="utf-8")
    return folder


def test_the_example_file_is_read(tmp_path):
    """The file shipped with the inventory names no channel, and with its comments taken off it is right."""
    from reports.notify.settings import load  # noqa: PLC0415 - only here

    lines = (ROOT / "inventory" / "notify.yml").read_text(encoding="utf-8").splitlines()
    start = lines.index("#") + 1
    meant = [line[2:] for line in lines[start:] if line.startswith("# ")]

    assert () == load(ROOT / "inventory" / "notify.yml").channels
    path = tmp_path / "notify.yml"
    path.write_text("\n".join(meant), encoding="utf-8")
    assert ["mail", "wecom", "dingtalk", "feishu", "webhook"] == [one.kind for one in load(path).channels]


def test_channels_are_tried_and_what_waits_is_listed(tmp_path, monkeypatch):
    """A test message reaches the channel that works, exit code 1 names the other, and the list shows what waits, with a schema."""
    vault, key = tmp_path / "vault.yml", tmp_path / "key"
    key.write_text("a-vault-password\n", encoding="utf-8")
    monkeypatch.setenv("ANSIBLE_VAULT_PASSWORD_FILE", str(key))
    with http() as alive, http(b'{"errcode": 310000}') as dead:
        vault.write_text(f"robot: {alive.url}?key=very-secret-key\n", encoding="utf-8")
        tool = Path(sys.executable).with_name("ansible-vault")
        subprocess.run([tool, "encrypt", vault], check=True, capture_output=True)
        works, fails = "{name: works, kind: wecom, url: {vault: robot}}", f"{{name: fails, kind: dingtalk, url: '{dead.url}'}}"
        text = f"channels: [{works}, {fails}]\n"
        done = menshen("alerts", "test", "-i", inventory(tmp_path, text), expected=(1,))

        assert "works: sent" in done.stdout
        assert "channel fails: 127.0.0.1 refuses the message: errcode 310000; kept for the next time" in done.stderr
        assert ["/hook?key=very-secret-key"] == [one.path for one in alive.requests]
    listed = json.loads(menshen("alerts", "list", "--json").stdout)
    schema = json.loads((ROOT / "docs" / "schemas" / "alerts.json").read_text(encoding="utf-8"))
    jsonschema.validate(listed, schema, cls=jsonschema.Draft202012Validator)

    assert ["fails"] == [one["channel"] for one in listed["waiting"]]
    assert "127.0.0.1 拒绝了消息：errcode 310000" in menshen("alerts", "list", LC_ALL="zh_CN.UTF-8").stdout


def test_no_channel_is_said(tmp_path):
    """Trying channels where none is named is a mistake of the site."""
    done = menshen("alerts", "test", "-i", inventory(tmp_path, "channels: []\n"), expected=(2,), LC_ALL="zh_CN.UTF-8")

    assert "没有任何渠道" in done.stderr


def test_a_vault_without_the_password_is_said(tmp_path):
    """A secret that cannot be read fails its channel with the reason, and says nothing of the content."""
    (tmp_path / "vault.yml").write_text("robot: https://x.example/k-1\n", encoding="utf-8")
    text = "channels: [{name: a, kind: wecom, url: {vault: robot}}]\n"
    done = menshen("alerts", "test", "-i", inventory(tmp_path, text), expected=(1,), ANSIBLE_VAULT_PASSWORD_FILE="")

    assert "ANSIBLE_VAULT_PASSWORD_FILE must name its password file" in done.stderr
    assert "k-1" not in done.stderr
