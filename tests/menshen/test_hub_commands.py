# SPDX-License-Identifier: Apache-2.0
"""What people do at the hub from the command line: secrets, hosts, review."""

from __future__ import annotations

import json
import time

import jsonschema
import pytest
from commandline import ROOT, menshen
from hub_site import inventory

from agents.hub import hosts, wire
from agents.hub.database import connect
from agents.hub.schema import prepare


class Plan:
    """Knows nobody, so that everybody waits for review."""

    def questions(self, _):
        return ()

    def match(self, _):
        return None, "no host of the inventory fits"


@pytest.fixture
def database(tmp_path):
    """A hub's database with one host that waits for review."""
    url = str(tmp_path / "hub.db")
    opened = connect(url)
    prepare(opened)
    details = {"system_info": {"hostname": "PC-1", "uuid": "u", "hardware_serial": "s"}, "osquery_info": {"version": "5.23.1"}}
    with opened.writing():
        hosts.enrol(opened, Plan(), wire.Enrol("x", "id-1", "2", details), "hq", int(time.time()), "192.0.2.7")
    opened.close()
    return url


def checked(name, text):
    document = json.loads(text)
    schema = json.loads((ROOT / "docs" / "schemas" / f"{name}.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, schema, cls=jsonschema.Draft202012Validator)
    return document


def test_a_secret_is_shown_once_listed_without_itself_and_revoked(database):
    """A new secret is printed alone on stdout, is in no list, and stands as revoked afterwards."""
    text = menshen("hub", "secrets", "add", "--site", "hq", "--days", "3", "--database", database).stdout.strip()
    (one,) = checked("hub_secrets", menshen("hub", "secrets", "--database", database, "--json").stdout)["secrets"]
    menshen("hub", "secrets", "revoke", "--id", one["id"], "--database", database)
    (after,) = checked("hub_secrets", menshen("hub", "secrets", "--database", database, "--json").stdout)["secrets"]

    assert len(text) >= 43
    assert text not in json.dumps(one)
    assert (None, "hq") == (one["revoked_at"], one["site"])
    assert after["revoked_at"]
    assert "--site" in menshen("hub", "secrets", "add", "--database", database, expected=(2,)).stderr


def test_a_host_is_reviewed_matched_and_removed(database, tmp_path):
    """The review names the host and why, with exit code 1; a person says who it is; removed, it is gone."""
    site = inventory(tmp_path / "inventory", {"pc-1": {"menshen_kind": "windows", "menshen_baselines": ["agent_pc"]}})
    waiting = menshen("hub", "review", "--database", database, "--json", expected=(1,)).stdout
    (host,) = checked("hub_hosts", waiting)["hosts"]
    told = menshen("hub", "review", "--database", database, expected=(1,), LC_ALL="zh_CN.UTF-8").stdout
    menshen("hub", "match", host["id"][:8], "pc-1", "--database", database, "-i", site)
    (after,) = checked("hub_hosts", menshen("hub", "hosts", "--database", database, "--json").stdout)["hosts"]
    menshen("hub", "review", "--database", database)
    menshen("hub", "hosts", "--remove", host["id"], "--database", database)

    assert (None, "no host of the inventory fits") == (host["subject"], host["review"])
    assert "主机清单中没有相符的主机" in told
    assert ("pc-1", "") == (after["subject"], after["review"])
    assert [] == json.loads(menshen("hub", "hosts", "--database", database, "--json").stdout)["hosts"]


def test_what_would_be_unsafe_is_refused():
    """No password on the command line, no plain HTTP beyond the loopback, no admin API without a token."""
    url = "postgresql://menshen:hunter2@db.example/hub"
    told = menshen("hub", "hosts", "--database", url, expected=(2,)).stderr
    assert "PGPASSFILE" in told
    assert "hunter2" not in told
    assert "--cert" in menshen("hub", "serve", "--host", "192.0.2.1", expected=(2,)).stderr
    plain = ("hub", "serve", "--host", "127.0.0.1", "--admin-port", "1")
    assert "MENSHEN_HUB_ADMIN_TOKEN" in menshen(*plain, expected=(2,)).stderr
