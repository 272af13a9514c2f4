# SPDX-License-Identifier: Apache-2.0
"""The hub among strangers: hostile bodies, wrong secrets, other hosts' keys, replays; nothing acknowledged and not stored."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import time
import zlib

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.hub import hosts, inbox, names, schema, secret, wire
from agents.hub.admin import AdminApi
from agents.hub.app import AgentApi
from agents.hub.core import Hub, Pace
from agents.hub.database import StoreError, connect
from agents.hub.rate import Rate
from policies.compile.question import Question

ASKED = (
    Question("plain", "linux", "SELECT 1 AS menshen_applies, 1 AS menshen_seen, 1 AS ok", ("ok",), ()),
    Question("own", "linux", "SELECT 1 AS menshen_applies, 1 AS menshen_seen, 1 AS ok", ("ok",), ("file_lines",)),
)


class Plan:
    """Knows hosts by name: pc-1 and pc-2."""

    def questions(self, subject):
        return ASKED if subject else ()

    def match(self, host):
        return (host.hostname, "") if host.hostname in {"pc-1", "pc-2"} else (None, "no host of the inventory fits")


class Bench:
    """A hub in this process, and a client that speaks to it without a network."""

    def __init__(self, url):
        self.url = url
        self.hub = Hub(url, Plan(), Pace(spread=0))
        self.api = AgentApi(self.hub)
        self.app = self.api.app()
        with_db = connect(url)
        _, self.secret = secret.add(with_db, "hq", int(time.time()), 3600)
        with_db.close()

    def post(self, call, body, *, raw=None, headers=None, address="192.0.2.7"):
        async def send():
            transport = httpx.ASGITransport(self.app, client=(address, 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://hub") as client:
                content = json.dumps(body).encode() if raw is None else raw
                return await client.post(f"/api/osquery/{call}", content=content, headers=headers)

        return asyncio.run(send())

    def get(self, path, *, address="192.0.2.7"):
        async def send():
            transport = httpx.ASGITransport(self.app, client=(address, 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://hub") as client:
                return await client.get(path)

        return asyncio.run(send())

    def enrol(self, name, *, identifier=None, text=None, serial="S", address="192.0.2.7"):
        details = {
            "system_info": {"hostname": name, "uuid": f"u-{name}", "hardware_serial": serial},
            "osquery_info": {"version": "5"},
        }
        body = {
            "enroll_secret": text or self.secret,
            "host_identifier": identifier or name,
            "platform_type": "9",
            "host_details": details,
        }
        return self.post("enroll", body, address=address)

    def key(self, name, **options):
        return self.enrol(name, **options).json()["node_key"]

    def stored(self):
        database = connect(self.url)
        try:
            return inbox.unsettled(database, 1000)
        finally:
            database.close()

    def hosts(self):
        database = connect(self.url)
        try:
            return hosts.listed(database)
        finally:
            database.close()


@pytest.fixture
def bench(tmp_path):
    made = Bench(str(tmp_path / "hub.db"))
    yield made
    made.hub.close()


def log(key, *lines, kind="status"):
    return {"node_key": key, "log_type": kind, "data": list(lines)}


def test_keys_and_secrets_are_digests_at_rest(bench, tmp_path):
    """Neither a node key nor a secret can be found in the database's files."""
    key = bench.key("pc-1")
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())

    assert key.encode() not in content
    assert bench.secret.encode() not in content
    assert secret.digest(key).encode() in content


def test_a_wrong_expired_or_revoked_secret_opens_nothing(bench):
    """Such an enrolment is answered with node_invalid and no key."""
    database = connect(bench.url)
    _, expired = secret.add(database, "hq", int(time.time()) - 100, 50)
    made, revoked = secret.add(database, "hq", int(time.time()), 1000)
    secret.revoke(database, made.id, int(time.time()))
    database.close()

    for text in ("wrong", expired, revoked):
        answer = bench.enrol("pc-1", text=text)
        assert (401, {"node_invalid": True}) == (answer.status_code, answer.json())


def test_guessing_is_slowed_for_its_address_alone(bench):
    """After ten wrong secrets an address is told to wait, even with the right one; another address is not."""
    codes = [bench.enrol("pc-1", text=f"guess {number}", address="192.0.2.66").status_code for number in range(12)]

    assert [401] * 10 + [429] * 2 == codes
    assert 429 == bench.enrol("pc-1", address="192.0.2.66").status_code
    assert 200 == bench.enrol("pc-1", address="192.0.2.67").status_code


