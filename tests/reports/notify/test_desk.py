# SPDX-License-Identifier: Apache-2.0
"""People are told once, on change, in the hours they want, and nothing is lost on the way."""

from __future__ import annotations

import time
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from receivers import http, smtp

from policies.problems import CatalogueError
from policies.text import Text
from reports.notify import desk as desks
from reports.notify.desk import Delivery, Desk
from reports.notify.memory import AlertStateError, Memory
from reports.notify.notice import Notice, Severity
from reports.notify.robots import fitted
from reports.notify.secrets import Secrets
from reports.notify.settings import load
from reports.notify.wording import message

NOON = "2026-11-25T04:00:00Z"  # 12:00 +08:00
NIGHT = "2026-11-25T15:30:00Z"  # 23:30 +08:00
MORNING = "2026-11-25T23:30:00Z"  # 07:30 +08:00


def notice(key="k", severity=Severity.WARNING, title="bad", *, healed=False):
    return Notice(key, severity, "pc-1", Text(en=title, zh=title), healed=healed)


@contextmanager
def opened(tmp_path, text):
    file = tmp_path / "notify.yml"
    file.write_text(text, encoding="utf-8")
    with Memory(tmp_path / "alerts.db") as memory:
        yield Desk(load(file), memory, Secrets(), lambda _: 480)


def hooks(*urls, more=""):
    return more + "channels:\n" + "".join(f"  - {{name: h{n}, kind: webhook, url: '{url}'}}\n" for n, url in enumerate(urls))


def keys(server):
    return [[(one["key"], one["healed"]) for one in request.body["notices"]] for request in server.requests]


def test_a_trouble_is_told_once_and_its_end_once(tmp_path):
    """The same trouble is one message; nothing follows while it lasts, one when it has ended, none for what was never told."""
    with http() as server:
        for _ in range(3):
            with opened(tmp_path, hooks(server.url)) as desk:  # as after a restart
                desk.tell([notice()], NOON)
        with opened(tmp_path, hooks(server.url)) as desk:
            desk.tell([], NOON)
            desk.tell([notice(healed=True), notice("other", healed=True)], NOON)
            desk.tell([notice(healed=True)], NOON)

        assert [[("k", False)], [("k", True)]] == keys(server)


def test_what_changed_is_told_again(tmp_path):
    """Another severity or another title is news; the same key is one trouble and has one end."""
    with http() as server, opened(tmp_path, hooks(server.url)) as desk:
        for one in (notice(), notice(severity=Severity.CRITICAL), notice(severity=Severity.CRITICAL, title="worse")):
            desk.tell([one], NOON)
        desk.tell([notice(healed=True)], NOON)

        assert 4 == len(server.requests)
        assert [] == desk.memory.open_notices()
        assert "critical" == server.requests[-1].body["notices"][0]["severity"]


def test_many_troubles_are_one_message(tmp_path):
    """What is told together travels together, the worst in the heading, the others counted."""
    many = [notice(f"k{n:02d}") for n in range(30)] + [notice("z", Severity.CRITICAL, "worst")]
    with http() as server, opened(tmp_path, hooks(server.url)) as desk:
        desk.tell(many, NOON)
        (one,) = server.requests

    assert "[门神] 严重：pc-1：worst（另有 30 条）" == one.body["heading"]
    assert "另有 11 条未列出" in one.body["text"]
    assert 31 == len(one.body["notices"])


def test_a_channel_hears_what_it_asked_for(tmp_path):
    """Below its minimum a channel hears neither the trouble nor its end."""
    with http() as all_of_it, http() as worst:
        text = (
            f"channels:\n- {{name: a, kind: webhook, url: '{all_of_it.url}', minimum: info}}\n"
            f"- {{name: b, kind: webhook, url: '{worst.url}', minimum: critical}}\n"
        )
        with opened(tmp_path, text) as desk:
            desk.tell([notice("i", Severity.INFO), notice("c", Severity.CRITICAL)], NOON)
            # The caller need not know how bad it was to say that it is over.
            desk.tell([notice("i", Severity.INFO, healed=True), notice("c", Severity.INFO, healed=True)], NOON)

        assert [[("c", False), ("i", False)], [("c", True), ("i", True)]] == keys(all_of_it)
        assert [[("c", False)], [("c", True)]] == keys(worst)


def test_quiet_hours_hold_back_and_lose_nothing(tmp_path):
    """At night only what is critical goes out; the rest waits for the morning, over a restart."""
    quiet = 'quiet_hours: {from: "22:00", until: "07:00"}\n'
    with http() as server:
        with opened(tmp_path, hooks(server.url, more=quiet)) as desk:
            desk.tell([notice("w")], NIGHT)
            desk.tell([notice("c", Severity.CRITICAL)], NIGHT)

            assert [[("c", False)]] == keys(server)
        with opened(tmp_path, hooks(server.url, more=quiet)) as desk:
            desk.deliver(NIGHT)
            desk.deliver(MORNING)
            desk.deliver(MORNING)

        assert [[("c", False)], [("w", False)]] == keys(server)


def test_a_dead_channel_delays_no_other_and_is_told_later(tmp_path):
    """What a channel did not take waits with the reason, the others have it at once, and nobody hears twice."""
    with http(status=500) as dead, http() as alive, opened(tmp_path, hooks(dead.url, alive.url)) as desk:
        told = desk.tell([notice()], NOON)

        assert {Delivery("h0", 1, "127.0.0.1 answers HTTP 500"), Delivery("h1", 1)} == set(told)
        (left,) = desk.memory.waiting()
        assert ("h0", 1, "127.0.0.1 answers HTTP 500") == (left.channel, left.tries, left.why)
        dead.status = 200
        desk.tell([notice("second")], NOON)

        assert [("k", False), ("second", False)] == keys(dead)[-1]
        assert [[("k", False)], [("second", False)]] == keys(alive)
        assert [] == desk.memory.waiting()


