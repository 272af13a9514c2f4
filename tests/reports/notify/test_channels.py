# SPDX-License-Identifier: Apache-2.0
"""Each channel hands its message to a real receiver, and says why where it cannot."""

from __future__ import annotations

import base64
import hashlib
import hmac
import socket
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from receivers import PASSWORD, free_port, http, smtp

from policies.text import Text
from reports.notify import mail, post
from reports.notify.failure import DeliveryError
from reports.notify.notice import Notice, Severity
from reports.notify.secrets import SecretError, Secrets
from reports.notify.wording import message

AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
SECRET = "SEC-abc-123-xyz"


def notice(**changed):
    words = {
        "key": "drift/pc-1/screen_lock",
        "severity": Severity.WARNING,
        "subject": "pc-1",
        "title": Text(en="screen lock: not met", zh="屏幕锁定：不符合"),
        "lines": (Text(en="was: met", zh="原为：符合"),),
        "since": "2026-11-25T02:00:00Z",
        "command": "menshen drift --limit pc-1",
    }
    return Notice(**{**words, **changed})


def words(*notices, language="zh"):
    return message(notices or [notice()], language, 480)


def options(server, **more):
    return {"server": "127.0.0.1", "port": server.port, "from": "menshen@site.example", "to": ["duty@site.example"], **more}


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_mail_arrives_by_each_security(tmp_path, monkeypatch, security):
    """A letter arrives whole in Chinese, over TLS and logged on where the site says so."""
    monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)
    login = security != "none"
    with smtp(tmp_path, security, demand_login=login) as server:
        more = {"user": "menshen", "password": {"env": "MAIL_PASSWORD"}, "ca_file": server.ca_file} if login else {}
        mail.send(words(), options(server, security=security, **more), Secrets(), AT)
        (letter,) = server.letters

    assert ["duty@site.example"] == letter.to
    assert "[门神] 警告：pc-1：屏幕锁定：不符合" == letter.subject
    assert "始于：2026-11-25 10:00 +08:00" in letter.text
    assert "查看详情：menshen drift --limit pc-1" in letter.text
    assert (security != "none") == letter.tls
    assert PASSWORD not in letter.raw


def test_mail_is_not_sent_in_clear_where_tls_is_wanted(tmp_path):
    """A server that offers no STARTTLS gets nothing."""
    with smtp(tmp_path) as server:
        with pytest.raises(DeliveryError, match="did not take the mail"):
            mail.send(words(), options(server), Secrets(), AT)

        assert [] == server.letters


def test_mail_checks_the_certificate(tmp_path):
    """A server whose authority nobody named gets nothing."""
    with smtp(tmp_path, "tls") as server:
        with pytest.raises(DeliveryError, match=r"certificate of 127\.0\.0\.1 is not trusted"):
            mail.send(words(), options(server, security="tls"), Secrets(), AT)

        assert [] == server.letters


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_a_wrong_password_is_not_quoted(tmp_path, monkeypatch):
    """A refused log-on names the account and never the password."""
    monkeypatch.setenv("MAIL_PASSWORD", "wrong-password-1")
    with smtp(tmp_path, "tls", demand_login=True) as server:
        more = {"user": "menshen", "password": {"env": "MAIL_PASSWORD"}, "ca_file": server.ca_file, "security": "tls"}
        with pytest.raises(DeliveryError) as caught:
            mail.send(words(), options(server, **more), Secrets(), AT)

    assert "127.0.0.1 does not let menshen log on (SMTP 535)" == str(caught.value)


@pytest.mark.parametrize(("to", "why"), [(["nobody@x.example"], "no recipient"), (["a@x.example", "nobody@x.example"], "refused")])
def test_a_refused_recipient_is_a_failure(tmp_path, to, why):
    """A letter that one recipient did not get is said to have failed."""
    with smtp(tmp_path) as server, pytest.raises(DeliveryError, match=why):
        mail.send(words(), {**options(server), "security": "none", "to": to}, Secrets(), AT)


def test_nobody_listening_is_said():
    """A dead mail server is named."""
    with pytest.raises(DeliveryError, match=r"127\.0\.0\.1 is not reached: Connection refused"):
        mail.send(words(), {"server": "127.0.0.1", "port": free_port(), "from": "a@b", "to": ["c@d"]}, Secrets(), AT)


def test_wecom_gets_plain_text():
    """WeCom is sent text of at most 2048 bytes, cut between characters and saying so."""
    with http() as server:
        post.send("wecom", words(), {"url": server.url}, Secrets(), AT)
        post.send("wecom", words(notice(lines=(Text(en="x", zh="长" * 3000),))), {"url": server.url}, Secrets(), AT)
        first, second = server.requests

    assert "text" == first.body["msgtype"]
    assert first.body["text"]["content"].startswith("[门神] 警告：pc-1")
    assert 2040 <= len(second.body["text"]["content"].encode()) <= 2048
    assert second.body["text"]["content"].endswith("已截断）")


def test_dingtalk_is_signed():
    """DingTalk's URL carries the time in milliseconds and the signature over it."""
    with http() as server:
        post.send("dingtalk", words(), {"url": server.url + "?access_token=t", "secret": {"env": "S"}}, _given(S=SECRET), AT)
        (one,) = server.requests
    query = parse_qs(urlsplit(one.path).query)
    stamp = str(int(AT.timestamp() * 1000))
    expected = base64.b64encode(hmac.new(SECRET.encode(), f"{stamp}\n{SECRET}".encode(), hashlib.sha256).digest()).decode()

    assert {"access_token": ["t"], "timestamp": [stamp], "sign": [expected]} == query
    assert SECRET.encode() not in one.raw


