# SPDX-License-Identifier: Apache-2.0
"""Where an SNMP agent is reached, and with which community or keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

PORT: Final = 161


class Version(StrEnum):
    """The versions of SNMP."""

    V1 = "1"
    V2C = "2c"
    V3 = "3"


class Auth(StrEnum):
    """How an SNMPv3 message proves who sent it; SHA is HMAC-SHA-1-96 (RFC 3414), the others RFC 7860."""

    NONE = ""
    MD5 = "MD5"
    SHA = "SHA"
    SHA224 = "SHA224"
    SHA256 = "SHA256"
    SHA384 = "SHA384"
    SHA512 = "SHA512"


class Priv(StrEnum):
    """How an SNMPv3 message is kept from others; AES is AES-128 (RFC 3826), 192 and 256 are the drafts' extension."""

    NONE = ""
    DES = "DES"
    AES = "AES"
    AES192 = "AES192"
    AES256 = "AES256"


@dataclass(frozen=True, slots=True)
class SnmpTarget:
    """One agent. Community and keys are secrets: no repr shows them, no message names them."""

    address: str
    port: int = PORT
    version: Version = Version.V2C
    community: str = field(default="public", repr=False)
    user: str = ""
    auth: Auth = Auth.NONE
    auth_key: str = field(default="", repr=False)
    priv: Priv = Priv.NONE
    priv_key: str = field(default="", repr=False)
    context: str = ""

    @property
    def place(self) -> str:
        """Name the agent for people."""
        return f"{self.address} port {self.port}"
