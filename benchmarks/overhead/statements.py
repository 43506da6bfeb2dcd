"""What Coterie compiles a project to, in its own order: the work of the bare loop.

python -m benchmarks.overhead.statements PROJECT WORK.json [MEMORY_LIMIT]
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from runner.compile import compile_project
from runner.nodes import DataTest, Model
from runner.project import load_project


def statements(project: Path) -> dict[str, list[str]]:
    here = Path.cwd()
    os.chdir(project)
    manifest = compile_project(load_project({}, {}))
    os.chdir(here)
    compiled = [manifest.compiled[name] for name in manifest.graph.order]
    return {
        "statements": [
            f"create or replace table {each.node.relation} as\n{each.sql}"
            for each in compiled
            if isinstance(each.node, Model)
        ],
        "tests": [f"select count(*) from (\n{each.sql}\n)" for each in compiled if isinstance(each.node, DataTest)],
    }


if __name__ == "__main__":
    config = {"memory_limit": sys.argv[3]} if len(sys.argv) > 3 else {}
    Path(sys.argv[2]).write_text(json.dumps({**statements(Path(sys.argv[1])), "config": config}))
