"""The commented file that a sponsor fills in."""

from __future__ import annotations

import json
from typing import Final

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
#             million of the metric; 0 is perfect for "brier", 1,000,000 for "accuracy"), alone, earns everything;
#             improvement counts in steps of `grid`. Copies earn nothing.
#   "fixed":  `reward` (whole tokens) for each of the first models that beat the initial one by `threshold` (parts per
#             million). One model under several names earns several rewards, so use `allow_list` below.
rule = "market"
target = -10_000
grid = 1_000
# rule = "fixed"
# reward = "100"
# threshold = 20_000

# That luck alone is paid nothing: who may send many models could declare the luckiest. With "95%", gains that luck
# could explain do not count, and your holdout decides how small a gain can be told from luck: 'deml job post' says.
# "0%" pays every score as it is. Not known for "macro_f1".
confidence = "95%"

# For "log_loss", "mse", "mae" and "r2", the loss of a row, in millionths, above which it counts no more when luck is
# told from gain. Left out, it follows from your files: 4 nats; 9 times the initial model's mean square, or 3 times its
# root.
# evidence_cut = 4_000_000

# What each client deposits when it accepts and loses if it declares a score and does not deliver: an amount, or a part
# of the escrow. A false declaration can pay off only while stake x rounds < escrow, so the default of 10 % goes with 10
# rounds. Less invites cheats; more keeps clients away who cannot lay out that much. Unless `allow_list` says who may
# take part, all places together must cost the escrow: stake x participants >= escrow, or one could take them all.
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

# The least number of distinct rows that you promise: a holdout with fewer counts as not revealed. Left out, as many as
# your file has.
# min_rows = 1_000
"""

_ABOUT: Final = """\
# One line for people, at most 200 bytes.
title = "Diagnose breast cancer from cell measurements"

# The job's specification, which tells clients all about the data: columns, units, labels, privacy (docs/spec.md). Its
# file is added to IPFS. 'deml job new --data FILE --label COLUMN' writes one; leave empty for none.
spec = ""

# The job that this one goes on from, if any: clients then find its models.
# previous_job = 7

# Whether to have the mean of the verified models made, too, and scored: one model, learnt from all. Most models become
# public, and go into it, by the rule "fixed". It holds some of the dapp's memory for one more round.
# aggregate = true
"""

_MODEL: Final = """\
# The model's shape, as JSON (docs/scoring.md).
architecture = \'\'\'{architecture}\'\'\'

# What is measured on the holdout; scores are in parts per million, higher is better (docs/scoring.md).
metric = "brier"

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
