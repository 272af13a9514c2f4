# SPDX-License-Identifier: Apache-2.0
"""Functions on addresses and connections."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import struct
from typing import TYPE_CHECKING, Any, Final

from agents.limits import QueryError

if TYPE_CHECKING:
    from collections.abc import Callable


def inet_aton(address: Any) -> int | None:
    """Give an IPv4 address as a number; NULL for anything else."""
    try:
        return int(ipaddress.IPv4Address(address)) if isinstance(address, str) else None
    except ValueError:
        return None


def in_cidr_block(block: Any, address: Any) -> int:
    """Tell whether an address lies in a block such as 10.0.0.0/8.

    Raises:
        QueryError: one of them cannot be read, or they are of different families, as in osquery.
    """
    if not isinstance(block, str) or not isinstance(address, str):
        raise QueryError("in_cidr_block needs a block and an address, both texts")
    try:
        place = ipaddress.ip_address(address)
        network = ipaddress.ip_network(block, strict=False)
    except ValueError as error:
        message = f"in_cidr_block: {error}"
        raise QueryError(message) from error
    if place.version != network.version:
        message = f"in_cidr_block: {block} and {address} are of different families"
        raise QueryError(message)
    return int(place in network)


def community_id_v1_strict(*arguments: Any) -> str:
    """Give the Community ID of a connection: source and destination address and port, protocol number, and a seed (0).

    Source: https://github.com/corelight/community-id-spec

    Raises:
        QueryError: an argument is missing or cannot be read.
    """
    if len(arguments) not in {5, 6}:
        raise QueryError("community_id_v1 takes two addresses, two ports, a protocol and perhaps a seed")
    source, destination, *numbers = arguments
    try:
        ends = sorted(
            (ipaddress.ip_address(address).packed, int(port)) for address, port in ((source, numbers[0]), (destination, numbers[1]))
        )
        protocol, seed = int(numbers[2]), int(numbers[3]) if len(numbers) > 3 else 0  # noqa: PLR2004 - the seed is optional
        (low, low_port), (high, high_port) = ends
        content = struct.pack(">H", seed) + low + high + struct.pack(">BxHH", protocol, low_port, high_port)
    except (TypeError, ValueError, struct.error) as error:
        message = f"community_id_v1: {error}"
        raise QueryError(message) from error
    return "1:" + base64.b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()


def community_id_v1(*arguments: Any) -> str | None:
    """Do as `community_id_v1_strict`, but give NULL for what cannot be read."""
    try:
        return community_id_v1_strict(*arguments)
    except QueryError:
        return None


FUNCTIONS: Final[dict[str, tuple[int, Callable[..., Any]]]] = {
    "inet_aton": (1, inet_aton),
    "in_cidr_block": (2, in_cidr_block),
    "community_id_v1": (-1, community_id_v1),
    "community_id_v1_strict": (-1, community_id_v1_strict),
}
