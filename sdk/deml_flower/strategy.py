"""A wrapper around any Flower strategy: it aggregates the models that the market has bought, and no others.

No array travels in a node's reply. The strategy sees a model after its client has published it on chain to be paid, so
whoever runs the SuperLink, and whoever runs this, learns nothing earlier than everybody does.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from flwr.app import Array, ArrayRecord, ConfigRecord, Message, MetricRecord
from flwr.serverapp import Grid
from flwr.serverapp.strategy import Result, Strategy

from deml.base.types import JobId
from deml.scoring.safetensors import read_tensors
from deml_flower.arrays import arrays_of, model_file
from deml_flower.grid import MarketGrid
from deml_flower.matching import NodeOutcome, match, outcome_of
from deml_flower.news import news
from deml_flower.rounds import PaidRounds
from deml_flower.wire import RECORD, RoundCall
from deml_sdk.campaigns.run import CampaignEvent
from deml_sdk.client import Client
from deml_sdk.market.schedule import LOOK_SECONDS

LOG: Final = logging.getLogger("flwr")
"""Flower's own log: what is told here appears in ``flwr run --stream``."""

EvaluateFn = Callable[[int, ArrayRecord], MetricRecord | None]
"""Judges the global model after a round."""


class DemlStrategy(Strategy):
    """Has each round of a strategy paid by a job of a campaign.

    A round starts from the strategy's arrays, whatever scored best in the one before. Its messages, and what its nodes
    are asked in evaluation, are the strategy's own. It is over when its job has ended.

    Parameters
    ----------
    strategy
        What samples nodes and aggregates.
    sponsor
        Client with the wallet that pays, and a home.
    campaign
        Folder of a campaign with rows for as many rounds, made by 'deml campaign new'.
    tensors
        The tensor of the job's architecture that each key of the ArrayRecord stands for; None where they are the same.
    every
        Seconds between looks at the chain.
    """

    def __init__(
        self,
        strategy: Strategy,
        *,
        sponsor: Client,
        campaign: Path | str,
        tensors: Mapping[str, str] | None = None,
        every: float = LOOK_SECONDS,
    ) -> None:
        self.strategy = strategy
        self.outcomes: dict[int, tuple[NodeOutcome, ...]] = {}
        """What became of each node, by round; the first is 1."""
        self._rounds = PaidRounds(sponsor, Path(campaign), _tell, every)
        self._names = dict(tensors or {})
        self._before = 0
        self._job: JobId | None = None
        self._asked: list[int] = []
        self._arrays = ArrayRecord()
        self._grid: MarketGrid | None = None

    def start(
        self,
        grid: Grid,
        initial_arrays: ArrayRecord,
        num_rounds: int = 3,
        timeout: float = 3600,
        train_config: ConfigRecord | None = None,
        evaluate_config: ConfigRecord | None = None,
        evaluate_fn: EvaluateFn | None = None,
    ) -> Result:
        """Play the rounds that have not been played yet; a server that has died goes on where it was.

        Numbers in the result count this program's rounds; strategy and `evaluate_fn` are told those of the campaign.

        Raises
        ------
        TooFewRounds, CampaignBusy, NotACampaign, ArraysDiffer, ArrayNotReal
        DemlError
            If the jobs could not score the model, or one cannot be opened; nothing is lost.
        """
        self._rounds.check(self._file(initial_arrays))
        with self._rounds.held(num_rounds):
            self._before = min(self._rounds.done, num_rounds)
            arrays = self._resumed(initial_arrays)
            self._grid = MarketGrid(grid)
            judge = None if evaluate_fn is None else _shifted(evaluate_fn, self._before)
            left = num_rounds - self._before
            result = super().start(self._grid, arrays, left, timeout, train_config, evaluate_config, judge)
            if not result.arrays:
                result.arrays = arrays
            self._rounds.finish()
        return result

    def summary(self) -> None:
        """Tell how the wrapped strategy is set up."""
        self.strategy.summary()
        LOG.info("\t└──> Paid by: %s, campaign in %s", self._rounds.client.account, self._rounds.folder.path)

    def configure_train(
        self, server_round: int, arrays: ArrayRecord, config: ConfigRecord, grid: Grid
    ) -> Iterable[Message]:
        """Open the round's job, and say in each message which it is; no messages where the campaign opens no more.

        Raises
        ------
        DemlError
            If the job cannot be opened; nothing is lost.
        """
        number = self._before + server_round
        self._arrays, self._asked = arrays, []
        self._job = self._rounds.open(number, self._file(arrays))
        if self._job is None:
            return []
        messages = list(self.strategy.configure_train(number, arrays, config, grid))
        call = RoundCall(self._rounds.client.app, self._job, self._names).record()
        for one in messages:
            one.content[RECORD] = call
            self._asked.append(one.metadata.dst_node_id)
        if self._grid is not None:
            self._grid.goes_on = lambda: self._rounds.attend(number)
        return messages

    def aggregate_train(
        self, server_round: int, replies: Iterable[Message]
    ) -> tuple[ArrayRecord | None, MetricRecord | None]:
        """See the job to its end, and aggregate what was bought; replies lend their metrics.

        Raises
        ------
        NotOnChain
            If a model cannot be fetched that the dapp has verified.
        """
        number = self._before + server_round
        if self._grid is not None:
            self._grid.goes_on = None
        if self._job is None:
            return None, None
        given = list(replies)
        while self._rounds.attend(number):
            pass
        bought = self._bought(number, given)
        arrays, metrics = self.strategy.aggregate_train(number, bought)
        self._rounds.keep(number, _numpy(self._arrays if arrays is None else arrays))
        return arrays, metrics

    def configure_evaluate(
        self, server_round: int, arrays: ArrayRecord, config: ConfigRecord, grid: Grid
    ) -> Iterable[Message]:
        """Leave it to the wrapped strategy."""
        return self.strategy.configure_evaluate(self._before + server_round, arrays, config, grid)

    def aggregate_evaluate(self, server_round: int, replies: Iterable[Message]) -> MetricRecord | None:
        """Leave it to the wrapped strategy."""
        return self.strategy.aggregate_evaluate(self._before + server_round, replies)

    def _resumed(self, initial: ArrayRecord) -> ArrayRecord:
        """What the next round starts from: what an earlier program began it with, or ended the last one with."""
        begun = self._rounds.begun(self._before + 1)
        if begun is not None:
            LOG.info("DeML: round %s was begun before; going on with the model that it started from", self._before + 1)
            return _record(arrays_of(read_tensors(begun), self._names, _numpy(initial)))
        if self._before:
            LOG.info("DeML: round %s was the last that was played; going on with its model", self._before)
            return _record(self._rounds.kept(self._before, list(initial)))
        return initial

    def _bought(self, number: int, replies: list[Message]) -> list[Message]:
        """Put into each node's reply the model that its wallet has delivered; tell what became of each node."""
        job, market = self._rounds.job(number), self._rounds.client
        nodes, outcomes = match(replies, self._asked, job, market.chain_id, market.app)
        models = self._rounds.bought(job)
        like = _numpy(self._arrays)
        found = []
        for one in nodes:
            outcomes.append(outcome_of(one, job))
            if one.wallet in models:
                one.reply.content[one.arrays] = _record(arrays_of(models[one.wallet], self._names, like))
                found.append(one.reply)
        self.outcomes[number] = tuple(outcomes)
        for outcome in outcomes:
            LOG.info("DeML: round %s, %s", number, outcome)
        strangers = models.keys() - {one.wallet for one in nodes}
        if strangers:
            LOG.warning("DeML: round %s, bought from no node that replied: %s", number, ", ".join(sorted(strangers)))
        return found

    def _file(self, arrays: ArrayRecord) -> bytes:
        return model_file(_numpy(arrays), self._names)


def _numpy(record: ArrayRecord) -> dict[str, Any]:
    return {key: one.numpy() for key, one in record.items()}


def _record(arrays: Mapping[str, Any]) -> ArrayRecord:
    return ArrayRecord({key: Array(one) for key, one in arrays.items()})


def _shifted(evaluate: EvaluateFn, before: int) -> EvaluateFn:
    return lambda number, arrays: evaluate(before + number, arrays)


def _tell(event: CampaignEvent) -> None:
    text = news(event)
    if text is not None:
        LOG.info("DeML: %s", text)
