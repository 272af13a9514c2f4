# SPDX-License-Identifier: Apache-2.0
"""Send a message by HTTP POST to the one address a site named: no redirect, no proxy but the one it names."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING, Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, ProxyHandler, Request, build_opener

from reports.notify import robots
from reports.notify.failure import DeliveryError, of_system
from reports.notify.mail import trusting
from reports.notify.settings import wrong_url
from reports.notify.wording import hidden

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from urllib.request import OpenerDirector

    from reports.notify.secrets import Secrets
    from reports.notify.wording import Message

SECONDS: Final = 15.0
LONGEST_ANSWER: Final = 65536


class _NoRedirect(HTTPRedirectHandler):
    """An address that sends elsewhere would hand the message to a stranger."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        """Follow nothing: the answer stays the 3xx it is."""
        return


def send(kind: str, message: Message, options: Mapping[str, Any], secrets: Secrets, at: datetime) -> None:
    """Post one message to a webhook or robot.

    Raises:
        DeliveryError: it was not taken.
        SecretError: the address or the secret is not where it should be.
    """
    url = secrets.get(options["url"])
    if wrong := wrong_url(url, plain=options.get("plain_http", False)):
        raise DeliveryError(f"the address of the {kind} {wrong}")
    host = str(urlsplit(url).hostname)
    secret = secrets.get(options["secret"]) if "secret" in options else ""
    made = robots.MAKERS[kind](hidden(message, secrets.hide), secret, at.timestamp(), options.get("template"))
    target = url + (("&" if urlsplit(url).query else "?") + made.query if made.query else "")
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "menshen", **made.headers}
    if "token" in options:
        headers["Authorization"] = f"Bearer {secrets.get(options['token'])}"
    request = Request(target, made.body, headers)  # noqa: S310 - wrong_url lets only http and https through
    status, answer = _answer(_opener(options, secrets), request, host)
    robots.check(kind, host, status, answer)


def _opener(options: Mapping[str, Any], secrets: Secrets) -> OpenerDirector:
    proxy = secrets.get(options["proxy"]) if "proxy" in options else ""
    proxies = ProxyHandler({"http": proxy, "https": proxy} if proxy else {})
    return build_opener(proxies, HTTPSHandler(context=trusting(options)), _NoRedirect)


def _answer(opener: OpenerDirector, request: Request, host: str) -> tuple[int, bytes]:
    try:
        with opener.open(request, timeout=SECONDS) as response:
            return response.status, response.read(LONGEST_ANSWER)
    except HTTPError as error:
        error.close()
        return error.code, b""
    except URLError as error:
        reason = error.reason if isinstance(error.reason, OSError) else OSError(0, str(error.reason))
        raise of_system(host, reason) from error
    except (OSError, UnicodeError) as error:
        raise of_system(host, error) from error
    except http.client.HTTPException as error:
        raise DeliveryError(f"{host} does not speak HTTP: {type(error).__name__}") from error
