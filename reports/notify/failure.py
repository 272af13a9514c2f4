# SPDX-License-Identifier: Apache-2.0
"""Why a message did not reach a channel."""

from __future__ import annotations

import ssl


class DeliveryError(Exception):
    """A channel did not take a message; the text says why and holds no secret."""


def of_system(host: str, error: OSError | UnicodeError) -> DeliveryError:
    """Put what the network or TLS said into a sentence."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return DeliveryError(f"the certificate of {host} is not trusted: {error.verify_message}")
    if isinstance(error, ssl.SSLError):
        return DeliveryError(f"no TLS with {host}: {error.reason}")
    if isinstance(error, TimeoutError):
        return DeliveryError(f"{host} does not answer in time")
    if isinstance(error, OSError):
        return DeliveryError(f"{host} is not reached: {error.strerror or type(error).__name__}")
    return DeliveryError(f"{host} is no name of a host")
