"""What a pin became on Filecoin, as its service tells it, and the proof of it, if the chain has one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PossessionProof:
    """That a provider proved to hold a piece.

    Parameters
    ----------
    chain_id
        EIP-155 number of the Filecoin network: 314, or 314159 for the calibration network, whose storage is for trying.
    verifier
        Contract that checked the proof.
    epoch
        When, in epochs of the network (30 s).
    time
        When, in Unix seconds.
    """

    chain_id: int
    verifier: str
    epoch: int
    time: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a data set, by the service's word; `proof` is the chain's, None as long as none is known.

    Parameters
    ----------
    cid
        Piece CID (``bafkzcib...``): the commitment to what is stored, a CAR of the file. It is no CID of the file.
    data_set, number
        Where the piece is: the data set's number, and its own in there.
    """

    cid: str
    data_set: str
    number: str
    proof: PossessionProof | None = None

    @property
    def told(self) -> str:
        """One line for people; "proved" is said of what is proved alone."""
        where = f"piece {self.cid}, data set {self.data_set}, number {self.number}"
        if self.proof is None:
            return f"{where}; no proof known"
        network = "" if self.proof.chain_id == MAINNET else f", on the test network {self.proof.chain_id}"
        return f"{where}; proved in epoch {self.proof.epoch:,}{network}"


MAINNET = 314
"""EIP-155 number of Filecoin."""
