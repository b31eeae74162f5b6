"""The file a sponsor writes a job in: TOML with every field explained, read into a `JobFile`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

from deml.base.types import Amount
from deml_sdk.chain.tokens import Token
from deml_sdk.data.reading import Reading
from deml_sdk.jobspec.errors import BadJobFile

_DURATION: Final = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_SECONDS: Final = (86_400, 3_600, 60, 1)


@dataclass(frozen=True, slots=True)
class Share:
    """An amount of whole tokens, or a part of the escrow in basis points."""

    tokens: str | None = None
    bps: int = 0

    def of(self, escrow: Amount, token: Token) -> Amount:
        """Work out the amount; a part is rounded up.

        Raises
        ------
        BadAmount
        """
        if self.tokens is None:
            return Amount(-(-escrow * self.bps // 10_000))
        return token.parse(self.tokens)


@dataclass(frozen=True, slots=True)
class JobFile:
    """A job as its sponsor wrote it; paths are relative to the file's folder, durations in seconds."""

    title: str
    spec: Path | None
    architecture: str
    metric: str
    initial: Path
    holdout: Path
    reading: Reading
    token: str
    escrow: str
    rule: str
    target: int
    grid: int
    reward: str
    threshold: int
    stake: Share
    bond_bps: int
    commit: int
    reveal: int
    declare: int
    submit: int
    rounds: int
    participants: int
    allow_list: tuple[str, ...]
    model_bytes: int | None
    holdout_bytes: int | None
    rows: int | None
    min_rows: int | None
    confidence: int
    evidence_cut: int | None
    previous_job: int
    aggregate: bool = False


class _Table:
    """A TOML table that remembers which of its fields nobody asked for."""

    def __init__(self, path: Path, name: str, values: dict[str, Any]) -> None:
        self._path, self._name, self._values = path, name, dict(values)

    def take(self, key: str, kind: type[Any], default: Any = ...) -> Any:
        if key not in self._values:
            if default is ...:
                raise self.problem(key, "it is missing")
            return default
        value = self._values.pop(key)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.problem(key, f"{value!r} is not {_NAMES[kind]}")
        return value

    def agreed(self, key: str, said: _Said | None) -> str:
        """Take a text that the specification has, too, where there is one; then it must be the same, or left out."""
        text = str(self.take(key, str, ... if said is None else said.texts[key]))
        if said is not None and text != said.texts[key]:
            raise self.problem(key, f"the specification says otherwise: {said.texts[key]}")
        return text

    def table(self, key: str) -> _Table:
        return _Table(self._path, key, self.take(key, dict))

    def finish(self) -> None:
        for key in self._values:
            raise self.problem(key, "there is no such field")

    def problem(self, key: str, problem: str) -> BadJobFile:
        return BadJobFile(str(self._path), f"{self._name}.{key}" if self._name else key, problem)

    def texts(self, key: str) -> tuple[str, ...]:
        values = self.take(key, list, [])
        if not all(isinstance(one, str) for one in values):
            raise self.problem(key, "it must list texts in quotes")
        return tuple(values)

    def numbers(self, key: str) -> dict[str, int]:
        values = self.take(key, dict, {})
        if not all(isinstance(one, int) and not isinstance(one, bool) for one in values.values()):
            raise self.problem(key, "it must give each name a whole number")
        return dict(values)

    def tokens(self, key: str, default: Any = ...) -> str:
        text = self.take(key, str, default)
        try:
            value = Decimal(text)
        except InvalidOperation:
            raise self.problem(key, f'{text!r} is not an amount such as "12.5"') from None
        if not value.is_finite() or value < 0:
            raise self.problem(key, f'{text!r} is not an amount such as "12.5"')
        return str(text)

    def duration(self, key: str) -> int:
        text = self.take(key, str)
        seconds = parse_duration(text)
        if seconds is None:
            raise self.problem(key, f'{text!r} is not a duration such as "2h" or "1d12h"')
        return seconds

    def share(self, key: str) -> Share:
        text = self.take(key, str)
        if not text.endswith("%"):
            self._values[key] = text
            return Share(tokens=self.tokens(key))
        return Share(bps=self._bps(key, text))

    def bps(self, key: str) -> int:
        return self._bps(key, self.take(key, str))

    def ppm(self, key: str) -> int:
        return 100 * self._bps(key, self.take(key, str))

    def _bps(self, key: str, text: str) -> int:
        try:
            bps = Decimal(text.removesuffix("%")) * 100
        except InvalidOperation:
            bps = Decimal("NaN")
        if not text.endswith("%") or bps.is_nan() or bps != bps.to_integral_value() or not 0 <= bps <= 10_000:
            raise self.problem(key, f'{text!r} is not a percentage such as "7.5%"')
        return int(bps)


