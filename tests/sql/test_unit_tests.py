"""Every unit test of the SQL models, one pytest test each."""

import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from runner.compile import compile_project
from runner.project import load_project
from runner.unit_tests import Bench
from runner.warehouse import Warehouse

ROOT = Path(__file__).parents[2]


def project(store: str):
    os.chdir(ROOT)
    return compile_project(load_project({"store": store}, {}))


STORES = {store: project(store) for store in ("generic", "online_retail")}
CASES = dict.fromkeys(STORES["generic"].project.unit_tests, "generic") | {
    name: "online_retail"
    for name in STORES["online_retail"].project.unit_tests
    if name not in STORES["generic"].project.unit_tests
}


@pytest.fixture(scope="session")
def benches():
    opened = {}
    with ExitStack() as warehouses:

        def bench(store: str) -> Bench:
            os.chdir(ROOT)
            if store not in opened:
                opened[store] = Bench(STORES[store], warehouses.enter_context(Warehouse(None)))
            return opened[store]

        yield bench


@pytest.mark.parametrize("name", sorted(CASES))
def test_rule(name, benches):
    store = CASES[name]
    outcome = benches(store).run(STORES[store].project.unit_tests[name])
    if outcome.error is not None:
        pytest.fail(f"{outcome.error.place}: {outcome.error.message}\n{outcome.error.hint}")
    assert not outcome.missing, f"{outcome.columns}: expected, not there: {outcome.missing}; found {outcome.unexpected}"
    assert not outcome.unexpected, f"{outcome.columns}: there, not expected: {outcome.unexpected}"
