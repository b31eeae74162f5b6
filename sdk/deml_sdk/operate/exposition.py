"""Figures as OpenMetrics, for Prometheus."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from http.server import HTTPServer
from threading import Thread
from typing import TypeVar

from deml.base.limits import MAX_RESERVED_BYTES
from deml_sdk.extras import needed_to
from deml_sdk.operate.figures import ChainFigures, Figures, NodeFigures

with needed_to("export metrics"):
    from prometheus_client import CollectorRegistry, start_http_server
    from prometheus_client.core import GaugeMetricFamily, Metric
    from prometheus_client.openmetrics.exposition import generate_latest
    from prometheus_client.registry import Collector

K = TypeVar("K", bound=str)


class Figured(Collector):
    """Hands Prometheus whatever figures there are when it asks."""

    def __init__(self, figures: Callable[[], Figures]) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        """Yield all metrics; those of a service that was never reached are left out."""
        figures = self._figures()
        yield _by("deml_up", "Whether a service answered at the last look.", "service", figures.up)
        yield _one("deml_last_look_timestamp_seconds", "When the exporter last looked.", figures.looked_at)
        if figures.chain is not None:
            yield from _of_chain(figures.chain)
        if figures.node is not None:
            yield from _of_node(figures.node)


def registry(figures: Callable[[], Figures]) -> CollectorRegistry:
    """Make a registry of the market's metrics and nothing else."""
    made = CollectorRegistry()
    made.register(Figured(figures))
    return made


def text(figures: Figures) -> bytes:
    """Write figures as OpenMetrics."""
    written: bytes = generate_latest(registry(lambda: figures))  # type: ignore[no-untyped-call]  # it has no types
    return written


def serve(figures: Callable[[], Figures], address: str, port: int) -> tuple[HTTPServer, Thread]:
    """Answer scrapes at ``/metrics`` until the server is shut down."""
    return start_http_server(port, address, registry(figures))


def _of_chain(chain: ChainFigures) -> Iterator[Metric]:
    blocks = {"latest": chain.latest, "finalised": chain.finalised}
    yield _by("deml_block", "Number of a block.", "block", {name: one.number for name, one in blocks.items()})
    times = {name: one.timestamp for name, one in blocks.items()}
    yield _by("deml_block_timestamp_seconds", "Time of a block.", "block", times)
    yield _one("deml_inputs_sent", "Inputs in the InputBox.", chain.sent)
    yield _one("deml_inputs_replayed", "Final inputs that the exporter itself has run.", chain.replayed)
    verdicts = {"right": chain.right, "wrong": chain.wrong, "unchecked": chain.unchecked}
    yield _by("deml_claims", "Claims on the chain, by what the exporter's own replay says.", "verdict", verdicts)
    yield _one("deml_epochs_unclaimed", "Ended epochs with inputs and without an accepted claim.", chain.unclaimed)
    yield _one("deml_application_owned", "Whether somebody can replace the consensus.", chain.owned)
    yield _one("deml_consensus_changes", "How often the consensus was replaced.", chain.consensus_changes)
    yield _by("deml_jobs", "Jobs that are remembered.", "phase", chain.jobs)
    yield _one("deml_reserved_bytes", "Memory that open jobs have reserved.", chain.reserved_bytes)
    yield _one("deml_reserved_bytes_limit", "Memory that open jobs may reserve.", MAX_RESERVED_BYTES)
    yield _one("deml_bugs", "Inputs that met a bug of the dapp.", chain.bugs)
    yield _one("deml_vouchers_waiting", "Vouchers that are not executed.", chain.vouchers)
    owed = GaugeMetricFamily("deml_owed", "What the Application owes, in smallest units.", labels=("token", "purpose"))
    for token, found in chain.tokens.items():
        for purpose, amount in found.owed.items():
            owed.add_metric((token, purpose), amount)
    yield owed
    held = {token: one.held for token, one in chain.tokens.items()}
    yield _by("deml_held", "What the Application holds, in smallest units.", "token", held)
    missing = {token: one.shortfall for token, one in chain.tokens.items()}
    yield _by("deml_shortfall", "What the Application owes and does not hold, in smallest units.", "token", missing)


def _of_node(node: NodeFigures) -> Iterator[Metric]:
    yield _one("deml_inputs_processed", "Inputs that the node has run.", node.processed)
    yield _one("deml_inputs_behind", "Inputs that the node has not run yet.", node.behind)
    yield _one("deml_node_enabled", "Whether the node still runs the Application.", node.enabled)
    if node.differs is not None:
        yield _one("deml_node_differs", "Whether the node's dapp and the exporter's own replay differ.", node.differs)


def _one(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)


def _by(name: str, meaning: str, label: str, values: Mapping[K, float]) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=(label,))
    for key, value in values.items():
        family.add_metric((key,), value)
    return family
