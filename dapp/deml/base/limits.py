"""Every bound of the protocol, each with its unit and its reason."""

from __future__ import annotations

from typing import Final

MAX_PAYLOAD_BYTES: Final = 65_216
"""Largest payload of one input. The InputBox of Cartesi Rollups 2.x takes encoded inputs of at most 2^16 bytes, 320 of
them for its ``EvmAdvance`` envelope. Contracts v3 plan 2 MB: then this one number changes."""

MAX_AMOUNT: Final = 2**128 - 1
"""Largest amount in one escrow, stake or minPay: products of two amounts then fit 256 bits."""

PPM: Final = 1_000_000
"""One, in parts per million: the unit of scores."""

MAX_SCORE: Final = 2**40
"""Largest magnitude of a score, in parts per million: about a million times the perfect accuracy, which leaves room for
unbounded metrics (log-loss, MSE, R2) and keeps payout products small. Metrics are clipped to it."""

MIN_WINDOW_SECONDS: Final = 120
"""Shortest phase. Ten Ethereum slots: enough to see a phase begin on a finalised devnet block and still act in it. A
sponsor on a chain that finalises slowly should choose hours."""

MAX_JOB_SECONDS: Final = 366 * 24 * 3600
"""Longest time from creation to the latest end of a job: what it reserves must come free again."""

MAX_ROUNDS: Final = 16
"""Most submission rounds; bounds the notices that one late input can set off."""

MAX_PARTICIPANTS: Final = 128
"""Most clients in a job. A settlement of 100 took 100 Mcycles in a real machine over libcmt, 328 over HTTP."""

MAX_ALLOWED: Final = 512
"""Most accounts on an allow-list: four times the participants. Each takes some 100 bytes for as long as the job is
remembered."""

MAX_TITLE_BYTES: Final = 200
"""One line for people."""

MAX_CID_TEXT_BYTES: Final = 128
"""A CIDv1 with sha2-256 has 59 characters in base32, at most 74 in base16."""

MAX_ARCHITECTURE_BYTES: Final = 8_192
"""The JSON that describes a model's shape; parsing it must stay cheap."""

MAX_ROWS: Final = 1_000_000
"""Most holdout rows; the work cap usually bites first."""

MAX_FILE_BYTES: Final = 32 * 2**20
"""Largest model or holdout: about 500 transactions at 65 KB each. The work cap bites first, at about 9 MB of both."""

MAX_PACKED_BYTES: Final = 2**19
"""Longest compressed stream; longer files travel as they are. A hostile one may be nothing but tables of codes, eleven
bytes each: 1,000 machine cycles a byte were counted, where an honest one takes 27. So much is set aside for each of a
job's files, as far as they can be so long (`deml.scoring.cost`)."""

MAX_RESERVED_BYTES: Final = 384 * 2**20
"""What all open jobs together may come to hold, in bytes. Of the machine's 1 GiB of RAM (``cartesi.toml``) this leaves
more than half for Linux, Python, numpy and the copies made while one submission is scored."""

MAX_WORKING_BYTES: Final = 240 * 2**20
"""What one input may need beside what jobs hold, in bytes (`deml.scoring.memory`)."""

MAX_SCORING_MCYCLES: Final = 3_000
"""Work of one input, in millions of machine cycles (`deml.scoring.cost`). The node gives an advance 180 s of wall clock
by default; measured hosts run 140 to 300 Mcycles a second, so a validator eight times slower still finishes."""

SLICE_MCYCLES: Final = 250
"""Work of one slice of a holdout's rows, in millions of machine cycles: one to two seconds. An input does as many as
fit."""

MAX_SLICES: Final = 256
"""Most slices in the scoring of one model: 64,000 million cycles, in some two dozen inputs. Without a bound, a job
could occupy its validators without end."""

MIN_CONFIDENCE: Final = 500_000
"""Least confidence, in ppm, that luck alone is paid nothing: 50 %. To pay for luck say 0."""

MAX_CONFIDENCE: Final = 999_000
"""Highest confidence, in ppm: 99.9 %. The odds behind it are worked out for as many draws as a job has clients."""

MIN_BOND_BPS: Final = 500
"""Least part of the escrow, in 1/10,000, that a sponsor loses to committed clients if it does not reveal: 5 %."""

MAX_BOND_BPS: Final = 10_000
"""The whole escrow."""

MIN_STAKE_DIVISOR: Final = 100
"""Where a stake is required it is at least the escrow divided by this: 1 %."""

MAX_CHUNKS: Final = 4_096
"""Most chunks in one upload buffer: more would be chunks of under 8 KB, each of which costs a transaction."""

MAX_MISMATCHES: Final = 4
"""How often in a round a client, and in a job its sponsor, may send other bytes than it committed to. To find that out
takes the machine as long as to read the largest file; to send it can take one small input."""

MAX_ENDED_JOBS: Final = 1_000
"""How many ended jobs stay queryable; the notices of older ones remain with the node and on chain for ever."""

MAX_ENDED_BYTES: Final = 32 * 2**20
"""What the records of ended jobs may take together: 1,000 usual ones, or 100 of the largest."""

PAGE_SIZE: Final = 50
"""Default number of items in an answer to an inspect query."""

MAX_PAGE_SIZE: Final = 200
"""Largest number of items in an answer to an inspect query."""

MAX_PAGE_CHARACTERS: Final = 2**19
"""A page of jobs ends early once it is this long: terms may hold 2,000 accounts each, and a report must fit the 2 MiB
that the machine can send at once."""
