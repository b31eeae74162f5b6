"""The checks of `deml doctor`: each looks at one thing and says what it found."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from deml.base.errors import DemlError
from deml.base.limits import MAX_RESERVED_BYTES
from deml_cli.advice import WORDS
from deml_cli.context import Session
from deml_sdk.addresses import parse_address
from deml_sdk.advice import advice_of
from deml_sdk.chain import contracts
from deml_sdk.chain.tokens import format_amount
from deml_sdk.chain.trust import read_trust, require_payout_library
from deml_sdk.ipfs.pinning import PinningPlace
from deml_sdk.market.view import fetch_stats
from deml_sdk.suites import suite_name

MAX_SKEW_SECONDS: Final = 120
"""Difference between this machine's clock and the latest block above which the user is warned: the shortest window."""

MAX_LAG_SECONDS: Final = 3_600
"""Age of the finalised block above which the user is warned; Ethereum's is about 15 minutes old."""


class CheckStatus(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found; `advice` says what to do where something is wrong."""

    subject: str
    verdict: CheckStatus
    text: str
    advice: str = ""


Check = Callable[[Session], Iterator[Finding]]


def examine(session: Session) -> Iterator[Finding]:
    """Run all checks; one that cannot be made is a finding itself, explained once."""
    explained: set[str] = set()
    for subject, check in _CHECKS:
        try:
            yield from check(session)
        except DemlError as found:
            error = session.explain(found)
            if str(error) in explained:
                yield Finding(subject, CheckStatus.FAILED, "not checked, for the same reason")
                continue
            explained.add(str(error))
            yield Finding(subject, CheckStatus.FAILED, str(error), advice_of(error, WORDS))


def _chain(session: Session) -> Iterator[Finding]:
    chain = session.chain
    latest, final = chain.latest_block(), chain.finalized_block()
    yield _ok("chain", f"chain {chain.chain_id}, block {latest.number:,}")
    lag = latest.timestamp - final.timestamp
    behind = f"block {final.number:,} is final, {lag:,} seconds behind"
    advice = "Nothing is sent before blocks are final: choose windows of hours, or check the chain's health."
    yield _unless(lag > MAX_LAG_SECONDS, "finality", behind, advice)


def _clock(session: Session) -> Iterator[Finding]:
    skew = round(time.time() - session.chain.latest_block().timestamp)
    text = f"this machine's clock is {abs(skew):,} seconds {'ahead of' if skew >= 0 else 'behind'} the latest block"
    advice = "The dapp uses only block timestamps. Check this machine's clock, and whether the RPC is up to date."
    yield _unless(abs(skew) > MAX_SKEW_SECONDS, "clock", text, advice)


def _contracts(session: Session) -> Iterator[Finding]:
    chain = session.chain
    (template,) = chain.read("Application", chain.app, contracts.TEMPLATE_HASH)
    yield _ok("application", f"{chain.app}, machine 0x{template.hex()}")
    box, portal = chain.input_box, chain.erc20_portal
    yield _ok("input box", f"{box} ({suite_name(box)}), by the Application and by the portal {portal}")


def _payouts(session: Session) -> Iterator[Finding]:
    library = parse_address(session.config.require("safe_transfer"))
    require_payout_library(session.chain, library)
    yield _ok("payouts", f"through SafeERC20Transfer at {library}")


def _trust(session: Session) -> Iterator[Finding]:
    trust = read_trust(session.chain)
    yield _ok("consensus", f"{trust.kind} at {trust.consensus}")
    yield _ok("owner", "nobody, so the consensus stays" if not trust.owned else trust.owner)
    for warning in trust.warnings:
        yield Finding("trust", CheckStatus.WARNING, warning, "Deposit only what you would entrust to them (README).")


def _node(session: Session) -> Iterator[Finding]:
    node, chain = session.node, session.chain
    yield _ok("node", f"version {node.version()}")
    if node.chain_id() != chain.chain_id:
        advice = "Correct node_url or rpc_url of the profile."
        yield Finding("node", CheckStatus.FAILED, f"it reads chain {node.chain_id()}, not {chain.chain_id}", advice)
    known = node.application()
    trust = read_trust(chain)
    consensus = str(known["iconsensus_address"]).lower()
    advice = "The node runs another Application or has not noticed the change; do not rely on its claims."
    text = f"it knows the Application '{known['name']}' with consensus {consensus}"
    yield _unless(consensus != trust.consensus, "node", text, advice)
    (sent,) = chain.read("InputBox", chain.input_box, contracts.NUMBER_OF_INPUTS, chain.app)
    processed = node.processed_inputs()
    advice = "Wait; if this persists, look at the node's log."
    yield _unless(processed < sent, "inputs", f"{processed:,} of {sent:,} processed", advice)


def _dapp(session: Session) -> Iterator[Finding]:
    stats = fetch_stats(session.node.inspect)
    free = (MAX_RESERVED_BYTES - stats.reserved_bytes) / 2**20
    text = f"{stats.jobs} jobs, {stats.open_jobs} open, {stats.inputs} inputs accepted, {free:,.0f} MiB free for jobs"
    yield _ok("dapp", text)


def _token(session: Session) -> Iterator[Finding]:
    token = session.chain.token(session.token_address())
    yield _ok("token", f"{token.symbol} at {token.address}, {token.decimals} decimals")


def _ipfs(session: Session) -> Iterator[Finding]:
    for answer in session.ipfs.check():
        yield _ok("ipfs", answer)


def _pinning(session: Session) -> Iterator[Finding]:
    if session.config.get("pinning_url") is not None:
        with closing(session.pinner(PinningPlace.SERVICE)) as service:
            yield _ok("pinning", service.check())


def _wallet(session: Session) -> Iterator[Finding]:
    if session.config.get("wallet") is None:
        yield Finding("wallet", CheckStatus.WARNING, "none is chosen", "Reading needs none; to act, add --wallet NAME.")
        return
    ether = session.chain.ether(session.account)
    text = f"{session.account} holds {format_amount(ether, 18)} ETH for gas"
    yield _unless(ether == 0, "wallet", text, "Send it some Ether: every input costs gas.")


_CHECKS: Final[tuple[tuple[str, Check], ...]] = (
    ("chain", _chain),
    ("clock", _clock),
    ("application", _contracts),
    ("payouts", _payouts),
    ("trust", _trust),
    ("node", _node),
    ("dapp", _dapp),
    ("token", _token),
    ("ipfs", _ipfs),
    ("pinning", _pinning),
    ("wallet", _wallet),
)


def _ok(subject: str, text: str) -> Finding:
    return Finding(subject, CheckStatus.OK, text)


def _unless(wrong: bool, subject: str, text: str, advice: str) -> Finding:
    return Finding(subject, CheckStatus.WARNING, text, advice) if wrong else _ok(subject, text)