def test_an_unknown_key_gets_nothing(bench):
    """Every call with a wrong key, or none, is told to enrol again: node_invalid, a bool."""
    for call in ("config", "log", "distributed/read", "distributed/write"):
        for key in ("", "x", "x" * 5000, None, 7, ["x"]):
            answer = bench.post(call, {"node_key": key, "log_type": "status", "data": [{}]})
            assert (401, {"node_invalid": True}) == (answer.status_code, answer.json())
    assert [] == bench.stored()


def test_a_key_in_the_header_is_taken(bench):
    """Osquery from 5.23 on sends its key in a header too; a body without one is enough then."""
    key = bench.key("pc-1")
    answer = bench.post("config", {}, headers={"authorization": f"NodeKey {key}"})

    assert list(answer.json()["schedule"]) == [names.scheduled("plain", ASKED[0].digest)]


def test_another_hosts_questions_cannot_be_answered(bench):
    """An answer under a name that was put to another host, or altered, is refused and not stored."""
    one, other = bench.key("pc-1"), bench.key("pc-2")
    asked = bench.post("distributed/read", {"node_key": other}).json()["queries"]
    name = next(iter(asked))
    forged = [name, name.replace("/plain/", "/own/") + "0", name[:-1], "c/plain/0/1/2", "q/x/y", "x", ""]
    for wrong in forged:
        answer = bench.post("distributed/write", {"node_key": one, "queries": {wrong: []}, "statuses": {wrong: 0}})
        assert 400 == answer.status_code
    assert [] == bench.stored()
    assert 200 == bench.post("distributed/write", {"node_key": other, "queries": {name: []}, "statuses": {name: 0}}).status_code
    assert 1 == len(bench.stored())


def test_a_replay_is_stored_once(bench):
    """The same log and the same answers, sent again, are acknowledged and change nothing."""
    key = bench.key("pc-1")
    asked = bench.post("distributed/read", {"node_key": key}).json()["queries"]
    written = {"node_key": key, "queries": {name: [] for name in asked}, "statuses": dict.fromkeys(asked, 0)}
    for _ in range(3):
        assert 200 == bench.post("distributed/write", written).status_code
        assert 200 == bench.post("log", log(key, {"message": "x"})).status_code

    assert 2 == len(bench.stored())


def test_discovery_names_core_tables_only_and_every_query_has_one(bench):
    """Old clients run only what has a discovery once any has: so every query gets one, over core tables."""
    key = bench.key("pc-1")
    found = bench.post("distributed/read", {"node_key": key}).json()

    assert found["queries"].keys() == found["discovery"].keys()
    assert {"SELECT 1"} < set(found["discovery"].values())
    assert all("FROM" not in sql or "FROM osquery_registry" in sql for sql in found["discovery"].values())


def test_a_second_machine_of_the_same_name_waits_for_review(bench):
    """Another machine that says it is pc-1, or has its identifier, gets no controls and is not judged."""
    bench.key("pc-1")
    bench.key("pc-1", identifier="other", serial="T")
    bench.key("pc-9", identifier="pc-1")
    found = {one.identifier + one.serial + one.hostname: one for one in bench.hosts()}

    assert "pc-1" == found["pc-1Spc-1"].subject
    assert (None, "pc-1 is another machine already") == (found["otherTpc-1"].subject, found["otherTpc-1"].review)
    assert (None, "another machine already has this identifier") == (found["pc-1Spc-9"].subject, found["pc-1Spc-9"].review)


def test_clones_that_push_each_other_out_are_found(bench):
    """Two machines with one identity take turns with new keys while the old one is in use: reviewed, and no longer judged."""
    for _ in range(4):
        key = bench.key("pc-1")
    (one,) = bench.hosts()

    assert "clone" in one.review
    assert {} == bench.post("config", {"node_key": key}).json()["schedule"]


def test_a_new_key_ends_the_old_one(bench):
    """After a host has enrolled again, its old key opens nothing."""
    old = bench.key("pc-1")
    assert 200 == bench.post("config", {"node_key": old}).status_code
    new = bench.key("pc-1")

    assert 401 == bench.post("config", {"node_key": old}).status_code
    assert 200 == bench.post("config", {"node_key": new}).status_code


