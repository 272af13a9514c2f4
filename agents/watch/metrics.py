# SPDX-License-Identifier: Apache-2.0
"""What the watch knows, in Prometheus' text format, on the loopback unless somebody says otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily

from agents.watch.history import STATUSES, UPS_QUANTITIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from threading import Thread
    from wsgiref.simple_server import WSGIServer

    from agents.devices.sample import Sample
    from agents.watch.watcher import Watcher

    _Values = dict[tuple[str, ...], float]

LOOPBACK: Final = "127.0.0.1"
PORT: Final = 9716
_UNITS: Final = {
    "charge_percent": "Charge of the battery, per cent",
    "runtime_minutes": "Runtime the UPS claims at the present load, minutes",
    "load_percent": "Load, per cent of the rated power",
    "input_voltage": "Input voltage, volts",
    "battery_temperature_c": "Battery temperature, degrees Celsius",
}


class Metrics:
    """Gauges made anew at each scrape from the watcher's latest samples; what is not known has no line."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give the gauges."""
        samples = dict(self._watcher.latest)
        yield _family("menshen_up", "1 where the last poll brought a fresh answer", ("subject",), _up(samples))
        upses = {name: sample.ups for name, sample in samples.items() if sample.ups}
        status: _Values = {(name, word): float(ups.status == word) for name, ups in upses.items() for word in STATUSES}
        yield _family("menshen_ups_status", "1 at the present state of a UPS", ("subject", "status"), status)
        for quantity in UPS_QUANTITIES:
            values: dict[tuple[str, ...], float | None] = {(name,): getattr(ups, quantity) for name, ups in upses.items()}
            known: _Values = {name: float(value) for name, value in values.items() if value is not None}
            yield _family(f"menshen_ups_{quantity}", _UNITS[quantity], ("subject",), known)
        probes: _Values = {
            (name, reading.probe, reading.kind): reading.value
            for name, sample in samples.items()
            for reading in sample.climate
            if reading.ok_reading and reading.value is not None
        }
        yield _family("menshen_climate", "Reading of a probe: Celsius, per cent, or 0 and 1", ("subject", "probe", "kind"), probes)
        state = self._watcher.state
        facts: _Values = {("outage",): float(state.began is not None), ("latched",): float(len(state.latched))}
        yield _family("menshen_outage", "1 during an outage; subjects past the point of no return", ("fact",), facts)


def serve(watcher: Watcher, address: str = LOOPBACK, port: int = PORT) -> tuple[WSGIServer, Thread]:
    """Answer scrapes in a thread of its own.

    Raises:
        OSError: the address is taken or not ours.
    """
    registry = CollectorRegistry()
    registry.register(Metrics(watcher))
    return start_http_server(port, address, registry)


def _up(samples: Mapping[str, Sample]) -> dict[tuple[str, ...], float]:
    return {(name,): float(sample.answered and not sample.stale) for name, sample in samples.items()}


def _family(name: str, text: str, labels: tuple[str, ...], values: Mapping[tuple[str, ...], float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family