def test_a_channel_that_hangs_is_given_up(tmp_path, monkeypatch):
    """A receiver that never answers costs the time limit once, and its message waits."""
    import socket  # noqa: PLC0415 - only here

    monkeypatch.setattr(desks, "SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listening, http() as alive:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        with opened(tmp_path, hooks(url, alive.url)) as desk:
            start = time.monotonic()
            told = {one.channel: one.why for one in desk.tell([notice()], NOON)}

            assert {"h0": "no answer within 0.5 seconds", "h1": ""} == told
            assert time.monotonic() - start < 5
            assert ["h0"] == [one.channel for one in desk.memory.waiting()]


def test_two_senders_do_not_send_the_same(tmp_path):
    """What one sender has taken, another does not take, until the first must have died."""
    with http() as server, opened(tmp_path, hooks(server.url)) as desk:
        desk.memory.take([notice()], desk.settings.channels, NOON)
        seconds = 1_800_000_000.0
        taken = desk.memory.claim("h0", list(Severity), seconds)

        assert 1 == len(taken)
        assert [] == desk.memory.claim("h0", list(Severity), seconds + 1)
        assert taken == desk.memory.claim("h0", list(Severity), seconds + 301)


def test_mail_and_robots_side_by_side(tmp_path):
    """One trouble reaches a mailbox, WeCom, DingTalk and Feishu, each by its template, one message each."""
    with smtp(tmp_path) as box, http() as server:
        server_at = f"server: 127.0.0.1, port: {box.port}, security: none"
        text = f"channels:\n- {{name: m, kind: mail, {server_at}, from: a@b.example, to: [c@d.example]}}\n"
        text += "".join(
            f"- {{name: {kind}, kind: {kind}, url: '{server.url}/{kind}'}}\n" for kind in ("wecom", "dingtalk", "feishu")
        )
        with opened(tmp_path, text) as desk:
            told = desk.tell([notice()], NOON)

        assert [""] * 4 == [one.why for one in told]
        assert 1 == len(box.letters)
        assert ["/hook/dingtalk", "/hook/feishu", "/hook/wecom"] == sorted(one.path for one in server.requests)


def test_a_state_that_cannot_be_kept_sends_nothing(tmp_path):
    """Where the state cannot be opened the error names the file."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(AlertStateError, match=r"file/alerts\.db: cannot open"):
        Memory(tmp_path / "file" / "alerts.db")
    (tmp_path / "alerts.db").write_bytes(b"no database" * 100)
    with pytest.raises(AlertStateError, match="cannot open the state of alerts"):
        Memory(tmp_path / "alerts.db")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("channels: [{name: a, kind: pager}]", "1:22: kind must be one of mail, webhook, wecom, dingtalk, feishu, not 'pager'"),
        ("channels: [{name: a, kind: wecom}]", "1:12: url is missing"),
        ("channels: [{name: a, kind: wecom, url: 'ftp://x'}]", "url must be a URL such as https://host/path"),
        ("channels: [{name: a, kind: wecom, url: 'http://192.0.2.1/'}]", "url must be https, or say plain_http: true"),
        ("channels: [{name: a, kind: webhook, url: 'https://x/', secret: plain}]", "secret must name where the secret is"),
        ("quiet_hours: {from: '25:00', until: '7'}\nchannels: []", "from must be a time such as 22:00, not '25:00'"),
        ("channels: [{name: a, kind: mail, server: x, from: 'a\\nb', to: [c]}]\nmore: 1", "unknown key more"),
        ('channels: [{name: a, kind: mail, server: x, from: "a\\nBcc: b", to: [c]}]', "from must be one line of text"),
        ("channels: [{name: a, kind: mail, server: x, from: a, to: [c], user: u}]", "user and password belong together"),
        (
            "channels: [{name: a, kind: mail, server: x, from: a, to: [c], user: u, password: {env: P}, security: none}]",
            "a password is not sent without TLS",
        ),
        ("channels: [{name: a, kind: wecom, url: 'https://x/'}, {name: a, kind: wecom, url: 'https://x/'}]", "duplicate name a"),
        ("channels: [{name: a, kind: [x]}]", "must be a mapping with a kind"),
        ("channels: [{name: a, kind: mail, server: x, port: 0, from: a, to: [c]}]", "port must be a port"),
    ],
)
def test_a_wrong_file_is_refused_at_its_place(tmp_path, text, problem):
    """What is wrong with notify.yml is said with line and column."""
    (tmp_path / "notify.yml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load(tmp_path / "notify.yml")

    assert problem in str(caught.value)
    assert str(tmp_path / "notify.yml") + ":1" in str(caught.value) or "more" in str(caught.value)


@given(st.text(max_size=200), st.text(max_size=200))
def test_no_name_writes_a_second_line(subject, title):
    """Whatever a device calls itself, a heading is one line without steering characters."""
    made = message([Notice("k", Severity.INFO, subject, Text(en=title, zh=title))], "en", 0)

    assert 1 == len((made.heading + "x").splitlines())
    assert made.heading == "".join(c for c in made.heading if c.isprintable() or c.isspace() or ord(c) > 0x9F)


@given(st.text(max_size=300), st.integers(20, 600))
def test_cut_text_fits(text, limit):
    """A cut text is at most so many bytes, and one that fits is whole."""
    cut = fitted(text, limit, "…")

    assert len(cut.encode()) <= limit
    assert cut == text or cut.endswith("…")
