"""Vouchers in words: how much, to whom, of which job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deml.base.types import Address
from deml_sdk.market.words.text import payment

if TYPE_CHECKING:
    from deml_cli.context import Session
    from deml_sdk.node.vouchers import Voucher


def job_text(session: Session, voucher: Voucher) -> str:
    """Say which job a voucher pays for."""
    job_id = session.client.job_of(voucher)
    return "a balance" if job_id is None else f"job {job_id}"


def receiver_and_amount(session: Session, voucher: Voucher) -> tuple[str, str]:
    """Say whom a voucher pays, and how much."""
    to, amount = payment(voucher, session.client.token)
    return session.names.short(Address(to)) if to else "", amount


def claim_text(session: Session, voucher: Voucher) -> str:
    """Say how much a voucher pays, to whom, of which job."""
    to, amount = receiver_and_amount(session, voucher)
    return f"{amount} to {to}, of {job_text(session, voucher)}"
