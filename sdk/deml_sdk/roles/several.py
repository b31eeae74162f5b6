"""Several Applications read as one market: jobs that run out in an old one, and more than one machine can hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from deml.base.states import Phase
from deml.base.types import Address, Timestamp
from deml_sdk.addresses import parse_address
from deml_sdk.errors import BadAddress, NotGiven, Unavailable
from deml_sdk.market.schedule import phase_at
from deml_sdk.market.view import Job
from deml_sdk.marketplace import Settings
from deml_sdk.roles.reader import Reader


@dataclass(frozen=True, slots=True)
class ListedJob:
    """A job, the Application that holds it, and the phase that the chain's latest block puts it in.

    Numbers are an Application's own: a job of a market is known by both.
    """

    app: Address
    job: Job
    phase: Phase


@dataclass(frozen=True, slots=True)
class Unreached:
    """An Application whose node does not answer, and why."""

    app: Address
    error: Unavailable


@dataclass(frozen=True, slots=True)
class MarketList:
    """All jobs of the Applications that answered, in the order of the Applications; and those that did not."""

    as_of: Timestamp
    jobs: tuple[ListedJob, ...]
    unreached: tuple[Unreached, ...]


def applications(settings: Settings) -> dict[Address, Settings]:
    """Settings of each Application that a profile names, the first first, as if they were for it alone.

    Parameters
    ----------
    settings
        ``app_address`` is the first one. ``app_addresses`` names more, separated by commas, each as 0x and 40 digits or
        as ``0x...@URL`` where another node runs it.

    Raises
    ------
    NotGiven
        If there is none.
    BadAddress
        If one is no account, or is there twice.
    """
    found: dict[Address, Settings] = {}
    first = settings.get("app_address")
    further = (one.strip() for one in (settings.get("app_addresses") or "").split(","))
    for text in [*([first] if first else []), *filter(None, further)]:
        account, _, node = text.partition("@")
        app = parse_address(account)
        if app in found:
            raise BadAddress(account, "it is there twice")
        found[app] = _Elsewhere(settings, app, node)
    if not found:
        raise NotGiven("app_address")
    return found


class Several:
    """Reads the Applications of a profile on one chain.

    Parameters
    ----------
    settings
        As `applications` reads them.

    Raises
    ------
    NotGiven, BadAddress
    """

    def __init__(self, settings: Settings) -> None:
        self.readers = {app: Reader(own) for app, own in applications(settings).items()}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for one in self.readers.values():
            one.close()

    def jobs(self, phase: Phase | None = None, sponsor: Address | None = None) -> MarketList:
        """Read all jobs, or those of a phase or a sponsor, without their participants.

        Raises
        ------
        Unavailable
            If no Application's node answers, or the chain does not.
        """
        found: list[ListedJob] = []
        unreached: list[Unreached] = []
        now = next(iter(self.readers.values())).chain.latest_block().timestamp
        for app, reader in self.readers.items():
            try:
                jobs = reader.jobs(sponsor)
            except Unavailable as error:
                unreached.append(Unreached(app, error))
                continue
            found += (ListedJob(app, one, phase_at(one, now)) for one in jobs)
        if len(unreached) == len(self.readers):
            raise unreached[0].error
        return MarketList(now, tuple(one for one in found if phase in (None, one.phase)), tuple(unreached))


class _Elsewhere:
    """Settings with another Application, and perhaps another node."""

    def __init__(self, settings: Settings, app: Address, node: str) -> None:
        self._settings = settings
        self._changes: Mapping[str, str | None] = {"app_address": app}
        if node:
            self._changes = {"app_address": app, "node_url": node, "inspect_url": None}

    def get(self, name: str) -> str | None:
        """Look a setting up."""
        return self._changes[name] if name in self._changes else self._settings.get(name)

    def require(self, name: str) -> str:
        """Look up a setting that must be there."""
        return self._changes.get(name) or self._settings.require(name)
