"""How an intent is carried out, whatever it is sent by."""

from __future__ import annotations

from collections.abc import Iterable

from deml.base.outputs import Refuted
from deml_sdk.errors import DappRefused, Reason
from deml_sdk.market.errors import DeclarationRefuted, DepositCredited, OtherBytes
from deml_sdk.market.intent import Intent
from deml_sdk.market.interface import MarketClient
from deml_sdk.node.records import InputResult


def prepare(client: MarketClient, intent: Intent) -> None:
    """Do what must be done before anything is sent: keep and file what a commitment is to, share what is public.

    Raises
    ------
    DemlError
        If it fails; then nothing may be sent.
    """
    for cid, content in intent.keeps.items():
        client.journal.keep(cid, content)
    if intent.record is not None:
        client.journal.write(intent.record)
    for content in intent.shares:
        client.share(content)


def checked(intent: Intent, results: Iterable[InputResult]) -> tuple[InputResult, ...]:
    """Take the dapp's answers to the inputs of an intent; to go through `results` may be to wait for them.

    Raises
    ------
    DappRefused, DepositCredited, OtherBytes, DeclarationRefuted
    """
    try:
        found = tuple(results)
    except DappRefused as error:
        if error.reason.code != intent.moot:
            raise
        return ()
    if found:
        _check_last(intent, found[-1])
    return found


def _check_last(intent: Intent, result: InputResult) -> None:
    for report in result.reports:
        if intent.deposit is not None and "credited" in report and report.get("reason"):
            raise DepositCredited(Reason.of(report["reason"]), result.input.index)
        if "mismatch" in report:
            raise OtherBytes(Reason.of(report["reason"]), int(report["mismatch"]["triesLeft"]))
    for notice in result.notices:
        if isinstance(notice, Refuted):
            raise DeclarationRefuted(notice.job_id, notice.client, notice.declared, notice.computed, notice.reason)