def test_bodies_that_are_no_json_objects_are_refused(bench):
    """Broken, deep and strange JSON is a 400 with an error in JSON; nothing is stored, and the hub goes on."""
    key = bench.key("pc-1")
    deep = b'{"node_key": "' + key.encode() + b'", "log_type": "status", "data": [' + b"[" * 100_000 + b"]" * 100_000 + b"]}"
    wrong = [b"[", b"[]", b"1", b'"x"', b"\xff\xfe", deep, b'{"a": NaN}', b'{"a": ' + b"9" * 5000 + b"}", b"{" * 2000]
    for raw in wrong:
        answer = bench.post("log", None, raw=raw)
        assert 400 == answer.status_code, raw[:20]
        assert "error" in answer.json()
    for lines in ("x", {}, [1], [[]], None):
        assert 400 == bench.post("log", {"node_key": key, "log_type": "status", "data": lines}).status_code
    assert [] == bench.stored()


def test_a_bomb_is_not_unpacked(bench):
    """A body of 100 kB that unpacks to 100 MB is refused, and so is one that is cut or only says it is gzip."""
    key = bench.key("pc-1")
    bomb = gzip.compress(b'{"node_key": "' + b" " * 100_000_000 + b'"}')
    packed = {"content-encoding": "gzip"}

    assert 413 == bench.post("log", None, raw=bomb, headers=packed).status_code
    assert 413 == bench.post("config", None, raw=gzip.compress(b" " * 2_000_000), headers=packed).status_code
    assert 400 == bench.post("log", None, raw=gzip.compress(b"{}")[:-4], headers=packed).status_code
    assert 400 == bench.post("log", None, raw=b"{}", headers=packed).status_code
    assert 400 == bench.post("log", None, raw=zlib.compress(b"{}"), headers={"content-encoding": "deflate"}).status_code
    good = gzip.compress(json.dumps(log(key, {"message": "packed"})).encode())
    assert 200 == bench.post("log", None, raw=good, headers=packed).status_code
    assert 1 == len(bench.stored())


def test_a_body_that_is_too_large_is_refused(bench):
    """Beyond its call's limit a body is a 413, in JSON."""
    assert 413 == bench.post("enroll", None, raw=b" " * 1_100_000).status_code
    assert 413 == bench.post("distributed/write", None, raw=b" " * (33 * 1024 * 1024)).status_code


def test_a_host_cannot_write_a_line_of_the_hubs_log(bench, capsys):
    """Line ends, escapes and reversing marks in a host's words become question marks."""
    bench.enrol("pc-1", identifier="x\n2026-01-01T00:00:00Z menshen hub: all is well\x1b[2J\u202e", text="wrong")
    told = capsys.readouterr().err

    assert 1 == told.count("\n")
    assert "\x1b" not in told
    assert "\u202e" not in told


def test_a_talkative_host_is_told_to_wait(bench):
    """One host cannot take the hub for itself: beyond its burst it gets 429, another one does not."""
    one, other = bench.key("pc-1"), bench.key("pc-2")
    codes = {bench.post("config", {"node_key": one}).status_code for _ in range(200)}

    assert {200, 429} == codes
    assert 200 == bench.post("config", {"node_key": other}).status_code


def test_what_is_not_stored_is_no_200(bench, monkeypatch):
    """Where the database refuses, the answer has an error (507 for a full disk), and the host keeps what it sent."""
    key = bench.key("pc-1")
    for full, code in ((True, 507), (False, 503)):

        def refuse(*_, full=full, **__):
            raise StoreError("no", full=full)

        monkeypatch.setattr(inbox, "put", refuse)
        answer = bench.post("log", log(key, {"message": "x"}))
        assert code == answer.status_code
        assert "error" in answer.json()


def test_one_poisoned_request_does_not_cost_the_others(bench):
    """A job that the database refuses fails alone; those committed with it are stored."""

    def bad(database):
        database.rows("INSERT INTO no_such_table VALUES (1)")

    jobs = [bench.hub.writer.put(work) for work in (lambda _: 1, bad, lambda _: 3)]

    assert (1, 3) == (jobs[0].result(10), jobs[2].result(10))
    with pytest.raises(StoreError):
        jobs[1].result(10)


