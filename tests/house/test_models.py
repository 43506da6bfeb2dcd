"""The house rules of the models: sizes, words, clocks, layers, what may be published."""

import os
import re
from pathlib import Path

import pytest

from runner.compile import compile_project
from runner.project import load_project

ROOT = Path(__file__).parents[2]
LAYERS = ("adapters", "staging", "vault", "marts", "segments", "reports", "activation")
READS = {
    "adapters": {"source", "adapters"},
    "staging": {"adapters", "seeds"},
    "vault": {"staging", "vault", "marts", "seeds"},
    "marts": {"staging", "marts", "seeds"},
    "segments": {"marts", "seeds", "segments", "snapshots"},
    "reports": {"marts", "segments", "seeds", "reports"},
    "activation": {"segments", "marts", "vault", "seeds", "activation"},
}
FORBIDDEN = re.compile(r"\b(current_date|current_timestamp|now\(\)|random\(\)|hash\()", re.IGNORECASE)


@pytest.fixture(scope="module")
def manifest():
    here = Path.cwd()
    os.chdir(ROOT)
    try:
        yield compile_project(load_project({}, {}))
    finally:
        os.chdir(here)


def layer(node) -> str:
    parts = Path(node.path).parts
    if node.kind == "source":
        return "source"
    return {"seed": "seeds", "snapshot": "snapshots"}.get(node.kind) or parts[1]


def models(manifest):
    return manifest.project.models.values()


def test_a_model_is_short(manifest):
    long = [m.path for m in models(manifest) if len(m.text.splitlines()) > 120]
    assert not long


def test_a_line_is_short(manifest):
    wide = [
        f"{m.path}:{number}"
        for m in models(manifest)
        for number, line in enumerate(m.text.splitlines(), start=1)
        if len(line) > 100
    ]
    assert not wide


def test_there_is_one_clock_and_no_die(manifest):
    assert not [m.path for m in models(manifest) if FORBIDDEN.search(m.text)]


def test_a_description_ends_with_the_grain(manifest):
    silent = [m.path for m in models(manifest) if "One row per " not in m.description]
    assert not silent


def test_every_table_below_the_adapters_tests_its_grain(manifest):
    """A unique test, of one column or of several together."""
    grain = {"test_unique", "test_unique_combination"}
    tested = {
        parent
        for each in manifest.compiled.values()
        if each.node.kind == "test" and each.node.macro in grain
        for parent in each.parents
    }
    untested = [m.name for m in models(manifest) if layer(m) != "adapters" and m.name not in tested]
    assert not untested


def test_a_layer_reads_only_what_it_may(manifest):
    wrong = []
    for name, compiled in manifest.compiled.items():
        if compiled.node.kind != "model":
            continue
        for parent in compiled.parents:
            above = layer(manifest.compiled[parent].node)
            if above not in READS[layer(compiled.node)]:
                wrong.append(f"{name} reads {parent} ({above})")
    assert not wrong


def test_models_have_neither_if_nor_config(manifest):
    pattern = re.compile(r"\{%-? *if|\{\{ *config\(")
    assert not [m.path for m in models(manifest) if pattern.search(m.text)]


def test_every_var_is_read_somewhere(manifest):
    """A threshold nobody reads is a promise nobody keeps."""
    texts = [*(m.text for m in models(manifest)), *manifest.project.macro_files.values()]
    texts += [(ROOT / "project.yml").read_text()]
    texts += [path.read_text() for path in (ROOT / "models").rglob("*.yml")]
    texts += [path.read_text() for path in (ROOT / "models").rglob("*.sql")]
    texts += [path.read_text() for path in (ROOT / "tests" / "data").rglob("*.sql")]
    every = "\n".join(texts)
    by_the_runner = ("audience_swing_pct", "audience_swing_people", "min_audience")
    unread = [
        name
        for name in manifest.project.vars
        if name not in by_the_runner and f"var('{name}'" not in every and f'var("{name}"' not in every
    ]
    assert not unread


def test_an_identifier_stays_out_of_published_schemas(manifest):
    served = manifest.project.file.serve.include
    holders = [m.name for m in models(manifest) if m.meta.get("may_hold_identifiers") and m.relation.schema in served]
    assert not holders
