"""Options of `deml train`, grouped by what they are about."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

import typer

from deml_learn.training.hyperparameters import USUAL
from deml_sdk.data.reading import Reading, parse_classes

if TYPE_CHECKING:
    from deml_learn.privacy.budget import Privacy
    from deml_learn.sandbox.interface import Limits, Sandbox
    from deml_learn.trainers.plan import TrainingOptions

TRUST: Final = "I trust this trainer"


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How a table is read, where no specification says so."""

    label: Annotated[str | None, typer.Option(help="Column to predict. [as the specification says]")] = None
    feature: Annotated[
        list[str] | None, typer.Option("--feature", help="Feature column, in the model's order. [all others]")
    ] = None
    drop: Annotated[list[str] | None, typer.Option(help="Column to leave out.")] = None
    class_: Annotated[
        list[str] | None,
        typer.Option("--class", metavar="NAME=NUMBER", help="Class number of a label that is a word."),
    ] = None

    @property
    def reading(self) -> Reading:
        """What they say together."""
        return Reading(
            self.label or "", tuple(self.feature or ()), tuple(self.drop or ()), parse_classes(self.class_ or ())
        )


@dataclass(frozen=True, slots=True)
class HyperparameterOptions:
    """How to train."""

    epochs: Annotated[int | None, typer.Option(help=f"Passes over the data. [{USUAL.epochs}]", min=1)] = None
    batch: Annotated[int | None, typer.Option(help=f"Rows per step. [{USUAL.batch}]", min=1)] = None
    learning_rate: Annotated[
        float | None, typer.Option(help=f"Step size of Adam. [{USUAL.learning_rate}]", min=1e-9)
    ] = None
    l2: Annotated[float, typer.Option(help="Weight decay.", min=0)] = USUAL.l2
    validation: Annotated[
        float, typer.Option(help="Fraction of the rows for validation: they choose between epochs.", min=0, max=0.9)
    ] = USUAL.validation
    seed: Annotated[int, typer.Option(help="The same seed gives the same model.", min=0)] = USUAL.seed
    half: Annotated[bool, typer.Option("--float16", help="Half the bytes on chain, at a small loss of accuracy.")] = (
        False
    )


@dataclass(frozen=True, slots=True)
class PrivacyOptions:
    """What may be given away at most."""

    epsilon: Annotated[float | None, typer.Option(help="Train with differential privacy and this epsilon.")] = None
    delta: Annotated[float, typer.Option(help="Probability that the bound of --epsilon fails.")] = 1e-5
    clip: Annotated[float, typer.Option(help="Clipping norm of each row's gradient, with --epsilon.")] = 1.0
    sampling_rate: Annotated[
        float | None, typer.Option(help="Probability that a row takes part in a step, with --epsilon. [a third]")
    ] = None

    @property
    def privacy(self) -> Privacy | None:
        """The budget, if there is one.

        Raises
        ------
        BadPrivacy
        """
        from deml_learn.privacy.budget import DEFAULT_SAMPLING_RATE, Privacy

        if self.epsilon is None:
            return None
        rate = DEFAULT_SAMPLING_RATE if self.sampling_rate is None else self.sampling_rate
        return Privacy(self.epsilon, self.delta, self.clip, rate)


@dataclass(frozen=True, slots=True)
class ConfinementOptions:
    """What the trainer may use up, and whether it is confined."""

    memory: Annotated[int, typer.Option(help="Memory limit of the trainer, in MiB.", min=64)] = 4_096
    hours: Annotated[float, typer.Option(help="Time limit of the trainer.", min=0.001)] = 4.0
    without_sandbox: Annotated[
        bool, typer.Option("--without-sandbox", help="Run the trainer with your permissions. Needs --confirm.")
    ] = False
    confirm: Annotated[str, typer.Option(metavar="WORDS", help=f'"{TRUST}", to go without a sandbox.')] = ""

    @property
    def limits(self) -> Limits:
        """What it may use up."""
        from deml_learn.sandbox.interface import MIB, Limits

        seconds = max(1, round(self.hours * 3_600))
        return Limits(memory_bytes=self.memory * MIB, cpu_seconds=seconds, wall_seconds=seconds)

    def sandbox(self) -> Sandbox:
        """Find the sandbox, or go without one if that is meant.

        Raises
        ------
        NoSandbox, SandboxLeaks
        NotConfirmed
        """
        from deml_learn.sandbox.find import find_sandbox
        from deml_learn.sandbox.unconfined import Unconfined
        from deml_learn.trainers.errors import NotConfirmed

        if not self.without_sandbox:
            return find_sandbox()
        if self.confirm != TRUST:
            raise NotConfirmed(TRUST)
        return Unconfined()


def wishes(how: HyperparameterOptions, privacy: PrivacyOptions, confinement: ConfinementOptions) -> TrainingOptions:
    """Put together how somebody wants to train.

    Raises
    ------
    BadPrivacy
    """
    from deml_learn.trainers.plan import TrainingOptions

    return TrainingOptions(
        epochs=how.epochs,
        batch=how.batch,
        learning_rate=how.learning_rate,
        l2=how.l2,
        validation=how.validation,
        seed=how.seed,
        half=how.half,
        privacy=privacy.privacy,
        limits=confinement.limits,
    )


def package_index() -> dict[str, str]:
    """Read from the environment where pip finds packages."""
    from deml_learn.sandbox.prepare import INDEX_SETTINGS

    return {name: os.environ[name] for name in INDEX_SETTINGS if name in os.environ}
