"""Builders are killed at random moments while readers query what is published, without a pause.

python -m benchmarks.kill_readers [--kills N] [--readers N] [--seed N]

Every build stamps all its tables with one number and makes a number of orders that belongs to
it: a reader that sees two stamps, or a count of another stamp, has seen a mixture.
"""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import click

from benchmarks.published_reader import Sight, look

REPOSITORY = Path(__file__).resolve().parents[1]
PROJECT = REPOSITORY / "tests" / "projects" / "small"
HANG = 120


@dataclass
class Outcome:
    """What the readers saw, and what the kills hit."""

    kills: int
    readers: int
    reads: int = 0
    reader_errors: int = 0
    mixtures: int = 0
    steps_back: int = 0
    versions_seen: int = 0
    broken_versions: int = 0
    moments: dict[str, int] = field(default_factory=dict)
    next_build_exit_code: int = -1
    leftovers: list[str] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        faults = self.reader_errors + self.mixtures + self.steps_back + self.broken_versions
        return not faults and not self.leftovers and self.next_build_exit_code == 0


@dataclass(frozen=True)
class Pace:
    """How long a whole build takes here and now, and how much of it is publishing."""

    building: float
    publishing: float


SWAPPING = 0.006
"""Seconds from the moment the new file is read-only to when readers find it, and some more."""


def run(kills: int, readers: int, seed: int, folder: Path) -> Outcome:
    """Kills `kills` builders with SIGKILL, one after the other, in the target folder `folder`."""
    chance = random.Random(seed)
    outcome = Outcome(kills, readers)
    serve = folder / "serve"
    _built(_builder(folder, 1))
    watching = [_reader(serve, folder / f"reader-{number}.json") for number in range(readers)]
    try:
        pace = _pace(folder, 2)
        last = 2
        for stamp in range(3, 3 + kills):
            moment = _killed(_builder(folder, stamp), serve, pace, chance)
            outcome.moments[moment] = outcome.moments.get(moment, 0) + 1
            last = _verified(serve, {last, stamp}, outcome)
        outcome.next_build_exit_code = _builder(folder, 3 + kills).wait(HANG)
        _verified(serve, {3 + kills}, outcome)
    finally:
        (serve / "stop").touch()
        for reader in watching:
            reader.wait(HANG)
    for number in range(readers):
        _add_reader(outcome, json.loads((folder / f"reader-{number}.json").read_text()))
    outcome.leftovers = sorted(path.name for path in serve.glob(".*"))
    return outcome


def _builder(folder: Path, stamp: int) -> subprocess.Popen[bytes]:
    given = f"{{build_stamp: {stamp}, order_count: {Sight.orders_of(stamp)}}}"
    command = [sys.executable, "-m", "runner.cli", "build", "--project-dir", str(PROJECT)]
    command += ["--target-dir", str(folder), "--vars", given]
    with (folder.parent / f"{folder.name}-builder.txt").open("wb") as talk:
        return subprocess.Popen(command, cwd=REPOSITORY, stdout=talk, stderr=talk)


def _built(builder: subprocess.Popen[bytes]) -> None:
    if builder.wait(HANG):
        raise RuntimeError(f"the build failed by itself with exit code {builder.returncode}")


def _reader(serve: Path, report: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "benchmarks.published_reader", str(serve), str(report)]
    return subprocess.Popen(command, cwd=REPOSITORY)


def _pace(folder: Path, stamp: int) -> Pace:
    """Of a build beside the readers, as the builds to come are."""
    started = time.perf_counter()
    builder = _builder(folder, stamp)
    _wait_until(builder, _own_file(folder / "serve", builder).exists)
    publishing_at = time.perf_counter()
    _built(builder)
    ended = time.perf_counter()
    return Pace(ended - started, ended - publishing_at)


def _own_file(serve: Path, builder: subprocess.Popen[bytes]) -> Path:
    return serve / f".build-{builder.pid}.duckdb"


def _wait_until(builder: subprocess.Popen[bytes], is_so: Callable[[], bool]) -> None:
    while builder.poll() is None and not is_so():
        time.sleep(0.0002)


def _killed(builder: subprocess.Popen[bytes], serve: Path, pace: Pace, chance: random.Random) -> str:
    """Kills at a random moment: of the whole build, of publishing, or of swapping."""
    own = _own_file(serve, builder)
    before = (serve / "coterie.duckdb").readlink()
    aim = chance.choice(("build", "publish", "swap"))
    if aim == "build":
        time.sleep(chance.uniform(0, pace.building * 0.9))
    elif aim == "publish":
        delay = chance.uniform(0, pace.publishing)
        _wait_until(builder, own.exists)
        time.sleep(delay)
    else:
        delay = chance.uniform(0, SWAPPING)
        _wait_until(builder, lambda: _is_read_only(own))
        time.sleep(delay)
    is_running = builder.poll() is None
    builder.send_signal(signal.SIGKILL)
    builder.wait(HANG)
    if not is_running:
        return "after its end"
    if (serve / "coterie.duckdb").readlink() != before:
        return "after swapping"
    newest = max(serve.glob("coterie-*.duckdb")).name
    if _is_read_only(own) or newest > before.name:
        return "while swapping"
    return "while copying" if own.exists() else "before copying"


def _is_read_only(path: Path) -> bool:
    try:
        return path.stat().st_mode & 0o777 == 0o444
    except FileNotFoundError:
        return False


def _verified(serve: Path, allowed: set[int], outcome: Outcome) -> int:
    """The published version is whole and one of the `allowed`; returns its stamp."""
    sight = look(serve)
    if sight.is_mixture or sight.stamp not in allowed:
        outcome.broken_versions += 1
        outcome.examples.append(f"published: {sight}, not one of {allowed}")
    return sight.stamp


def _add_reader(outcome: Outcome, report: dict[str, int | list[str]]) -> None:
    outcome.reads += int(str(report["reads"]))
    outcome.reader_errors += int(str(report["errors"]))
    outcome.mixtures += int(str(report["mixtures"]))
    outcome.steps_back += int(str(report["steps_back"]))
    outcome.versions_seen = max(outcome.versions_seen, int(str(report["versions"])))
    outcome.examples += list(report["examples"])  # type: ignore[arg-type]


@click.command()
@click.option("--kills", default=100, show_default=True)
@click.option("--readers", default=4, show_default=True)
@click.option("--seed", default=1, show_default=True, help="Of the moments of killing.")
@click.option("--json", "as_json", is_flag=True, help="The outcome as JSON.")
def main(kills: int, readers: int, seed: int, as_json: bool) -> None:
    """Kill builders while readers query; 0 when nobody ever saw a fault."""
    with tempfile.TemporaryDirectory() as scratch:
        outcome = run(kills, readers, seed, Path(scratch) / "target")
    if as_json:
        print(json.dumps(asdict(outcome)))
    else:
        for name, value in asdict(outcome).items():
            print(f"{name.replace('_', ' '):22} {value}")
    sys.exit(0 if outcome.is_clean else 1)


if __name__ == "__main__":
    main()
