"""The file a sponsor writes a job in: TOML with every field explained, read into a `JobFile`."""

from __future__ import annotations

import json
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

TEMPLATE: Final = """\
# A job for DeML. Fill it in, then check and post it:   deml job post {name}
# Nothing is sent before everything has been checked and you have said yes.

{about}
[model]
{model}# The safetensors file that clients start from. Make one with:
#   deml train --terms {name} --data small-sample.csv --label diagnosis --out initial.safetensors
initial = "initial.safetensors"

[holdout]
# The data that models are scored on: safetensors with `x` and `y`, or CSV or Parquet. It stays on this machine until
# you reveal it. Keep it secret, and use a holdout for one job only.
file = "holdout.csv"

{reading}[reward]
# The ERC-20 token of escrow, stakes and pay. Tokens that charge a fee on transfer or rebase do not work.
# Leave empty for the profile's own token.
token = ""

# What you deposit, in whole tokens. What is not earned comes back at the end.
escrow = "1000"

# How it is shared out.
#   "market": pay for what a model adds to the best one committed before it. A model as good as `target` (parts per
#             million), alone, earns everything; improvement counts in steps of `grid`. Copies earn nothing.
#   "fixed":  `reward` (whole tokens) for each of the first models that beat the initial one by `threshold` (parts per
#             million). One model under several names earns several rewards, so use `allow_list` below.
rule = "market"
target = 990_000
grid = 1_000
# rule = "fixed"
# reward = "100"
# threshold = 20_000

# What each client deposits when it accepts and loses if it declares a score and does not deliver: an amount, or a part
# of the escrow. A false declaration can pay off only while stake x rounds < escrow, so the default of 10 % goes with 10
# rounds. Less invites cheats; more keeps clients away who cannot lay out that much. At least 1 % under "market".
stake = "10%"

# What committed clients share if you do not reveal the holdout in time: a part of the escrow, at least 5 %. It shows
# them that you mean it.
bond = "20%"

[windows]
# How long each phase lasts, counted from the moment of posting: "90s", "30m", "2h", "1d12h". At least two minutes each.
# Clients act on finalised blocks only, which takes about 15 minutes on Ethereum: use hours there.
commit = "{commit}"     # clients train and commit
reveal = "{reveal}"     # you reveal the holdout, or a running 'deml watch' does
declare = "{declare}"    # clients compute and declare their scores
submit = "{submit}"     # those due deliver their models; one round

# How many such rounds there may be: when a client fails to deliver, the next ones get their turn. At most 16.
rounds = 10

[limits]
# How many clients may accept, at most 128. The bond is shared into this many parts.
participants = 10

# Who may accept: accounts, or nobody named for anyone.
allow_list = []

# Largest model, largest holdout (in bytes, as a file and packed for the chain), most holdout rows. The dapp reserves
# memory for them. Left out, they follow from your files: twice the initial model, and the holdout as it is.
# model_bytes = 100_000
# holdout_bytes = 1_000_000
# rows = 1_000
"""

_ABOUT: Final = """\
# One line for people, at most 200 bytes.
title = "Diagnose breast cancer from cell measurements"

# The job's specification, which tells clients all about the data: columns, units, labels, privacy (docs/spec.md). Its
# file is added to IPFS. 'deml job new --data FILE --label COLUMN' writes one; leave empty for none.
spec = ""
"""

_MODEL: Final = """\
# The model's shape, as JSON (docs/scoring.md).
architecture = \'\'\'{architecture}\'\'\'

# What is measured on the holdout; scores are in parts per million, higher is better (docs/scoring.md).
metric = "accuracy"

"""

_READING: Final = """\
# For a table: the column to predict; the columns to learn from, in the model's order (none named: all others but those
# to drop); and which class number each label stands for (leave `classes` empty if the labels are numbers).
label = "diagnosis"
features = []
drop = []
classes = { malignant = 0, benign = 1 }

"""

_SPECIFIED: Final = """\
# The job's specification: title, columns, labels, model, metric, trainer, privacy (docs/spec.md). Its file is added to
# IPFS, and tells clients all about the job. What is said there need not be said here, and must not be said otherwise.
spec = {spec}
"""

ARCHITECTURE: Final = '{"family": "logistic", "inputs": 30, "outputs": 1, "standardize": true}'

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

    def _bps(self, key: str, text: str) -> int:
        try:
            bps = Decimal(text.removesuffix("%")) * 100
        except InvalidOperation:
            bps = Decimal("NaN")
        if not text.endswith("%") or bps.is_nan() or bps != bps.to_integral_value() or not 0 <= bps <= 10_000:
            raise self.problem(key, f'{text!r} is not a percentage such as "7.5%"')
        return int(bps)


_NAMES: Final = {str: "a text in quotes", int: "a whole number", list: "a list", dict: "a table"}


def template(name: str, windows: tuple[str, str, str, str], architecture: str = ARCHITECTURE, spec: str = "") -> str:
    """Write the commented file that a sponsor fills in.

    Parameters
    ----------
    name
        What it will be called.
    spec
        Name of the specification's file; what stands there is left out here.
    """
    commit, reveal, declare, submit = windows
    return TEMPLATE.format(
        name=name,
        about=_SPECIFIED.format(spec=json.dumps(spec)) if spec else _ABOUT,
        model="" if spec else _MODEL.format(architecture=architecture),
        reading="" if spec else _READING,
        commit=commit,
        reveal=reveal,
        declare=declare,
        submit=submit,
    )


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