_NAMES: Final = {str: "a text in quotes", int: "a whole number", bool: "true or false", list: "a list", dict: "a table"}


def read_job_file(path: Path) -> JobFile:
    """Read a sponsor's file.

    Raises
    ------
    BadJobFile
        If it cannot be read, a field is missing, unknown, not of its kind, or not what the specification says.
    UnreadableFile, BadSpec
        If it names a specification that cannot be read.
    """
    try:
        values = tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadJobFile(str(path), "file", str(error)) from error
    top = _Table(path, "", values)
    model, holdout, reward = top.table("model"), top.table("holdout"), top.table("reward")
    windows, limits = top.table("windows"), top.table("limits")
    named = top.take("spec", str, "")
    spec = path.parent / named if named else None
    said = _said(spec)
    rule = reward.take("rule", str)
    fixed, market = rule == "fixed", rule == "market"
    made = JobFile(
        title=top.agreed("title", said),
        spec=spec,
        architecture=model.agreed("architecture", said),
        metric=model.agreed("metric", said),
        initial=path.parent / model.take("initial", str),
        holdout=path.parent / holdout.take("file", str),
        reading=_reading(holdout) if said is None else said.reading,
        token=reward.take("token", str, ""),
        escrow=reward.tokens("escrow"),
        rule=rule,
        target=reward.take("target", int, ... if market else 0),
        grid=reward.take("grid", int, ... if market else 0),
        reward=reward.tokens("reward", ... if fixed else "0"),
        threshold=reward.take("threshold", int, ... if fixed else 0),
        stake=reward.share("stake"),
        bond_bps=reward.bps("bond"),
        commit=windows.duration("commit"),
        reveal=windows.duration("reveal"),
        declare=windows.duration("declare"),
        submit=windows.duration("submit"),
        rounds=windows.take("rounds", int),
        participants=limits.take("participants", int),
        allow_list=limits.texts("allow_list"),
        model_bytes=limits.take("model_bytes", int, None),
        holdout_bytes=limits.take("holdout_bytes", int, None),
        rows=limits.take("rows", int, None),
        min_rows=limits.take("min_rows", int, None),
        confidence=reward.ppm("confidence"),
        evidence_cut=reward.take("evidence_cut", int, None),
        previous_job=top.take("previous_job", int, 0),
        aggregate=top.take("aggregate", bool, False),
    )
    if not (fixed or market):
        raise reward.problem("rule", f'{rule!r} is neither "market" nor "fixed"')
    for table in (top, model, holdout, reward, windows, limits):
        table.finish()
    return made


@dataclass(frozen=True, slots=True)
class _Said:
    """What a specification says in place of the job file."""

    texts: Mapping[str, str]
    reading: Reading


def _said(path: Path | None) -> _Said | None:
    if path is None:
        return None
    from deml_sdk.jobspec.reading import read_spec, reading_of

    spec = read_spec(path)
    texts = {"title": spec.title, "architecture": spec.architecture_text, "metric": spec.metric}
    return _Said(texts, reading_of(spec))


def _reading(holdout: _Table) -> Reading:
    return Reading(
        label=holdout.take("label", str, "label"),
        features=holdout.texts("features"),
        drop=holdout.texts("drop"),
        classes=holdout.numbers("classes"),
    )


def parse_duration(text: str) -> int | None:
    """Seconds in a duration such as ``1d12h``; None if it is none."""
    match = _DURATION.fullmatch(text.strip())
    if not match or not any(match.groups()):
        return None
    return sum(int(number or 0) * unit for number, unit in zip(match.groups(), _SECONDS, strict=True))