def test_feishu_is_signed_and_calls_nobody():
    """Feishu's body carries time and signature, and a device's name cannot become an `<at>`."""
    hostile = notice(subject='<at user_id="all">x</at>')
    with http() as server:
        post.send("feishu", words(hostile), {"url": server.url, "secret": {"env": "S"}}, _given(S=SECRET), AT)
        (one,) = server.requests
    stamp = str(int(AT.timestamp()))
    expected = base64.b64encode(hmac.new(f"{stamp}\n{SECRET}".encode(), b"", hashlib.sha256).digest()).decode()

    assert (stamp, expected, "text") == (one.body["timestamp"], one.body["sign"], one.body["msg_type"])
    assert "<at" not in one.body["content"]["text"]


def test_webhook_is_data_and_signed():
    """The generic webhook gets the notices as data, signed over time and body, with its token as a header."""
    given = _given(S=SECRET, T="token-77")
    with http() as server:
        post.send("webhook", words(), {"url": server.url, "secret": {"env": "S"}, "token": {"env": "T"}}, given, AT)
        (one,) = server.requests
    stamp = one.headers["X-Menshen-Timestamp"]
    expected = hmac.new(SECRET.encode(), f"{stamp}.".encode() + one.raw, hashlib.sha256).hexdigest()

    assert f"sha256={expected}" == one.headers["X-Menshen-Signature"]
    assert "Bearer token-77" == one.headers["Authorization"]
    assert ("menshen/notice/1", [notice().to_json()]) == (one.body["schema"], one.body["notices"])


def test_a_template_of_the_site_is_filled():
    """A site's own body is sent with the words filled in, and a dollar in a device's name stays text."""
    template = {"alarm": {"title": "$heading", "tags": ["$severity", "$subject"]}, "n": 3}
    with http() as server:
        post.send("webhook", words(notice(subject="$key")), {"url": server.url, "template": template}, Secrets(), AT)
        (one,) = server.requests

    assert {"alarm": {"title": "[门神] 警告：$key：屏幕锁定：不符合", "tags": ["warning", "$key"]}, "n": 3} == one.body


@pytest.mark.parametrize(
    ("kind", "answer", "status", "why"),
    [
        ("wecom", b'{"errcode": 93000, "errmsg": "invalid webhook url"}', 200, "refuses the message: errcode 93000"),
        ("dingtalk", b'{"errcode": 310000}', 200, "errcode 310000"),
        ("feishu", b'{"code": 19021, "msg": "sign match fail"}', 200, "code 19021"),
        ("wecom", b"<html>", 200, "does not answer as a robot of wecom"),
        ("feishu", b"[]", 200, "does not answer as a robot of feishu"),
        ("webhook", b"", 500, "answers HTTP 500"),
        ("webhook", b"", 302, "answers HTTP 302"),
    ],
)
def test_a_refusal_is_a_failure(kind, answer, status, why):
    """A robot that says no in its body, an HTTP error and a redirect are failures, and a redirect is not followed."""
    with http(answer, status, {"Location": "/elsewhere"} if status == 302 else {}) as server:
        with pytest.raises(DeliveryError, match=why):
            post.send(kind, words(), {"url": server.url}, Secrets(), AT)

        assert ["/hook"] == [one.path for one in server.requests]


def test_something_else_on_the_port_is_said():
    """A server that does not speak HTTP is a failure with a reason."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        import threading  # noqa: PLC0415 - only here

        def answer():
            connection, _ = listening.accept()
            connection.recv(4096)
            connection.sendall(b"SSH-2.0-x\r\n")
            connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(DeliveryError, match="does not speak HTTP"):
            post.send("webhook", words(), {"url": f"http://127.0.0.1:{port}/"}, Secrets(), AT)
        thread.join()


def test_a_secret_in_a_notice_is_hidden():
    """What a channel needs to log on never stands in what it sends."""
    leaking = notice(subject=f"pc {SECRET}", lines=(Text(en=SECRET, zh=SECRET),))
    with http() as server:
        post.send("webhook", words(leaking), {"url": server.url, "secret": {"env": "S"}}, _given(S=SECRET), AT)
        (one,) = server.requests

    assert SECRET.encode() not in one.raw
    assert "pc ***" == one.body["notices"][0]["subject"]


def test_an_address_from_elsewhere_is_checked():
    """A URL kept as a secret must be https off this machine, and is not quoted."""
    with pytest.raises(DeliveryError) as caught:
        post.send("webhook", words(), {"url": {"env": "U"}}, _given(U="http://192.0.2.9/key-5"), AT)

    assert "the address of the webhook must be https, or say plain_http: true" == str(caught.value)


def test_secrets_are_fetched_where_they_are_kept(tmp_path, monkeypatch):
    """A secret comes from a file's first line, a unit's credential, or a vault; one that is absent is named by its place."""
    (tmp_path / "hook").write_text("https://x.example/k\nmore\n", encoding="utf-8")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    secrets = Secrets(vault=lambda name: f"of {name}")

    assert ("https://x.example/k",) * 2 == (secrets.get({"file": "hook"}), secrets.get({"file": str(tmp_path / "hook")}))
    assert "of mail" == secrets.get({"vault": "mail"})
    with pytest.raises(SecretError, match="cannot be read: No such file"):
        secrets.get({"file": "absent"})
    with pytest.raises(SecretError, match="the environment has no NOWHERE"):
        secrets.get({"env": "NOWHERE"})


def _given(**values):
    class Given(Secrets):
        def _fetched(self, _kind, place):
            return values[place]

    return Given()
