# SPDX-License-Identifier: Apache-2.0
"""What each kind of webhook is sent, how it is signed, and how its answer is read.

Sources: WeCom https://developer.work.weixin.qq.com/document/path/91770 (group robot, text up to 2048 bytes);
DingTalk https://open.dingtalk.com/document/robots/customize-robot-security-settings (signature in the URL, 20000 bytes);
Feishu https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot (signature in the body, 20 KB).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import string
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from reports.notify.failure import DeliveryError
from reports.words import Say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reports.notify.wording import Message

SCHEMA: Final = "menshen/notice/1"
_OK: Final = range(200, 300)


@dataclass(frozen=True, slots=True)
class Request:
    """One POST: what is added to the URL, the JSON body, further headers."""

    body: bytes
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def _json(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def _digest(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def fitted(text: str, limit: int, mark: str) -> str:
    """Cut a text to so many bytes of UTF-8, whole characters, and say so with `mark`."""
    raw = text.encode()
    if len(raw) <= limit:
        return text
    return raw[: limit - len(mark.encode())].decode(errors="ignore") + mark


def _words(message: Message, limit: int) -> str:
    return fitted(message.text, limit, Say(message.language)("notice.cut"))


def wecom(message: Message, _secret: str, _seconds: float, _template: Any) -> Request:
    """Plain text: no device's name can become a link or call everybody."""
    return Request(_json({"msgtype": "text", "text": {"content": _words(message, 2048)}}))


def dingtalk(message: Message, secret: str, seconds: float, _template: Any) -> Request:
    """Plain text; the signature is over the time in milliseconds and the secret, and stands in the URL."""
    body = _json({"msgtype": "text", "text": {"content": _words(message, 18000)}})
    if not secret:
        return Request(body)
    stamp = str(int(seconds * 1000))
    return Request(body, urlencode({"timestamp": stamp, "sign": _digest(secret, f"{stamp}\n{secret}")}))


def feishu(message: Message, secret: str, seconds: float, _template: Any) -> Request:
    """Plain text, in which `<at …>` would call people; the key of the signature is the time and the secret, over nothing."""
    text = _words(message, 18000).replace("<", "＜")
    document: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
    if secret:
        stamp = str(int(seconds))
        document |= {"timestamp": stamp, "sign": _digest(f"{stamp}\n{secret}", "")}
    return Request(_json(document))


def webhook(message: Message, secret: str, seconds: float, template: Any) -> Request:
    """Give the notices as data, or the site's own template filled in; signed over time and body where there is a secret."""
    first = message.notices[0]
    names = {
        "heading": message.heading,
        "text": message.text,
        "severity": str(first.severity),
        "subject": first.subject,
        "key": first.key,
        "count": str(len(message.notices)),
    }
    whole = {"schema": SCHEMA, **names, "count": len(message.notices), "notices": [one.to_json() for one in message.notices]}
    body = _json(whole if template is None else filled(template, names))
    if not secret:
        return Request(body)
    stamp = str(int(seconds))
    signature = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return Request(body, headers={"X-Menshen-Timestamp": stamp, "X-Menshen-Signature": f"sha256={signature}"})


def filled(template: Any, names: Mapping[str, str]) -> Any:
    """Fill `$name` in every text of a template; the text of a notice can only become text."""
    if isinstance(template, str):
        return string.Template(template).safe_substitute(names)
    if isinstance(template, dict):
        return {key: filled(value, names) for key, value in template.items()}
    return [filled(value, names) for value in template] if isinstance(template, list) else template


MAKERS: Final[Mapping[str, Callable[[Message, str, float, Any], Request]]] = {
    "webhook": webhook,
    "wecom": wecom,
    "dingtalk": dingtalk,
    "feishu": feishu,
}
_CODES: Final = {"wecom": "errcode", "dingtalk": "errcode", "feishu": "code"}


def check(kind: str, host: str, status: int, answer: bytes) -> None:
    """Read the answer: robots say 200 to everything, and in the body whether they took it.

    Raises:
        DeliveryError: it was not taken.
    """
    if status not in _OK:
        raise DeliveryError(f"{host} answers HTTP {status}")
    if kind not in _CODES:
        return
    try:
        document = json.loads(answer)
        code = document[_CODES[kind]]
    except (ValueError, KeyError, TypeError) as error:
        raise DeliveryError(f"{host} does not answer as a robot of {kind} does") from error
    if code != 0:
        raise DeliveryError(f"{host} refuses the message: {_CODES[kind]} {code if isinstance(code, int) else '?'}")
