# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import contextlib
import dataclasses
import socket
import time

import pytest
from wsman import certificates, office, recorded
from wsman.door import Door
from wsman.machine import Done
from wsman.server import Manners, Pc, serving, tls_context
from wsman.wine import booted

from agents.connections.winrm_target import CERTIFICATE, WinRmTarget
from agents.engine import Engine
from agents.source import NotObservedError, NotServedError
from agents.tables.windows import TABLES
from menshen.audit import Audit
from menshen.connect import Evidence
from menshen.subject import Subject
from policies.catalogue import load
from policies.formats import reg
from policies.resolve import resolve

PASSWORD = "Correct-Horse-7"
AT = "2026-11-25T00:00:00Z"


def target(server, **more):
    return WinRmTarget("127.0.0.1", server.port, "http", **{"user": "admin", "password": PASSWORD, **more})


def ask(way, sql, seconds=20.0):
    with way.opened(seconds) as source, Engine(source) as engine:
        source.expect([sql])
        return engine.query(sql).rows


def why(way, sql="SELECT * FROM services", seconds=20.0):
    with pytest.raises(NotObservedError) as caught:
        ask(way, sql, seconds)
    return str(caught.value)


def findings(way):
    seen = {}
    subject = Subject("pc", "windows", baselines=("agent_pc",), connection="winrm", target=way)
    found = Audit(load(), (), Evidence(), AT, watch=lambda one: seen.update({one.control: one})).subject(subject)
    return {one.control: one.verdict.value for one in found}, seen


def test_one_visit_answers_a_whole_baseline():
    """An audit by more than ninety controls is one command on the PC, and one for each place where files are searched."""
    pc = Pc(office.in_memory())
    with serving({"": pc}) as server:
        verdicts, _ = findings(target(server))

    assert len(verdicts) > 90
    assert sum(verdict == "pass" for verdict in verdicts.values()) > 90
    assert 1 + 3 == len(pc.machine.lines)
    # The handshake's three, the shell's begin and end; command, input, output and signal each time. All but the first encrypted.
    assert (3 + 2 + 4 * 4, 2 + 4 * 4) == (pc.seen["requests"], pc.seen["encrypted"])


def test_what_the_catalogue_asks_is_brought_at_once():
    """No control for Windows makes a second visit necessary, except for files, which only a query can name."""
    machine = office.in_memory()
    controls = [one for one in load().controls.values() if "windows" in one.kinds]
    rules = {one.id: resolve(one, "windows", {}) for one in controls}
    again = []
    with serving({"": Pc(machine)}) as server, target(server).opened(60) as source, Engine(source) as engine:
        source.expect(f"{rule.when or ''} {rule.observe}" for rule in rules.values())
        for name, rule in rules.items():
            visits = len(machine.lines)
            for sql in filter(None, (rule.when, rule.observe)):
                with contextlib.suppress(NotServedError):
                    engine.query(sql)
            if len(machine.lines) > visits:
                again.append(name)

    assert len(rules) > 120
    assert {"audio_files_absent", "bank_data_files_absent", "crash_faults_counted"} >= set(again)


def test_wine_answers_the_registry(tmp_path):
    """What stands in Wine's registry, in Chinese and of every type, is what the table says; user hives are there too."""
    text = (
        "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Menshen\\Sub]\r\n"
        '"Text"="中文 \\"q\\""\r\n"Many"=hex(7):61,00,00,00,62,00,00,00,00,00\r\n"Raw"=hex:de,ad\r\n'
        '"Big"=hex(b):05,00,00,00,00,00,00,00\r\n"Minus"=dword:ffffffff\r\n@="whole"\r\n'
    )
    with booted(tmp_path) as machine, serving({"": Pc(machine)}) as server:
        office.recordings_for(machine)
        machine.load(text)
        sql = r"SELECT name, type, data FROM registry WHERE key = 'HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Menshen\Sub' ORDER BY name"
        found = ask(target(server), sql, 300)
        hives = ask(target(server), "SELECT name FROM registry WHERE key = 'HKEY_USERS'", 300)
        assert [] == machine.listed(r"C:\Temp")

    assert [
        ("(Default)", "REG_SZ", "whole"),
        ("Big", "REG_QWORD", "5"),
        ("Many", "REG_MULTI_SZ", "a,b"),
        ("Minus", "REG_DWORD", "-1"),
        ("Raw", "REG_BINARY", "DEAD"),
        ("Text", "REG_SZ", '中文 "q"'),
    ] == [(row["name"], row["type"], row["data"]) for row in found]
    assert hives


