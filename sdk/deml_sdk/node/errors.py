"""What may be wrong with a node."""

from __future__ import annotations

from dataclasses import dataclass

from deml_sdk.errors import Unavailable


@dataclass(eq=False)
class NodeOnOtherFork(Unavailable):
    url: str
    input_index: int
    what = "The node at {url} is not on this chain: its input {input_index} differs from the InputBox's."
    fix = "Wait until it has noticed the re-org. If this persists, node_url and rpc_url do not belong together."
