"""`deml job new` and `deml data check`: a specification from a header or from answers, and data held against it."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from deml.ipld import file_cid
from deml_cli.errors import NoAnswer
from deml_learn.trainers.budget import check_terms
from deml_learn.trainers.errors import PrivacyAsked
from deml_learn.trainers.task import task_of_file
from deml_sdk.data.errors import NoSuchColumn
from deml_sdk.jobspec.answers import Answers, make_spec
from deml_sdk.jobspec.errors import BadJobFile, BadSpec, NoSpec, SpecNotHere
from deml_sdk.jobspec.header import guess_columns
from deml_sdk.jobspec.job_file_form import read_job_file
from deml_sdk.jobspec.reading import parse_spec, read_spec
from deml_sdk.market.spec import job_spec
from tests.support.specs import SPEC

TABLE = """\
age,radius,ward,note,diagnosis
61,1.5,a,first secret,malignant
47,2.25,b,second secret,benign
,3.5,a,,benign
"""


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "data.csv"
    notes = "\n".join(f"50,1,a,secret note {number},benign" for number in range(30))
    path.write_text(TABLE + notes + "\n")
    return path


def silent(question, default, option):
    if default is None:
        raise NoAnswer(question, option)
    return default


class TestHeader:
    def test_types_are_guessed_and_values_are_left_out(self, data):
        found = {one.name: one for one in guess_columns(data, "diagnosis")}
        assert {name: one.type for name, one in found.items()} == {
            "age": "integer",
            "radius": "number",
            "ward": "category",
            "note": "text",
            "diagnosis": "category",
        }
        assert found["ward"].categories == ("a", "b")
        assert found["age"].minimum is None
        assert not found["note"].required

    def test_ranges_are_given_when_asked_for(self, data):
        found = {one.name: one for one in guess_columns(data, "diagnosis", ranges=True)}
        assert (found["age"].minimum, found["age"].maximum) == (47, 61)

    def test_class_numbers_are_categories(self, tmp_path):
        path = tmp_path / "wine.csv"
        path.write_text("a,class\n1.5,3\n2.5,1\n3.5,10\n")
        assert guess_columns(path, "class")[1].categories == ("1", "3", "10")


class TestAnswers:
    def test_a_table_and_a_title_are_enough(self, data):
        spec = make_spec(Answers(data, "diagnosis", "Tumours"), silent)
        assert spec.architecture == {"family": "logistic", "inputs": 4, "outputs": 1, "standardize": True}
        assert spec.data.label.mapping == {"benign": 0, "malignant": 1}
        assert (spec.metric, spec.license, spec.privacy) == ("brier", "CC-BY-4.0", None)
        assert b"secret" not in spec.file()
        assert b"2.25" not in spec.file()

    def test_what_is_said_goes_in(self, data):
        said = Answers(
            data,
            "radius",
            "Size",
            metric="mse",
            trainer="builtin",
            max_epsilon=3,
            sample=2,
            license="MIT",
        )
        spec = make_spec(said, silent)
        assert spec.architecture["family"] == "linear"
        assert spec.trainer.kind == "builtin"
        assert (spec.privacy.max_epsilon, spec.privacy.max_delta) == (3, 1e-5)
        assert len(spec.data.sample) == 2

    def test_columns_can_be_typed(self):
        answers = iter(
            ["Size", "", "MIT", "y", "a", "number", "mm", "0", "9.5", "b", "category", "u, v", "y", "integer"]
        )
        told = [*answers, "", "", "", "", '{"family": "linear", "inputs": 3}', "r2"]
        replies = iter(told)
        spec = make_spec(Answers(), lambda *_: next(replies))
        assert [one.name for one in spec.data.columns] == ["a", "b", "y"]
        assert spec.data.columns[0].maximum == 9.5
        assert spec.data.columns[1].categories == ("u", "v")
        assert next(replies, "all asked") == "all asked"

    @pytest.mark.parametrize(
        ("said", "problem"),
        [
            ({"architecture": "a big one"}, "architecture"),
            ({"metric": "r2"}, "r2"),
            ({"trainer": "bafy"}, "bafy"),
        ],
    )
    def test_answers_that_do_not_fit_are_pointed_at(self, data, said, problem):
        with pytest.raises(BadSpec, match=problem):
            make_spec(Answers(**({"data": data, "label": "diagnosis", "title": "T"} | said)), silent)

    def test_a_label_that_the_table_does_not_have_is_told_with_the_columns_that_it_has(self, data):
        with pytest.raises(NoSuchColumn, match="has no column 'outcome'") as refused:
            make_spec(Answers(data, "outcome", "T"), silent)
        assert "diagnosis" in refused.value.columns


class TestNew:
    def test_it_writes_a_job_and_its_specification(self, deml, data, tmp_path):
        done = deml("job", "new", "c.toml", "--data", data, "--label", "diagnosis", "--title", "Tumours", "--json")
        assert done.exit_code == 0, done.output
        assert json.loads(done.stdout) == {"path": "c.toml", "spec": "c.spec.json"}
        job = read_job_file(tmp_path / "c.toml")
        spec = read_spec(tmp_path / "c.spec.json")
        assert (job.title, job.metric, job.architecture) == ("Tumours", "brier", spec.architecture_text)
        assert job.reading.classes == {"benign": 0, "malignant": 1}
        again = deml("job", "new", "c.toml", "--data", data, "--label", "diagnosis", "--title", "Other")
        assert again.exit_code == 1
        assert read_spec(tmp_path / "c.spec.json") == spec

    def test_without_anything_it_writes_the_commented_file(self, deml, tmp_path):
        assert deml("job", "new").exit_code == 0
        assert read_job_file(tmp_path / "job.toml").spec is None

    def test_nobody_to_ask(self, deml, data):
        done = deml("job", "new", "--data", data, "--json")
        assert done.exit_code == 6
        assert json.loads(done.stdout)["error"]["values"]["option"] == "--title"

    def test_a_job_file_must_not_say_otherwise(self, deml, data, tmp_path):
        deml("job", "new", "c.toml", "--data", data, "--label", "diagnosis", "--title", "Tumours")
        path = tmp_path / "c.toml"
        whole = path.read_text()
        path.write_text(whole.replace("[model]", '[model]\nmetric = "log_loss"'))
        with pytest.raises(BadJobFile, match="otherwise: brier"):
            read_job_file(path)
        path.write_text(whole.replace("[holdout]", '[holdout]\nlabel = "ward"'))
        with pytest.raises(BadJobFile, match="label"):
            read_job_file(path)

    def test_the_initial_model_of_a_private_job_is_made_without_privacy(self, deml, data, tmp_path):
        """There is nothing to start from, and the rows are the sponsor's own."""
        deml("job", "new", "c.toml", "--data", data, "--label", "diagnosis", "--title", "T", "--max-epsilon", 4)
        task = task_of_file(tmp_path / "c.toml")
        check_terms(task.spec.privacy, None, improves=task.initial is not None)
        with pytest.raises(PrivacyAsked):
            check_terms(task.spec.privacy, None, improves=True)