@pytest.fixture
def authority(tmp_path):
    return certificates.Authority(tmp_path)


def over_tls(authority, server, pair):
    return WinRmTarget(
        *("127.0.0.1", server.port),
        transport=CERTIFICATE,
        ca=authority.certificate,
        certificate=pair.certificate,
        key=pair.key,
    )


def tls(authority, **more):
    own = authority.issue("localhost", **more)
    return tls_context(own.certificate, own.key, authority.certificate)


def test_a_certificate_opens_the_door(authority):
    """HTTPS with a client certificate that an account is mapped to answers as NTLM does."""
    with serving({"": Pc(office.in_memory())}, tls(authority)) as server:
        assert ask(over_tls(authority, server, authority.issue("admin")), "SELECT name FROM services WHERE name = 'Spooler'")


def test_certificates_that_open_nothing(authority):
    """An expired one, one of nobody, and an expired or unknown one of the PC each have their own sentence."""
    pcs = {"": Pc(office.in_memory())}
    with serving(pcs, tls(authority)) as server:
        old = why(over_tls(authority, server, authority.issue("admin", days=(-9, -2))))
        nobody = why(over_tls(authority, server, authority.issue("somebody")))
        unknown = why(dataclasses.replace(over_tls(authority, server, authority.issue("admin")), ca=None))
    with serving(pcs, tls(authority, days=(-9, -2))) as server:
        theirs = why(over_tls(authority, server, authority.issue("admin")))

    assert "has expired: no PC will take it" in old
    assert "no account there is mapped to it" in nobody
    assert "name its authority in ansible_winrm_ca_trust_path" in unknown
    assert theirs.startswith("the certificate of 127.0.0.1:")
    assert theirs.endswith("has expired")


def test_who_does_not_get_in_is_told_why():
    """A wrong password, a switched-off way, no rights and rubbish are told apart, and no message holds the password."""
    pcs = {
        "": Pc(office.in_memory()),
        "none": Pc(office.in_memory(rights="none")),
        "rubbish": Pc(office.in_memory(), manners=Manners(rubbish=b"<html>It works!</html>")),
        "bytes": Pc(office.in_memory(), manners=Manners(rubbish=bytes(range(256)))),
    }
    with serving(pcs) as server:
        said = {
            "password": why(target(server, password="wrong-secret")),
            "basic": why(target(server, transport="basic")),
            **{name: why(target(server, path=f"{name}/wsman")) for name in ("none", "rubbish", "bytes", "nowhere")},
        }

    assert "refuses admin: wrong password, locked account, or ntlm is switched off" in said["password"]
    assert "basic is switched off" in said["basic"]
    assert "gives admin no shell: it is no administrator there" in said["none"]
    assert "not as WinRM does" in said["rubbish"]
    assert "not as WinRM does" in said["bytes"] or "log-on" in said["bytes"]
    assert "HTTP 404" in said["nowhere"]
    assert not any("wrong-secret" in text or PASSWORD in text for text in said.values())


