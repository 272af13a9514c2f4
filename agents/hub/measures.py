# SPDX-License-Identifier: Apache-2.0
"""What the hub counts about itself, for Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

if TYPE_CHECKING:
    from agents.hub.core import Hub

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 16.0)


class Measures:
    """The figures of one hub; labels are calls and codes only, never a word of a host."""

    def __init__(self, hub: Hub) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter("menshen_hub_requests", "Requests by call and status.", ["call", "code"], registry=self.registry)
        self.seconds = Histogram(
            "menshen_hub_request_seconds", "Seconds from request to answer.", ["call"], registry=self.registry, buckets=_BUCKETS
        )
        waiting = Gauge("menshen_hub_waiting_writes", "Requests that wait for the disk.", registry=self.registry)
        waiting.set_function(lambda: hub.writer.waiting)

    def text(self) -> bytes:
        """Give all figures in Prometheus' text form."""
        return generate_latest(self.registry)
