"""A new process for every command, without the second that imports take.

One Python loads the runner's libraries and then forks for each request: the child is a process of
its own that runs `python -m runner.cli`, and nothing it does reaches the next one.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import runpy
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HANG = 120
"""Seconds after which a command hangs; no test measures time."""


@dataclass(frozen=True)
class Ended:
    exit_code: int
    stdout: str
    stderr: str


class Fresh:
    """Runs `coterie …` in a folder, each time in a fresh process."""

    def __init__(self) -> None:
        self._python = subprocess.Popen(
            [sys.executable, "-X", "utf8", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def __call__(self, folder: Path, *arguments: str, env: Mapping[str, str] | None = None) -> Ended:
        assert self._python.stdin is not None
        assert self._python.stdout is not None
        with tempfile.TemporaryDirectory() as told:
            request = {
                "folder": str(folder),
                "arguments": arguments,
                "env": dict(os.environ if env is None else env),
                "told": told,
            }
            self._python.stdin.write(json.dumps(request) + "\n")
            self._python.stdin.flush()
            exit_code = int(self._python.stdout.readline())
            out, err = Path(told, "stdout"), Path(told, "stderr")
            return Ended(exit_code, out.read_text("utf-8"), err.read_text("utf-8"))

    def close(self) -> None:
        assert self._python.stdin is not None
        self._python.stdin.close()
        self._python.wait(HANG)


def serve() -> None:
    """One request a line on stdin; the exit code of each on stdout."""
    _load()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _become(json.loads(line))
        status = os.waitpid(child, 0)[1]
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201 - the answer


def _load() -> None:
    import runner

    for module in pkgutil.iter_modules(runner.__path__, "runner."):
        if module.name != "runner.cli":
            importlib.import_module(module.name)


def _become(request: Mapping[str, Any]) -> None:
    signal.alarm(HANG)
    _redirect(0, os.devnull, os.O_RDONLY)
    for descriptor, name in ((1, "stdout"), (2, "stderr")):
        _redirect(descriptor, os.path.join(request["told"], name), os.O_WRONLY | os.O_CREAT)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["env"])
    code = _run(request["arguments"])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _redirect(descriptor: int, path: str, flags: int) -> None:
    os.dup2(os.open(path, flags, 0o600), descriptor)


def _run(arguments: Sequence[str]) -> int:
    sys.argv = ["coterie", *arguments]
    try:
        runpy.run_module("runner.cli", run_name="__main__")
    except SystemExit as e:
        return int(e.code or 0)
    except BaseException:  # as the interpreter itself does with what nobody caught
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    serve()