def test_a_host_that_is_off_is_told_apart():
    """Nobody listens at the port of a PC that is off."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        off = WinRmTarget("127.0.0.1", held.getsockname()[1], "http", user="admin", password="x")

        assert "does not answer: is it on" in why(off)


def test_a_host_that_hangs_is_left_in_time():
    """A PC that lets one wait is given up when its time is over."""
    with serving({"": Pc(office.in_memory(), manners=Manners(silence=30))}) as server:
        began = time.monotonic()
        said = why(target(server), seconds=2.0)

        assert time.monotonic() - began < 8
    assert "does not answer" in said or "given up" in said


def test_without_rights_the_registry_still_answers():
    """An account that is no administrator sees the registry; what only an administrator sees is unknown, not failed."""
    with serving({"": Pc(office.in_memory(rights="user"))}) as server:
        verdicts, seen = findings(target(server))

    assert "pass" == verdicts["usb_storage_blocked"]
    assert "unknown" == verdicts["lockout_threshold"]
    assert "the account is no administrator there" in seen["lockout_threshold"].reason
    assert "unknown" == verdicts["disk_encrypted"]


def test_a_closed_key_is_unknown_and_a_missing_one_is_not():
    """A key that is closed to the account is never taken for one that does not exist."""
    root = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Lsa"
    machine = office.in_memory(closed=(root,))
    for place in [one for one in machine.values if one[0].startswith(root.lower())]:
        del machine.values[place]
    with serving({"": Pc(machine)}) as server:
        verdicts, seen = findings(target(server))

    assert "unknown" == verdicts["lsa_protected"]
    assert "cannot be read" in seen["lsa_protected"].reason
    assert "pass" == verdicts["usb_storage_blocked"]


def test_a_value_of_the_wrong_type_fails_alone():
    """A number that somebody wrote as text fails its control, and no other."""
    machine = office.in_memory()
    place = next(place for place, one in machine.values.items() if one.name == "InactivityTimeoutSecs")
    machine.values[place] = dataclasses.replace(machine.values[place], type=1, data="900\0".encode("utf-16-le"))
    with serving({"": Pc(machine), "good": Pc(office.in_memory())}) as server:
        bad, _ = findings(target(server))
        good, _ = findings(target(server, path="good/wsman"))

    assert {"screen_lock"} == {name for name in good if good[name] != bad[name]}
    assert ("pass", "fail") == (good["screen_lock"], bad["screen_lock"])


@pytest.mark.parametrize(
    ("printed", "words"),
    [
        (b"", "runs no PowerShell"),
        (b"hello", "does not answer as it should: no parcel"),
        (b"menshen:%%%", "does not answer as it should"),
        (b"menshen:UEsDBAo=", "does not answer as it should"),
    ],
)
def test_rubbish_in_place_of_a_parcel(printed, words):
    """What is no parcel is named, and every table of the PC is unknown."""
    machine = office.in_memory()
    machine.programs["powershell"] = lambda _machine, _call: Done(0, printed, b"blocked by policy" if not printed else b"")
    with serving({"": Pc(machine)}) as server:
        verdicts, _ = findings(target(server))
        said = why(target(server))

    assert words in said
    assert {"unknown"} == set(verdicts.values())


def test_a_damaged_export_closes_only_its_own_part():
    """An export that is no .reg file makes the part it should hold unknown, with the reason."""
    machine = office.in_memory()
    real = machine.write
    part = "RemovableStorageDevices".encode("utf-16-le")
    machine.write = lambda path, content: real(path, b"\xff\xfeo\0" if path.endswith(".reg") and part in content else content)
    with serving({"": Pc(machine)}) as server:
        verdicts, seen = findings(target(server))

    assert "unknown" == verdicts["usb_phone_files_blocked"]
    assert "cannot be read" in seen["usb_phone_files_blocked"].reason
    assert "pass" == verdicts["lsa_protected"]


def test_every_table_answers():
    """Each table that is said to be served gives rows of its own columns on a PC that has everything."""
    machine = office.in_memory()
    key = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules"
    rule = "v2.30|Action=Block|Active=TRUE|Dir=In|Protocol=6|LPort=445|Profile=Public|Name=SMB|"
    block = f'Windows Registry Editor Version 5.00\n[{key}]\n"SMB"="{rule}"\n'
    machine.set(next(reg.settings(("\ufeff" + block).encode("utf-16-le"))))
    empty = []
    with serving({"": Pc(machine)}) as server, target(server).opened(30) as source, Engine(source) as engine:
        source.expect(TABLES)
        empty += [table for table in TABLES if table != "file" and not engine.query(f"SELECT * FROM {table}").rows]

    assert [] == empty


def test_basic_works_where_somebody_opened_it():
    """A PC that takes basic over an open line is only asked so by whoever set it: the target itself may still try."""
    with serving({"": Pc(office.in_memory(), Door(basic=True))}) as server:
        assert ask(target(server, transport="basic"), "SELECT hostname FROM system_info") == [{"hostname": "pc-17"}]


def test_the_clock_is_the_pcs_own():
    """Times are judged by the PC's clock, not by ours."""
    with serving({"": Pc(office.in_memory())}) as server:
        assert [{"unix_time": recorded.NOW}] == ask(target(server), "SELECT unix_time FROM time")


@pytest.mark.parametrize(
    ("where", "found"),
    [
        (r"path = 'C:\Windows\System32\drivers\etc\hosts'", 1),
        (r"path LIKE 'C:\Users\Public\%'", 1),
        (r"path LIKE 'C:\Users\Public\%%'", 2),
        (r"directory = 'C:\Users'", 1),
        (r"path LIKE 'C:\Users\%\Documents\%.txt' AND type = 'regular'", 1),
        (r"path = '\\server\share\x'", 0),
        (r"path = 'relative'", 0),
    ],
)
def test_files_are_found_by_path_and_pattern(where, found):
    """A question for files becomes data of one script, by osquery's rule of % and %%."""
    with serving({"": Pc(office.in_memory())}) as server:
        assert found == len(ask(target(server), f"SELECT path FROM file WHERE {where}"))
