"""The strict reader of YAML: shapes, kinds and nearest keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.config import Block, Items, read_shape, read_text, read_yaml
from runner.errors import AuthorError, Place
from runner.shapes import ProjectFile, PropertiesFile


def project(text: str) -> ProjectFile:
    return read_shape(ProjectFile, read_yaml("project.yml", text), Place("project.yml"))


def properties(text: str) -> PropertiesFile:
    return read_shape(PropertiesFile, read_yaml("m.yml", text), Place("m.yml"))


def mistake(text: str) -> AuthorError:
    with pytest.raises(AuthorError) as caught:
        properties(text)
    return caught.value


def test_a_name_is_all_that_a_project_needs() -> None:
    file = project("name: shop\n")
    assert (file.name, file.model_paths, file.serve) == ("shop", ("models",), None)


def test_dashes_and_underscores_are_the_same_key() -> None:
    assert project("name: shop\nmodel-paths: [sql]\n").model_paths == ("sql",)
    assert project("name: shop\nmodel_paths: [sql]\n").model_paths == ("sql",)


def test_a_single_path_needs_no_list() -> None:
    assert project("name: shop\nseed-paths: data\n").seed_paths == ("data",)


def test_an_empty_value_is_the_default() -> None:
    assert project("name: shop\nvars:\nmodels:\n").vars == {}


def test_a_number_may_be_a_name() -> None:
    assert properties("models:\n  - name: 2026\n").models[0].name == "2026"


def test_tests_is_the_old_word_for_data_tests() -> None:
    (model,) = properties("models:\n  - name: orders\n    tests: [unique]\n").models
    assert model.data_tests == ["unique"]


def test_meta_counts_wherever_dbt_lets_it_stand() -> None:
    (model,) = properties(
        "models:\n  - name: m\n    columns:\n"
        "      - {name: a, meta: {pii: direct}}\n"
        "      - {name: b, config: {meta: {pii: key}}}\n"
    ).models
    assert [column.facts.get("pii") for column in model.columns] == ["direct", "key"]


def test_every_key_and_item_knows_where_it_stands() -> None:
    value = read_yaml("m.yml", "models:\n  - name: orders\n    tags: [a,\n      b]\n")
    assert isinstance(value, Block)
    (model,) = value["models"]
    assert str(model.place()) == "m.yml:2:5"
    assert str(model.place("tags")) == "m.yml:3:5"
    assert model.place("tags").excerpt == "    tags: [a,"
    assert isinstance(model["tags"], Items)
    assert [str(place) for place in model["tags"].places()] == ["m.yml:3:12", "m.yml:4:7"]


def test_anchors_and_merge_keys_work_and_own_keys_win() -> None:
    value = read_yaml("m.yml", "common: &c {severity: warn, tags: [a]}\nmine:\n  <<: *c\n  severity: error\n")
    assert value["mine"] == {"severity": "error", "tags": ["a"]}


def test_dates_and_numbers_are_read_as_yaml_reads_them() -> None:
    value = read_yaml("m.yml", "day: 2026-11-01\ncount: 3\nshare: 0.5\ntext: '3'\nnothing: ~\n")
    assert [type(each).__name__ for each in value.values()] == [
        "date", "int", "float", "str", "NoneType",
    ]  # fmt: skip


def test_an_empty_document_is_nothing() -> None:
    assert read_yaml("m.yml", "") is None
    assert read_yaml("m.yml", "# only words\n") is None


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("models:\n  - name: a\n    colums: []\n", "m.yml:3:5", "unknown key `colums`", "`columns`"),
        ("models:\n  - nam: a\n", "m.yml:2:5", "unknown key `nam`", "`name`"),
        ("models:\n  - name: a\n    zzz: 1\n", "m.yml:3:5", "unknown key `zzz`", "known here: "),
        ("models:\n  - description: a\n", "m.yml:2:5", "the key `name` is missing", ""),
        ("models: orders\n", "m.yml:1:1", "`models` must be a list, not `orders`", ""),
        ("models:\n  - orders\n", "m.yml:2:5", "expected keys and values here, found `orders`", ""),
        ("models:\n  - name: [a]\n", "m.yml:2:5", "`name` must be text, not a list", ""),
        ("models:\n  - name: true\n", "m.yml:2:5", "`name` must be text, not `True`", ""),
        ("models:\n  - name: a\n    config: table\n", "m.yml:3:5", "`config` must be keys and values", ""),
        ("models:\n  - name: a\n    data_tests: unique\n", "m.yml:3:5", "`data_tests` must be a list", ""),
        ("models:\n  - name: a\n    columns:\n      - b\n", "m.yml:4:9", "found `b`", ""),
        ("version: two\n", "m.yml:1:1", "`version` must be a whole number", ""),
        ("version: true\n", "m.yml:1:1", "`version` must be a whole number", ""),
        ("metrics: []\n", "m.yml:1:1", "`metrics` is not supported", "docs/dbt.md"),
        ("models:\n  - name: a\n    access: public\n", "m.yml:3:5", "`access` is not supported", "docs/dbt.md"),
        ("a: 1\na: 2\n", "m.yml:2:1", "the key `a` stands twice", ""),
        ("models:\n  - name: a\n    description: {{ doc('a') }}\n", "m.yml:3:19", "", "needs quotes"),
        ("models: [\n", "m.yml:2:1", "not valid YAML", ""),
        ("models:\n\t- name: a\n", "m.yml:2:1", "not valid YAML", "never with tabs"),
        ("a: !!python/name:os.system ''\n", "m.yml:1:4", "not valid YAML", ""),
        ("a: *nowhere\n", "m.yml:1:4", "not valid YAML", ""),
        ("a: 1\n---\nb: 2\n", "m.yml:2:1", "not valid YAML", ""),
    ],
)  # fmt: skip
def test_a_mistake_names_its_line_and_the_nearest_key(text: str, place: str, message: str, hint: str) -> None:
    error = mistake(text)
    assert message in error.message
    assert hint in error.hint
    assert str(error.place) == place


@given(
    st.text(
        alphabet=st.one_of(st.sampled_from("ab: -\n\t'\"{}[]#&*!|>%@`,?"), st.characters(exclude_categories=["Cs"])),
        max_size=40,
    )
)
def test_no_text_at_all_is_anything_but_yaml_or_a_told_mistake(text: str) -> None:
    told: AuthorError | None = None
    try:
        read_yaml("m.yml", text)
    except AuthorError as e:
        told = e
    if told is not None:
        assert told.place is not None
        assert told.place.path == "m.yml"
        assert 1 <= told.place.line <= text.count("\n") + 2


def test_text_is_utf8_with_or_without_a_mark(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_bytes(b"\xef\xbb\xbfselect 'caf\xc3\xa9'")
    assert read_text(tmp_path / "a.sql") == "select 'café'"


def test_other_text_is_refused_at_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.sql"
    path.write_bytes(b"select\n'caf\xe9'")
    with pytest.raises(AuthorError) as caught:
        read_text(path)
    assert "0xe9" in caught.value.message
    assert caught.value.place is not None
    assert caught.value.place.line == 2
