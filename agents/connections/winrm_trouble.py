# SPDX-License-Identifier: Apache-2.0
"""Say in one sentence why a PC could not be reached by WinRM, and what would help; never with a password in it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Final

import requests.exceptions
import spnego.exceptions
from winrm.exceptions import InvalidCredentialsError, WinRMError, WinRMTransportError, WSManFaultError

from agents.source import NotObservedError

if TYPE_CHECKING:
    from agents.connections.winrm_target import WinRmTarget

# What pywinrm and what is below it raise when a PC is off, wrong, or no Windows at all.
TROUBLE: Final = (
    WinRMTransportError,
    WinRMError,
    spnego.exceptions.SpnegoError,
    requests.exceptions.RequestException,
    OSError,
    ET.ParseError,
    StopIteration,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
COMPLAINT: Final = 300
# ERROR_ACCESS_DENIED, alone and in the service's own words (0x803380E6).
_ACCESS_DENIED: Final = frozenset({5, 2150859046})
# Too many shells, or too many of one user (0x80338166, 0x80338169).
_BUSY: Final = frozenset({2150859174, 2150859177})


def trouble(error: BaseException, target: WinRmTarget) -> NotObservedError:
    """Give the sentence."""
    if isinstance(error, InvalidCredentialsError):
        return NotObservedError(_turned_away(target))
    if isinstance(error, WSManFaultError):
        return NotObservedError(_fault(error, target))
    if isinstance(error, requests.exceptions.SSLError):
        return NotObservedError(_tls(str(error), target.place))
    if isinstance(error, requests.exceptions.ConnectionError) and not isinstance(error, requests.exceptions.Timeout):
        return NotObservedError(_lost(str(error), target))
    return _other(error, target.place)


def _other(error: BaseException, where: str) -> NotObservedError:
    match error:
        case requests.exceptions.Timeout():
            found = NotObservedError(f"{where} does not answer: is it on, and is its firewall open for WinRM?")
        case WinRMTransportError():
            found = NotObservedError(f"{where} answers, but not as WinRM does (HTTP {error.code})")
        case spnego.exceptions.SpnegoError():
            found = NotObservedError(f"{where} breaks off the log-on: {_first(error)}")
        case WinRMError():
            found = NotObservedError(f"no way to {where}: {_first(error)}")
        case requests.exceptions.RequestException() | OSError():
            found = NotObservedError(f"the connection with {where} broke off")
        case _:
            found = NotObservedError(f"{where} answers, but not as WinRM does: {type(error).__name__}")
    return found


def _turned_away(target: WinRmTarget) -> str:
    if target.certificate:
        return f"{target.place} lets nobody in with this certificate: no account there is mapped to it"
    user = target.user or "?"
    return f"{target.place} refuses {user}: wrong password, locked account, or {target.transport} is switched off"


def _fault(error: WSManFaultError, target: WinRmTarget) -> str:
    if error.wsman_fault_code in _ACCESS_DENIED:
        return f"{target.place} gives {target.user or '?'} no shell: it is no administrator there"
    if error.wsman_fault_code in _BUSY:
        return f"{target.place} has too many remote shells open: try again later"
    return f"the WinRM service of {target.place} answers with fault {error.wsman_fault_code}"


def _tls(text: str, where: str) -> str:
    low = text.lower().replace("_", " ")
    if "alert certificate expired" in low:
        return f"{where} refuses our certificate: it has expired"
    if "certificate has expired" in low:
        return f"the certificate of {where} has expired"
    if "certificate verify failed" in low:
        return f"the certificate of {where} is not to be trusted: name its authority in ansible_winrm_ca_trust_path"
    return f"{where} refuses our certificate" if "alert" in low else f"no TLS with {where}"


def _lost(text: str, target: WinRmTarget) -> str:
    low = text.lower()
    if "resolve" in low or "not known" in low:
        return f"nobody knows the address of {target.address}"
    if any(word in low for word in ("refused", "unreachable", "no route")):
        return f"{target.place} does not answer: is it on, and is WinRM started there?"
    return f"the connection with {target.place} broke off"


def _first(error: BaseException) -> str:
    """Give the first line of a message."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:COMPLAINT]