class TestDataCheck:
    @pytest.fixture
    def spec(self, data, deml, tmp_path):
        deml("job", "new", "c.toml", "--data", data, "--label", "diagnosis", "--title", "T", "--ranges")
        return tmp_path / "c.spec.json"

    def test_faults_are_told_and_values_are_not(self, deml, spec, tmp_path):
        mine = tmp_path / "mine.csv"
        mine.write_text(
            "age,radius,ward,diagnosis,extra\n1234,1.5,a,benign,7\n50,x-secret,q-secret,benign,7\n50,2,a,benign,7\n"
        )
        done = deml("data", "check", spec, "--data", mine)
        assert done.exit_code == 0, done.output
        assert "1 of 3 rows can be used" in done.output
        assert "benign 1 (100 %), malignant 0 (0 %)" in done.output
        assert "no row of malignant" in done.output
        assert "extra" in done.output
        assert "secret" not in done.output
        assert "1234" not in done.output
        shown = deml("data", "check", spec, "--data", mine, "--show-values")
        assert "x-secret" in shown.output
        machine = json.loads(deml("data", "check", spec, "--data", mine, "--json").stdout)
        assert machine["report"]["usable"] == 1
        assert "secret" not in json.dumps(machine)

    def test_what_stands_in_the_way(self, deml, spec, tmp_path, data):
        assert deml("data", "check", "absent.json", "--data", data).exit_code == 1
        assert deml("data", "check", spec, "--data", "absent.csv").exit_code == 1
        spec.write_text(spec.read_text().replace('"brier"', '"luck"'))
        done = deml("data", "check", spec, "--data", data)
        assert done.exit_code == 1
        assert "line 1, the whole: " in done.output


class TestFetch:
    def client(self, content):
        return SimpleNamespace(fetch=lambda cid, limit: content)

    def job(self, cid):
        return SimpleNamespace(job_id=7, terms=SimpleNamespace(spec_cid=cid))

    def test_a_job_names_its_specification(self):
        content = parse_spec(json.dumps(SPEC).encode(), "x").file()
        assert job_spec(self.client(content), self.job(str(file_cid(content)))).title == SPEC["title"]

    def test_what_can_be_wrong(self):
        with pytest.raises(NoSpec):
            job_spec(self.client(b""), self.job(""))
        with pytest.raises(SpecNotHere):
            job_spec(self.client(None), self.job("bafy"))
        with pytest.raises(BadSpec, match="named by job 7"):
            job_spec(self.client(b"# just words"), self.job("bafy"))
