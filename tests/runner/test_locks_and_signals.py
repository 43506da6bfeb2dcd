"""What the world does to a build: another build, Ctrl-C, a full disk, no memory, no permission."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from processes import HANG, SMALL, assert_no_traceback, built, coterie, ended, query, stamped, started, write_project

SLOW = {
    "project.yml": """\
name: slow
vars:
  store: one
  store_path: somewhere
  build_stamp: 1
  is_slow: false
models:
  slow:
    +schema: marts
    +materialized: table
serve:
  path: target/serve
  include: [marts]
""",
    "models/quick.sql": "select {{ var('build_stamp') }} as build_stamp\n",
    # far more than anybody waits for, and nothing that a query could skip
    "models/slow.sql": """\
select count(*) as pair_count, max(quick.build_stamp) as build_stamp
from {{ ref('quick') }} as quick
cross join range({{ 10000000 if var('is_slow') else 1 }}) as lefts (a)
cross join range({{ 10000000 if var('is_slow') else 1 }}) as rights (b)
where (a * b) % 7 <> 3
""",
}

ENDLESS = """\
{{ config(materialized='view') }}
select count(*) as pair_count
from range(10000000) as lefts (a)
cross join range(10000000) as rights (b)
where (a * b) % 7 <> 3
"""
"""A view that takes for ever: not when it is built, but when it is read."""


@pytest.fixture(scope="module")
def slow_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_project(tmp_path_factory.mktemp("slow"), SLOW)


@pytest.fixture
def target(slow_project: Path, tmp_path: Path) -> Path:
    """A target folder where version 1 is published."""
    built(tmp_path / "target", project=slow_project)
    return tmp_path / "target"


@pytest.fixture
def running(slow_project: Path, target: Path) -> Iterator[subprocess.Popen[str]]:
    """A build of version 2 that holds the warehouse, in the middle of its slow model."""
    options = ["--target-dir", str(target), *stamped(2, is_slow="true")]
    process = started("build", *options, project=slow_project)
    assert process.stderr is not None
    for line in process.stderr:
        if "marts.quick" in line:
            break
    yield process
    process.kill()
    process.communicate(timeout=HANG)


def published_stamp(target: Path) -> int:
    return int(query(target, "select build_stamp from marts.slow")[0][0])


def test_a_second_build_says_who_holds_the_warehouse(
    slow_project: Path, target: Path, running: subprocess.Popen[str]
) -> None:
    second = coterie("build", "--target-dir", str(target), project=slow_project)
    assert second.exit_code == 3, second.stderr
    assert f"PID {running.pid}" in second.stderr
    assert "--target-dir" in second.stderr
    assert_no_traceback(second)
    assert running.poll() is None


def test_another_target_folder_is_free_while_a_build_runs(
    slow_project: Path, tmp_path: Path, running: subprocess.Popen[str]
) -> None:
    built(tmp_path / "another", project=slow_project)
    assert running.poll() is None


def test_the_lock_of_a_killed_build_does_not_block(
    slow_project: Path, target: Path, running: subprocess.Popen[str]
) -> None:
    running.send_signal(signal.SIGKILL)
    running.wait(HANG)
    assert published_stamp(target) == 1
    built(target, *stamped(3), project=slow_project)
    assert published_stamp(target) == 3


@pytest.mark.parametrize("delay", [0, 0.001, 0.002, 0.004, 0.5])
def test_ctrl_c_stops_at_once_and_keeps_the_last_version(
    slow_project: Path, target: Path, running: subprocess.Popen[str], delay: float
) -> None:
    time.sleep(delay)  # the moment when a statement starts is the hard one
    began = time.monotonic()
    running.send_signal(signal.SIGINT)
    stopped = ended(running, within=60)
    took = time.monotonic() - began
    assert stopped.exit_code == 130, stopped.stderr
    assert "interrupted" in stopped.stderr
    assert_no_traceback(stopped)
    assert took < 3, "a second is promised; the rest is for a busy machine"
    assert published_stamp(target) == 1
    built(target, *stamped(3), project=slow_project)
    assert published_stamp(target) == 3


def test_a_second_ctrl_c_is_no_worse(target: Path, running: subprocess.Popen[str]) -> None:
    running.send_signal(signal.SIGINT)
    time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    stopped = ended(running, within=60)
    assert stopped.exit_code in (130, -signal.SIGINT), stopped.stderr
    assert published_stamp(target) == 1


def test_ctrl_c_during_publishing_keeps_the_last_version(tmp_path: Path) -> None:
    project, target = write_project(tmp_path / "project", SLOW), tmp_path / "target"
    built(target, project=project)
    (project / "models" / "endless.sql").write_text(ENDLESS)
    process = started("build", "--target-dir", str(target), project=project)
    while process.poll() is None and not list((target / "serve").glob(".build-*")):
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    stopped = ended(process, within=60)
    assert stopped.exit_code == 130, stopped.stderr
    assert_no_traceback(stopped)
    assert not list((target / "serve").glob(".build-*"))
    assert published_stamp(target) == 1


def has_open(process: subprocess.Popen[str], file: Path) -> bool:
    for each in Path(f"/proc/{process.pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed while we look
            if each.samefile(file):
                return True
    return False


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="nobody tells what is open")
@pytest.mark.parametrize("delay", [0, 0.2, 0.5])
def test_ctrl_c_during_show_is_no_accident(tmp_path: Path, delay: float) -> None:
    """Again and again: the engine loses every third interrupt of the main thread."""
    files = {"models/endless.sql": ENDLESS}
    project, target = write_project(tmp_path / "project", files), tmp_path / "target"
    built(target, project=project)
    process = started("show", "endless", "--target-dir", str(target), project=project)
    try:
        while process.poll() is None and not has_open(process, target / "warehouse.duckdb"):
            time.sleep(0.005)
        time.sleep(delay)  # before the query or into it: both must end the same way
        process.send_signal(signal.SIGINT)
        stopped = ended(process, within=60)
    finally:
        process.kill()  # it would go on for ever
    assert stopped.exit_code == 130, stopped.stderr
    assert_no_traceback(stopped)


@pytest.mark.parametrize("verb", ["show", "test", "plan"])
def test_reading_verbs_take_the_published_version_while_a_build_runs(
    slow_project: Path, target: Path, running: subprocess.Popen[str], verb: str
) -> None:
    names = ["slow"] if verb == "show" else []
    read = coterie(verb, *names, "--target-dir", str(target), project=slow_project)
    assert read.exit_code == 0, read.stderr
    assert "published version" in read.stderr
    if verb == "show":
        assert read.stdout.split()[-1] == "1"
    assert running.poll() is None


def test_show_without_a_published_version_says_who_holds_the_warehouse(
    slow_project: Path, target: Path, running: subprocess.Popen[str]
) -> None:
    shutil.rmtree(target / "serve")
    shown = coterie("show", "quick", "--target-dir", str(target), project=slow_project)
    assert shown.exit_code == 3, shown.stderr
    assert f"PID {running.pid}" in shown.stderr


def test_a_full_disk_is_a_clear_error_and_loses_nothing(tmp_path: Path) -> None:
    target = tmp_path / "target"
    built(target, *stamped(1))
    more = stamped(2, order_count=200_000)
    size = (target / "warehouse.duckdb").stat().st_size + 500_000
    options = ["--target-dir", str(target), *more]
    full = ended(started("build", *options, largest_file=size))
    assert full.exit_code == 3, full.stderr
    assert "free disk space" in full.stderr
    assert_no_traceback(full)
    assert query(target, "select distinct build_stamp from marts.order_facts") == [(1,)]
    built(target, *more)
    assert query(target, "select distinct build_stamp from marts.order_facts") == [(2,)]


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MB, where mounting one is permitted."""
    place = tmp_path / "tiny"
    place.mkdir()
    mount = [shutil.which("mount") or "false", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting a small file system is not permitted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_fills_up_while_publishing_keeps_the_last_version(tiny_disk: Path, tmp_path: Path) -> None:
    project = shutil.copytree(SMALL, tmp_path / "project")
    settings = (project / "project.yml").read_text()
    (project / "project.yml").write_text(settings.replace("target/serve", f"{tiny_disk}/serve"))
    target = tmp_path / "target"
    (target / "serve").parent.mkdir()
    (target / "serve").symlink_to(tiny_disk / "serve")
    built(target, *stamped(1), project=project)
    more = stamped(2, order_count=400_000)
    full = coterie("build", "--target-dir", str(target), *more, project=project)
    assert full.exit_code == 3, full.stderr
    assert "free disk space" in full.stderr
    assert "last version stays" in full.stderr
    assert_no_traceback(full)
    assert query(target, "select distinct build_stamp from marts.order_facts") == [(1,)]
    assert not list((tiny_disk / "serve").glob(".build-*")), "a full disk must be given back"
    built(target, *stamped(3), project=project)
    assert query(target, "select distinct build_stamp from marts.order_facts") == [(3,)]


def test_too_little_memory_is_a_clear_error_and_loses_nothing(tmp_path: Path) -> None:
    settings = SLOW["project.yml"] + "warehouse:\n  memory_limit: 60MB\n"
    # a list cannot go to disk, however much of it there is
    greedy = "select list(n) as numbers from range({{ var('numbers', 1) }}) as t (n)\n"
    files = SLOW | {"project.yml": settings, "models/greedy.sql": greedy}
    project, target = write_project(tmp_path / "project", files), tmp_path / "target"
    built(target, *stamped(1), project=project)
    options = ["--target-dir", str(target), *stamped(2, numbers=200_000_000)]
    poor = coterie("build", *options, project=project)
    assert poor.exit_code == 3, poor.stderr
    assert "models/greedy.sql:1" in poor.stderr
    assert "memory_limit" in poor.stderr
    assert_no_traceback(poor)
    assert published_stamp(target) == 1
    built(target, *stamped(3), project=project)
    assert published_stamp(target) == 3


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_target_folder_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    refused = coterie("build", "--target-dir", str(tmp_path / "target"))
    tmp_path.chmod(0o755)
    assert refused.exit_code == 3, refused.stderr
    assert "--target-dir" in refused.stderr
    assert_no_traceback(refused)


def test_a_target_folder_that_is_a_file_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("not a folder")
    refused = coterie("build", "--target-dir", str(tmp_path / "target"))
    assert refused.exit_code in (2, 3), refused.stderr
    assert_no_traceback(refused)


def test_a_warehouse_that_is_not_one_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "warehouse.duckdb").write_text("not a database, whatever its name says\n" * 500)
    refused = coterie("build", "--target-dir", str(tmp_path))
    assert refused.exit_code == 3, refused.stderr
    assert "warehouse.duckdb" in refused.stderr
    assert_no_traceback(refused)


def test_a_target_folder_belongs_to_one_store(slow_project: Path, target: Path) -> None:
    options = ["--target-dir", str(target), "--vars", "{store: another, store_path: elsewhere}"]
    refused = coterie("build", *options, project=slow_project)
    assert refused.exit_code == 2, refused.stderr
    assert "another" in refused.stderr
    assert "--target-dir" in refused.stderr
    assert published_stamp(target) == 1
