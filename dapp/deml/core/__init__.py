"""Layer 2: the state, its one transition, and the queries on it."""

from deml.core.queries import inspect
from deml.core.state import Fork, State
from deml.core.transition import transition

__all__ = ["Fork", "State", "inspect", "transition"]
