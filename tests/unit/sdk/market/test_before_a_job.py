"""What a sponsor and a client are told before they put anything at stake."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from deml.base.limits import PPM
from deml.base.states import Ending
from deml.base.types import Amount, JobId
from deml.scoring import load_model, parse_architecture
from deml_sdk.client import Client
from deml_sdk.data.reading import Reading
from deml_sdk.files.files import read_file
from deml_sdk.market.acting import missing, sponsor_steps
from deml_sdk.market.chronicle import earnings, history, leaderboard, sponsor_record
from deml_sdk.market.errors import CommittedFile, HoldoutIsPublic
from deml_sdk.market.judging.chance import chance_warnings, constant_score
from deml_sdk.market.posting.draft import Draft
from deml_sdk.market.posting.secrecy import check_secret
from deml_sdk.market.unpublished import Guard
from tests.support import models
from tests.support.fake_services import Services
from tests.support.party import draft_for, join, opened
from tests.support.served_world import ServedWorld
from tests.support.world import TOKEN, World


@pytest.fixture
def served(services: Services) -> ServedWorld:
    return ServedWorld(services)


def warned(percent: int) -> list[str]:
    architecture = parse_architecture(models.ARCHITECTURE)
    initial = load_model(architecture, models.model(percent).file)
    return list(chance_warnings(initial, models.prepared(), percent * models.PERCENT))


class TestChance:
    def test_a_model_that_is_better_than_chance_is_no_news(self):
        assert warned(51) == []

    def test_swapped_labels_are_called_so(self):
        (said,) = warned(10)
        assert "swapped" in said
        assert "0.900000" in said

    @pytest.mark.parametrize(
        ("metric", "targets", "score"),
        [
            ("accuracy", [0, 0, 0, 1], 0.75),
            ("balanced_accuracy", [0, 1, 2, 2], 1 / 3),
            ("roc_auc", [0, 0, 1], 0.5),
            ("brier", [0, 1], -0.25),
            ("brier", [0, 1, 2, 2], -(0.25 + 0.25 / 2 + 0.25)),
            ("log_loss", [0, 1], -np.log(2)),
            ("r2", [1.0, 2.0], 0.0),
            ("mse", [0.0, 2.0], -1.0),
            ("mae", [0.0, 0.0, 3.0], -1.0),
        ],
    )
    def test_the_best_constant_is_known(self, metric: str, targets: list[float], score: float):
        assert constant_score(metric, np.array(targets)) == pytest.approx(score)


def same_rows_again(sponsor: Client, world: World) -> Draft:
    """Another job, with the holdout of the first."""
    return replace(draft_for(sponsor, world, variant=1), holdout=models.holdout().file)


class TestSecrecy:
    def test_a_holdout_that_a_job_has_revealed_is_refused(self, served: ServedWorld, tmp_path: Path):
        sponsor = served.client("sponsor", tmp_path)
        job_id = opened(sponsor, served.world)
        join(served.client("client1", tmp_path), job_id, 70)
        served.world.wait(601 + served.finality)
        sponsor.send(sponsor.reveal(job_id))
        served.world.wait(served.finality)
        with pytest.raises(HoldoutIsPublic, match=f"job {job_id} has revealed it"):
            sponsor.post(same_rows_again(sponsor, served.world))

    def test_a_holdout_that_lies_in_ones_own_store_is_refused(self, served: ServedWorld, tmp_path: Path):
        sponsor = served.client("sponsor", tmp_path)
        served.files.add(models.holdout().file, disclosed=True)
        with pytest.raises(HoldoutIsPublic, match="the files has it"):
            sponsor.post(draft_for(sponsor, served.world))

    def test_a_second_job_with_the_same_holdout_is_warned_of(self, served: ServedWorld, tmp_path: Path):
        sponsor = served.client("sponsor", tmp_path)
        assert list(check_secret(sponsor, draft_for(sponsor, served.world))) == []
        job_id = opened(sponsor, served.world)
        (said,) = check_secret(sponsor, same_rows_again(sponsor, served.world))
        assert f"Job {job_id} of yours" in said

    def test_nobody_else_is_asked_for_it(self, served: ServedWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        sponsor = served.client("sponsor", tmp_path)
        monkeypatch.setattr(type(served.files), "fetch", lambda *_: pytest.fail("the world was asked"))
        list(check_secret(sponsor, draft_for(sponsor, served.world)))


class TestMissing:
    def test_a_committed_model_that_is_gone_is_missed_at_once(self, served: ServedWorld, tmp_path: Path):
        sponsor, anna = served.client("sponsor", tmp_path), served.client("client1", tmp_path)
        job_id = opened(sponsor, served.world)
        join(anna, job_id, 70)
        assert anna.missing(job_id) == []
        (kept,) = (anna.journal.directory / "files").glob(str(models.model(70).cid))
        kept.unlink()
        (said,) = anna.missing(job_id)
        assert f"'deml recover {job_id} FILE'" in said
        anna.recover_model(job_id, models.model(70).file)
        assert anna.missing(job_id) == []

    def test_a_holdout_that_is_gone_is_missed_at_once(self, served: ServedWorld, tmp_path: Path):
        sponsor = served.client("sponsor", tmp_path)
        job_id = opened(sponsor, served.world)
        job = sponsor.job(job_id)
        assert list(missing.missing_here(sponsor, job)) == []
        for one in (sponsor.journal.directory / "files").iterdir():
            one.unlink()
        assert sponsor_steps.record_of(sponsor, job) is None
        assert ["bond" in one for one in missing.missing_here(sponsor, job)] == [True]

    def test_nothing_is_written_over_a_committed_file(self, served: ServedWorld, tmp_path: Path):
        sponsor, anna = served.client("sponsor", tmp_path), served.client("client1", tmp_path)
        job_id = opened(sponsor, served.world)
        mine, other = tmp_path / "model.safetensors", tmp_path / "other.safetensors"
        mine.write_bytes(models.model(70).file)
        other.write_bytes(models.model(71).file)
        anna.send(anna.accept(job_id))
        anna.send(anna.commit(job_id, read_file(mine)))
        guard = Guard(anna.home)
        guard.check_overwrite(other)
        guard.check_overwrite(tmp_path / "new.safetensors")
        with pytest.raises(CommittedFile, match=r"model\.safetensors is committed to in job 1"):
            guard.check_overwrite(mine)


class TestAccepting:
    def test_a_wallet_without_gas_for_the_whole_job_is_warned(self, served: ServedWorld, tmp_path: Path):
        job_id = opened(served.client("sponsor", tmp_path), served.world)
        anna = served.client("client1", tmp_path)
        assert not any("ETH" in one for one in anna.accept(job_id).warnings)
        served.services.methods["eth_getBalance"] = lambda _: hex(200_000)
        assert any("Send it Ether first" in one for one in anna.accept(job_id).warnings)

    def test_what_is_agreed_to_is_said_in_words(self, served: ServedWorld, tmp_path: Path):
        job_id = opened(served.client("sponsor", tmp_path), served.world)
        anna = served.client("client1", tmp_path)
        said = anna.accept(job_id).sends
        assert str(said["pay goes to"]).startswith("you (client1), 0x")
        assert said["its record"] == "none: this is its first job here"
        assert "in 10m" in str(said["commit until"])
        assert said["deposit"] == "100 TST"
        assert "units" in str(said["gas of it all"])
        assert not any(str(value).startswith("0x0000") for value in said.values())


def finished(served: ServedWorld, tmp_path: Path) -> JobId:
    """A job with one client that was paid and one that kept its word to nobody."""
    sponsor, anna, bert = (served.client(name, tmp_path) for name in ("sponsor", "client1", "client2"))
    job_id = opened(sponsor, served.world)
    join(anna, job_id, 80)
    bert.send(bert.accept(job_id))
    for _ in range(20):
        for one in (sponsor, anna, bert):
            one.watch([job_id], on_event=lambda _event: None, once=True)
        served.world.wait(200)
    return job_id


def test_notices_tell_a_clients_earnings_and_a_sponsors_record(served: ServedWorld, tmp_path: Path):
    job_id = finished(served, tmp_path)
    sponsor, anna, bert = (served.client(name, tmp_path) for name in ("sponsor", "client1", "client2"))
    served.world.wait(served.finality)
    (mine,) = anna.earnings(anna.account)
    assert (mine.job_id, mine.ending, mine.stake_lost, mine.net) == (job_id, Ending.SETTLED, 0, mine.pay)
    assert mine.pay > 0
    assert [type(one.notice).__name__ for one in anna.history(anna.account)][:2] == ["Accepted", "Committed"]
    first, second = anna.leaderboard(TOKEN)
    assert (first.client, first.models_paid, first.earned) == (anna.account, 1, {TOKEN: mine.pay})
    assert (second.client, second.models_paid, second.failed) == (bert.account, 0, 0)
    record = anna.sponsor_record(sponsor.account)
    assert (record.jobs, record.settled, record.revealed, record.unrevealed, record.refuted) == (1, 1, 1, 0, 0)
    assert (record.models_paid, record.paid) == (1, {TOKEN: mine.pay})
    assert sponsor_record(anna.seen(), anna.account).jobs == 0
    assert sponsor_record(anna.seen(), sponsor.account, before=job_id).jobs == 0


def test_accounts_that_did_nothing_have_no_history():
    assert (list(history([], TOKEN)), earnings([], TOKEN), leaderboard([])) == ([], [], [])


def test_a_sponsor_that_never_revealed_is_warned_of(served: ServedWorld, tmp_path: Path):
    sponsor, anna = served.client("sponsor", tmp_path), served.client("client1", tmp_path)
    job_id = opened(sponsor, served.world)
    join(anna, job_id, 80)
    served.world.wait(1_300)
    anna.send(anna.settle(job_id))
    again = opened(sponsor, served.world, variant=1)
    served.world.wait(served.finality)
    intent = anna.accept(again)
    assert "not revealed in 1" in str(intent.sends["its record"])
    assert any("left 1 job(s) without a holdout" in one for one in intent.warnings)


def test_a_diagnosis_says_what_a_holdout_like_these_rows_would_credit(served: ServedWorld, tmp_path: Path):
    sponsor, anna = served.client("sponsor", tmp_path), served.client("client1", tmp_path)
    draft = draft_for(sponsor, served.world)
    terms = replace(draft.terms, confidence=950_000, min_rows=models.ROWS)
    job_id = sponsor.send(sponsor.post(replace(draft, terms=terms))).job_id
    mine = tmp_path / "mine.csv"
    mine.write_text("\n".join(["x,y", *(f"{row},{int(row >= 50)}" for row in range(100))]))
    found = anna.diagnose(job_id, models.model(90).file, mine, Reading("y"))
    assert (found.rows, found.evaluation.score) == (100, 90 * models.PERCENT)
    assert found.metrics[0].metric == "accuracy"
    assert [(one.name, one.rows) for one in found.classes] == [("0", 50), ("1", 50)]
    assert sum(one.model_right for one in found.classes) == 90
    likely = found.prospect
    assert likely.low < likely.credited <= likely.high <= PPM
    assert likely.credited == found.evaluation.credited
    assert likely.pay > Amount(0)
