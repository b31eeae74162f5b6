"""A stranger's script is read before anything confines it: strictly, in one pass, and refused by name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deml.base.errors import DemlError
from deml_learn.trainers import lock
from deml_learn.trainers.errors import BadScript, UnhashedDependency, UnpinnedDependency
from deml_learn.trainers.script import MAX_METADATA_BYTES, Requirements, read_needs, script_blocks
from deml_sdk.jobspec.reading import MAX_SCRIPT_BYTES

HASH = "sha256:" + "0" * 64
REFERENCE = re.compile(r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$")
"""The expression that PEP 723 itself gives."""


def block(*lines: str) -> bytes:
    return "\n".join(["# /// script", *(f"# {line}" for line in lines), "# ///", "print()", ""]).encode()


def needs(*dependencies: str, hashes: dict[str, list[str]] | None = None) -> Requirements:
    found = {one: [HASH] for one in dependencies} if hashes is None else hashes
    return read_needs(
        block(
            f"dependencies = {list(dependencies)!r}",
            "[tool.deml.hashes]",
            *(f'"{one}" = {digests!r}' for one, digests in found.items()),
        )
    )


def test_the_template_says_what_it_needs():
    found = read_needs(Path(lock.__file__).with_name("template").joinpath("trainer.py").read_bytes())
    assert found.dependencies == ("numpy==2.4.6",)
    assert len(found.hashes[0]) == len(lock.MACHINES) * len(lock.PYTHONS)


@pytest.mark.parametrize(
    "dependency",
    [
        *("numpy", "numpy>=2", "numpy==2.*", "numpy==2.0,!=3", "x @ https://example.org/x.whl", "numpy===2"),
        *("numpy[all]==2", "numpy==2; python_version > '3'", 'n==1; python_version == "\\\\N{nothing}"'),
        *("numpy==2 --index-url=http://example.org", "numpy==2\\n--index-url=http://example.org", "numpy==2 # x"),
        *("numpy==", "numpy==two", "numpy ==2 ==3", "numpy==2 @ x"),
    ],
)
def test_dependencies_are_pinned_to_one_version_and_say_nothing_else_to_pip(dependency: str):
    with pytest.raises(UnpinnedDependency):
        read_needs(
            block(f'dependencies = ["{dependency}"]' if '"' not in dependency else f"dependencies = ['{dependency}']")
        )


@pytest.mark.parametrize(
    "content",
    [
        b"\xff",
        b"x" * (MAX_SCRIPT_BYTES + 1),
        block("dependencies = 3"),
        block("dependencies = [3]"),
        block("dependencies = [[[]]]"),
        block('dependencies = ["-r /etc/passwd"]'),
        block('dependencies = [""]'),
        block(f'dependencies = ["{"n" * 300}==1"]'),
        block("dependencies = ["),
        block("dependencies = " + str(["a==1"] * 101)),
        block('requires-python = ">=99"'),
        block('requires-python = "snake"'),
        block("requires-python = 3"),
        block("requires-python = [[]]"),
        block(f'requires-python = ">=3{"0" * 300}"'),
        block("dependencies = []") + block("dependencies = []"),
        block("a = " + "[" * 20_000),
        block("a = " + "[" * 5_000 + "]" * 5_000),
        block("a = " + "{b = " * 5_000),
        block("a = 2026-99-99"),
        block("a = " + "9" * 10_000),
        block("a = 1", "a = 2"),
        block("tool = 3", 'dependencies = ["a==1"]'),
        block("[tool]", "deml = 3"),
        block("[tool.deml]", "hashes = 3"),
        block(*(f"a{number} = 1" for number in range(MAX_METADATA_BYTES // 8))),
        b"\xef\xbb\xbf\xed\xa0\x80",
    ],
    ids=range(27),
)
def test_scripts_that_make_no_sense_are_refused(content: bytes):
    with pytest.raises(BadScript):
        read_needs(content)


def test_deep_tables_that_nobody_asks_for_do_no_harm():
    assert read_needs(block("a." * 5_000 + "b = 1")) == Requirements()


def test_a_script_may_need_nothing():
    assert read_needs(b"print()\n") == read_needs(block('requires-python = ">=3.11"')) == Requirements()


def test_what_is_needed_is_the_same_in_any_order_and_spelling():
    """The folder that packages are installed in is named by it."""
    first = needs("b==1", "A_a ==2.0", hashes={"a-a==2.0": [HASH], "b==1": [HASH]})
    second = needs("a-a==2.0", "b==1", "b == 1", hashes={"b==1": [HASH, HASH], "a-a==2.0": [HASH]})
    assert first == second
    assert first.requirements == f"a-a==2.0 --hash={HASH}\nb==1 --hash={HASH}\n"


@pytest.mark.parametrize("hashes", [{}, {"b==1": []}, {"a==1": [HASH]}])
def test_a_dependency_without_hashes_is_named(hashes: dict[str, list[str]]):
    with pytest.raises(UnhashedDependency, match="b==1"):
        needs("b==1", hashes=hashes)


@pytest.mark.parametrize("wrong", ["md5:0", "sha256:" + "0" * 63, "sha256:" + "G" * 64, f"{HASH} --index-url=x", ""])
def test_hashes_are_hashes(wrong: str):
    with pytest.raises(BadScript, match="64 digits"):
        needs("b==1", hashes={"b==1": [wrong]})


LINES = st.lists(
    st.sampled_from(
        [
            "# /// script",
            "# /// other",
            "# ///",
            "#",
            "# a = 1",
            "#b",
            "",
            "x = 1",
            "# /// script ",
            "# /// a b",
            " # ///",
        ]
    ),
    max_size=14,
)


@given(LINES)
def test_blocks_are_those_that_the_expression_of_pep_723_finds(lines: list[str]):
    text = "\n".join(lines)
    expected = [one["content"] for one in REFERENCE.finditer(text) if one["type"] == "script"]
    found = ["".join(f"{line}\n" for line in lines[opened + 1 : closed]) for opened, closed in script_blocks(lines)]
    assert found == expected


@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: block(*text.splitlines())))
def test_no_script_meets_another_failure_than_a_named_one(content: bytes):
    try:
        read_needs(content)
    except DemlError:
        return


class Counted(str):
    """A line that counts how often it is looked at."""

    looks = 0

    def __ne__(self, other: object) -> bool:
        type(self).looks += 1
        return str.__ne__(self, other)

    __hash__ = str.__hash__


def test_a_script_of_openings_without_an_end_is_read_in_one_pass():
    """The expression of PEP 723 starts anew at each: 8,000 of them took minutes."""
    lines = [Counted("# /// script")] * 8_000
    assert list(script_blocks(lines)) == []
    assert Counted.looks <= 2 * len(lines)