def test_metrics_are_for_this_machine(bench):
    """Prometheus figures are given to the loopback; health and version to everybody, and neither names a host."""
    bench.key("pc-1")

    assert 403 == bench.get("/metrics").status_code
    told = bench.get("/metrics", address="127.0.0.1").text
    assert 'menshen_hub_requests_total{call="enroll",code="200"} 1.0' in told
    assert "pc-1" not in told
    assert {"status": "ok"} == bench.get("/healthz").json()
    assert 200 == bench.get("/version").status_code
    assert "error" in bench.get("/no/such").json()


def test_the_admin_api_wants_its_token(bench):
    """Without the right token every admin call is a 401; with it, hosts and live queries are there. Hosts' API has none of it."""
    bench.key("pc-1")
    app = AdminApi(bench.hub, bench.api.measures, "t" * 32).app()

    async def calls():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub") as client:
            bare = await client.get("/hosts")
            wrong = await client.get("/hosts", headers={"authorization": "Bearer x"})
            good = {"authorization": "Bearer " + "t" * 32}
            listed = await client.get("/hosts", headers=good)
            asked = await client.post("/queries", json={"sql": "SELECT 1", "subjects": ["pc-1", "pc-0"]}, headers=good)
            broken = await client.post("/queries", content=b"[", headers=good)
            answers = await client.get(f"/queries/{asked.json()['query']}", headers=good)
            return bare, wrong, listed, asked, broken, answers

    bare, wrong, listed, asked, broken, answers = asyncio.run(calls())
    assert (401, 401, 400) == (bare.status_code, wrong.status_code, broken.status_code)
    assert "pc-1" == listed.json()["hosts"][0]["subject"]
    assert (1, ["pc-0"]) == (asked.json()["asked"], asked.json()["unknown"])
    assert {"answers": []} == answers.json()
    assert 404 == bench.get("/hosts").status_code


def test_a_bucket_fills_again():
    """Tries come back with time, and never more than the burst."""
    now = [0.0]
    rate = Rate(1.0, 2.0, lambda: now[0])
    assert [True, True, False] == [rate.allows("a") for _ in range(3)]
    now[0] = 1.0
    assert [True, False] == [rate.allows("a") for _ in range(2)]
    now[0] = 100.0
    assert [True, True, False] == [rate.allows("a") for _ in range(3)]


def test_a_database_of_another_version_is_refused(tmp_path):
    """A hub does not write into what it does not know."""
    database = connect(str(tmp_path / "hub.db"))
    schema.prepare(database)
    database.rows("UPDATE meta SET value = '99' WHERE name = 'version'")
    with pytest.raises(StoreError, match="version 99"):
        schema.prepare(database)
    database.close()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)
KEYS = st.sampled_from(
    ["node_key", "enroll_secret", "host_identifier", "host_details", "log_type", "data", "queries", "statuses", "messages"]
)


@settings(max_examples=300)
@given(st.dictionaries(KEYS, JSON, max_size=6))
def test_any_object_is_read_or_refused(found):
    """Whatever stands in the fields, reading them gives what osquery sends, or the one error."""
    for reader in (wire.enrol, wire.log, wire.answers):
        with contextlib.suppress(wire.WireError):
            reader(found)
    assert isinstance(wire.node_key(found, ""), str)


@settings(max_examples=300)
@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_read_or_refused(raw):
    """Whatever the bytes are, they are a JSON object or the one error."""
    with contextlib.suppress(wire.WireError):
        assert isinstance(wire.document(raw), dict)


@settings(max_examples=200)
@given(st.text(max_size=400), st.text(max_size=60))
def test_a_name_of_somebody_else_is_never_ours(name, host):
    """No text that was not signed for a host is taken as a name of its questions; those signed for it are."""
    assert names.asked("key", host, name) is None
    ours = names.scheduled("x", "0") + names.ending("key", host, 7)
    assert 7 == names.asked("key", host, ours).at
    assert names.asked("key", host + "x", ours) is None


@settings(max_examples=200)
@given(st.text(max_size=600))
def test_a_clean_text_is_one_printable_line(text):
    """No control or steering character outlives cleaning, and neither does length."""
    found = wire.clean(text)

    assert len(found) <= 256
    assert not any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 or 0xD800 <= ord(character) < 0xE000 for character in found)
