# SPDX-License-Identifier: Apache-2.0
"""How the inventory says a UPS or a sensor is reached, and what the command line makes of it."""

from __future__ import annotations

import json

import devices
import pytest
from commandline import menshen

from agents.connections.device import DeviceTarget
from agents.connections.nut_target import NutTarget
from agents.connections.snmp_target import Auth, Priv, SnmpTarget, Version
from menshen.inventory import subject_of
from menshen.trouble import TroubleError


def subject(kind="ups", **words):
    return subject_of("ups_a", (), {"menshen_kind": kind, **words})


V3 = {
    "version": 3,
    "user": "mon",
    "auth": "SHA",
    "auth_key": "authpass123",
    "priv": "AES",
    "priv_key": "privpass123",
    "context": "",
}


def test_the_contract():
    """The inventory's words for SNMP v2c, v3 and NUT are read as documented, with their usual ports."""
    lines = [
        subject(menshen_address="192.0.2.10", menshen_snmp={"port": 161, "version": "2c", "community": "x"}).target.line,
        subject(menshen_address="192.0.2.11", menshen_snmp=V3).target.line,
        subject(menshen_address="192.0.2.12", menshen_nut={"name": "rack1", "user": "mon", "password": "y"}).target.line,
        subject("sensor", menshen_address="192.0.2.13", menshen_snmp={"version": 1, "community": "x"}).target.line,
    ]

    assert [
        SnmpTarget("192.0.2.10", 161, Version.V2C, "x"),
        SnmpTarget("192.0.2.11", 161, Version.V3, "public", "mon", Auth.SHA, "authpass123", Priv.AES, "privpass123", ""),
        NutTarget("192.0.2.12", 3493, "rack1", "mon", "y"),
        SnmpTarget("192.0.2.13", 161, Version.V1, "x"),
    ] == lines


def test_what_it_serves():
    """What hangs on a UPS and where it stands are the inventory's words; a device without a way has none."""
    found = subject(menshen_snmp={}, menshen_serves=["server_room", "doors"], menshen_place="rack A")

    contract = subject(menshen_snmp={}, menshen_contract_until="2027-01-14").target.contract_until

    assert DeviceTarget("ups_a", "ups", SnmpTarget("ups_a"), "server_room,doors", "rack A") == found.target
    assert 1_799_971_199 == contract
    assert ("snmp", "nut", "") == (found.connection, subject(menshen_nut={}).connection, subject().connection)
    assert subject().target is None


@pytest.mark.parametrize(
    ("kind", "words", "message"),
    [
        ("ups", {"menshen_snmp": {"version": 4}}, "version of menshen_snmp is not one of 1 2c 3"),
        ("ups", {"menshen_snmp": {"comunity": "s3cret"}}, "menshen_snmp must be a mapping of"),
        ("ups", {"menshen_snmp": "public"}, "menshen_snmp must be a mapping of"),
        ("ups", {"menshen_snmp": {"port": 99999}}, "no port number"),
        ("ups", {"menshen_snmp": V3 | {"user": ""}}, "needs a user"),
        ("ups", {"menshen_snmp": V3 | {"auth_key": "s3cret"}}, "auth_key has fewer than 8 characters"),
        ("ups", {"menshen_snmp": V3 | {"auth": "s3cret-protocol"}}, "auth of menshen_snmp is not one of"),
        ("ups", {"menshen_snmp": V3 | {"auth": "", "auth_key": ""}}, "priv needs auth"),
        ("ups", {"menshen_snmp": {}, "menshen_nut": {}}, "not both"),
        ("sensor", {"menshen_nut": {}}, "is for a UPS only"),
        ("ups", {"menshen_snmp": {}, "menshen_contract_until": "soon"}, "menshen_contract_until is no date"),
    ],
)
def test_what_is_written_wrongly(kind, words, message):
    """What is wrong is said by name, and no secret is said with it."""
    with pytest.raises(TroubleError) as caught:
        subject(kind, **words)

    assert message in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.fixture(scope="module")
def inventory(tmp_path_factory):
    """Write an inventory of a real snmpd, and of a device that is not there."""
    folder = tmp_path_factory.mktemp("site")
    with devices.snmpd(tmp_path_factory.mktemp("snmpd")) as agent:
        v3 = V3 | {"port": agent.port, "user": devices.USER, "auth_key": devices.AUTH_KEY, "priv_key": devices.PRIV_KEY}
        lines = {"ups_a": v3, "ups_dead": {"port": devices.free_port(), "community": "s3cret"}}
        hosts = {
            name: {"menshen_kind": "ups", "menshen_address": "127.0.0.1", "menshen_snmp": line} for name, line in lines.items()
        }
        (folder / "hosts.yml").write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
        yield folder


COLUMNS = [
    *("name", "vendor", "model", "serial", "status", "battery_low", "battery_replace", "charge_percent", "runtime_minutes"),
    *("load_percent", "seconds_on_battery", "battery_temperature_c", "input_voltage", "last_test_result", "last_test_date"),
    *("source", "unknown"),
]


def test_query(inventory):
    """`menshen query` prints the columns and one row; what is not known is NULL and named in the JSON of `unknown`."""
    done = menshen("query", "--inventory", inventory, "--subject", "ups_a", "--json", "SELECT * FROM ups")
    document = json.loads(done.stdout)
    (row,) = document["rows"]
    unknown = json.loads(row["unknown"])

    assert COLUMNS == document["columns"]
    assert ("ups_a", "online", 100.0, 150.0, 31.0) == (
        row["name"],
        row["status"],
        row["charge_percent"],
        row["runtime_minutes"],
        row["load_percent"],
    )
    assert set(unknown) == {column for column in COLUMNS if row[column] is None}


def test_query_of_a_dead_device(inventory):
    """A device that does not answer is an error that says what may be wrong, in both languages and without the community."""
    for language, word in (("C.UTF-8", "does not answer SNMP version 2c"), ("zh_CN.UTF-8", "无应答")):
        done = menshen("query", "-i", inventory, "-s", "ups_dead", "--json", "SELECT * FROM ups", expected=(2, 3), LC_ALL=language)

        assert word in done.stderr
        assert "s3cret" not in done.stderr + done.stdout


def test_audit(inventory, tmp_path):
    """`menshen audit` judges a UPS by what it says now; of one that is not there nothing is passed."""
    done = menshen("audit", "--inventory", inventory, "--ledger", tmp_path / "l.db", "--json", expected=(1, 3))
    findings = json.loads(done.stdout)["findings"]
    verdicts = {(one["subject"], one["control"]): one["verdict"] for one in findings}

    assert "pass" == verdicts["ups_a", "ups_on_mains"]
    assert "pass" == verdicts["ups_a", "ups_load"]
    assert "pass" == verdicts["ups_a", "ups_runtime"]
    assert "fail" == verdicts["ups_a", "ups_self_test"]
    assert not {verdict for (name, _), verdict in verdicts.items() if name == "ups_dead" and verdict == "pass"}
    assert not any(secret in done.stdout for secret in (devices.AUTH_KEY, devices.PRIV_KEY, "s3cret"))
