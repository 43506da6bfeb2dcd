"""What readers find: all of one version or nothing new, whatever happens to the build."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from processes import REPOSITORY, SMALL, assert_no_traceback, built, coterie, query, stamped, write_project

PUBLISHED = {
    ("marts", "country_revenue"),
    ("marts", "customer_orders"),
    ("marts", "order_facts"),
    ("seeds", "countries"),
    ("segments", "seg_big_spender"),
    ("segments", "seg_one_timer"),
    ("segments", "segment_membership"),
    ("segments", "segment_sizes"),
}
RECORDS = {("_coterie", name) for name in ("contents", "models", "records", "runs", "run_steps")}


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One published build that the tests below only read."""
    folder = tmp_path_factory.mktemp("published") / "target"
    built(folder, *stamped(7))
    return folder


@pytest.fixture
def fresh(target: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may build into."""
    return shutil.copytree(target, tmp_path / "target", symlinks=True)


def refused(target: Path, *arguments: str, project: Path = SMALL) -> str:
    """What a build says that must not publish; what was published stays."""
    before = (target / "serve" / "coterie.duckdb").readlink()
    ended = coterie("build", "--target-dir", str(target), *arguments, project=project)
    assert_no_traceback(ended)
    assert "not published" in ended.stderr, ended.stderr
    assert (target / "serve" / "coterie.duckdb").readlink() == before
    return ended.stderr


def test_readers_never_notice_that_builds_are_killed() -> None:
    command = [sys.executable, "-m", "benchmarks.kill_readers", "--kills", "20", "--json"]
    ended = subprocess.run(command, cwd=REPOSITORY, check=False, capture_output=True, text=True)
    outcome = json.loads(ended.stdout or "{}")
    assert ended.returncode == 0, (outcome, ended.stderr)
    assert outcome["kills"] == sum(outcome["moments"].values()) == 20
    assert outcome["reader_errors"] == outcome["mixtures"] == outcome["broken_versions"] == 0
    assert outcome["reads"] > 40
    assert outcome["versions_seen"] > 1
    assert outcome["next_build_exit_code"] == 0


def test_only_included_tables_are_published(target: Path) -> None:
    tables = query(target, "select schema_name, table_name from duckdb_tables()")
    assert set(tables) == PUBLISHED | {("main", "about"), *RECORDS}
    assert query(target, "select count(*) from duckdb_views() where not internal") == [(0,)]


def test_the_file_is_read_only_and_has_no_log_beside_it(target: Path) -> None:
    file = (target / "serve" / "coterie.duckdb").resolve()
    assert file.stat().st_mode & 0o777 == 0o444
    assert not list((target / "serve").glob("*.wal"))
    assert not list((target / "serve").glob(".*"))


def test_links_are_relative_so_that_the_folder_may_be_moved(fresh: Path) -> None:
    moved = fresh.rename(fresh.with_name("moved"))
    assert query(moved, "select distinct build_stamp from marts.order_facts") == [(7,)]


def test_about_says_what_this_version_is(target: Path) -> None:
    rows = query(target, "select run_id, project, published_at, duckdb_version from about")
    assert len(rows) == 1
    run_id, project, published_at, duckdb_version = rows[0]
    assert (target / "serve" / "coterie.duckdb").readlink() == Path(f"coterie-{run_id}.duckdb")
    assert (project, duckdb_version) == ("small", duckdb.__version__)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", published_at)


def test_descriptions_are_comments(target: Path) -> None:
    tables = dict(query(target, "select table_name, comment from duckdb_tables()"))
    assert tables["order_facts"] == "What was bought, one row per order."
    columns = "select column_name, comment from duckdb_columns() where table_name = 'order_facts'"
    assert dict(query(target, columns))["order_id"] == "The shop's own number."


def test_parquet_holds_the_same_rows_as_the_file(target: Path) -> None:
    files = {path.relative_to(target / "serve" / "parquet").with_suffix("") for path in
             (target / "serve" / "parquet").rglob("*.parquet")}  # fmt: skip
    assert {tuple(file.parts) for file in files} == PUBLISHED
    for schema, table in sorted(PUBLISHED):
        parquet = f"'{target}/serve/parquet/{schema}/{table}.parquet'"
        for left, right in ((f"{schema}.{table}", parquet), (parquet, f"{schema}.{table}")):
            assert query(target, f"from {left} except all from {right}") == []


def test_the_storage_version_is_the_configured_one(target: Path) -> None:
    rows = query(target, "select tags from duckdb_databases() where not internal")
    assert "v1.4.0" in str(rows[0][0])


def test_a_storage_version_nobody_knows_is_the_authors_mistake(tmp_path: Path) -> None:
    project = shutil.copytree(SMALL, tmp_path / "project")
    settings = (project / "project.yml").read_text()
    (project / "project.yml").write_text(settings.replace("  keep: 2", "  keep: 2\n  storage_version: v9.9.9"))
    ended = coterie("build", "--target-dir", str(tmp_path / "target"), project=project)
    assert ended.exit_code == 2, ended.stderr
    assert "v9.9.9" in ended.stderr
    assert_no_traceback(ended)


def test_as_many_versions_are_kept_as_configured(fresh: Path, tmp_path: Path) -> None:
    project = shutil.copytree(SMALL, tmp_path / "project")
    settings = (project / "project.yml").read_text()
    (project / "project.yml").write_text(settings.replace("  keep: 2", "  keep: 2\n  min_age_hours: 0"))
    for stamp in (8, 9):
        built(fresh, *stamped(stamp), project=project)
    serve = fresh / "serve"
    assert len(list(serve.glob("coterie-*.duckdb"))) == 2
    assert len(list(serve.glob("parquet-*"))) == 2
    assert query(fresh, "select distinct build_stamp from marts.order_facts") == [(9,)]


def test_young_versions_outlive_the_count(fresh: Path) -> None:
    """A slow reader may have read the link, and not opened the file yet."""
    for stamp in (8, 9):
        built(fresh, *stamped(stamp))
    assert len(list((fresh / "serve").glob("coterie-*.duckdb"))) == 3
    assert len(list((fresh / "serve").glob("parquet-*"))) == 3


def test_an_open_connection_keeps_its_version(fresh: Path) -> None:
    path = fresh / "serve" / "coterie.duckdb"
    program = (
        "import duckdb, sys\n"
        "connection = duckdb.connect(sys.argv[1], read_only=True)\n"
        "for line in sys.stdin:\n"
        "    sql = 'select distinct build_stamp from marts.order_facts'\n"
        "    print(connection.execute(sql).fetchall(), flush=True)\n"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", program, str(path)], **pipes) as reader:
        seen = []
        for stamp in (8, 9, 10):
            reader.stdin.write("look\n")
            reader.stdin.flush()
            seen.append(reader.stdout.readline().strip())
            built(fresh, *stamped(stamp))
        reader.stdin.close()
    assert seen == ["[(7,)]"] * 3
    assert query(fresh, "select distinct build_stamp from marts.order_facts") == [(10,)]


def test_a_part_of_the_project_is_published_when_the_rest_is_of_the_same_state(fresh: Path) -> None:
    built(fresh, "--no-publish", *stamped(8))
    assert query(fresh, "select distinct build_stamp from marts.order_facts") == [(7,)]
    built(fresh, "segment_sizes", *stamped(8))
    assert query(fresh, "select distinct build_stamp from marts.order_facts") == [(8,)]


def test_a_part_of_the_project_is_not_published_when_the_rest_is_of_another_state(fresh: Path) -> None:
    said = refused(fresh, "country_revenue", *stamped(8))
    assert "of another state" in said
    for address in ("marts.order_facts", "segments.segment_membership"):
        assert address in said
    assert "seeds.countries" not in said
    built(fresh, *stamped(8))


def test_a_failed_error_test_prevents_publishing_and_skips_what_depends_on_it(fresh: Path) -> None:
    said = refused(fresh, *stamped(8, largest_amount=100))
    assert re.search(r"failed +test +amounts_are_plausible", said)
    skipped = set(re.findall(r"skipped +\w+ +(\S+) +because of amounts_are_plausible", said))
    assert {"marts.customer_orders", "segments.segment_membership"} <= skipped
    assert query(fresh, "select distinct build_stamp from marts.order_facts") == [(7,)]


def test_a_failed_error_test_is_exit_code_1_and_a_warning_0(fresh: Path) -> None:
    options = ["--target-dir", str(fresh)]
    failed = coterie("build", *options, *stamped(8, largest_amount=100))
    assert failed.exit_code == 1
    warned = coterie("build", *options, *stamped(9, usual_amount=100))
    assert warned.exit_code == 0, warned.stderr
    assert re.search(r"warned +test +amounts_are_usual", warned.stderr)
    assert query(fresh, "select distinct build_stamp from marts.order_facts") == [(9,)]


def test_a_failed_test_on_a_table_built_earlier_still_prevents_publishing(fresh: Path) -> None:
    failing = stamped(8, largest_amount=100)
    refused(fresh, *failing)
    said = refused(fresh, "segment_sizes", "seg_one_timer", *failing)
    assert "marts.order_facts" in said


def test_no_publish_builds_and_publishes_nothing(fresh: Path) -> None:
    said = refused(fresh, *stamped(8), "--no-publish")
    assert "not asked to" in said


def test_nothing_is_published_unless_the_project_says_where(tmp_path: Path) -> None:
    project = write_project(tmp_path / "project", {"models/one.sql": "select 1 as one\n"})
    ended = built(tmp_path / "target", project=project)
    assert "not published" in ended.stderr
    assert not (tmp_path / "target" / "serve").exists()


def test_a_value_shaped_like_an_e_mail_address_is_never_published(fresh: Path) -> None:
    project = shutil.copytree(SMALL, fresh.parent / "project")
    model = project / "models" / "segments" / "seg_one_timer.sql"
    leak = "max('Anna <anna.b@' || 'example.org>') over () as reason"
    model.write_text(model.read_text().replace("'one_order' as reason", leak))
    before = (fresh / "serve" / "coterie.duckdb").readlink()
    ended = coterie("build", "--target-dir", str(fresh), *stamped(8), project=project)
    assert ended.exit_code == 1, ended.stderr
    assert "e-mail" in ended.stderr
    assert "segments.seg_one_timer.reason" in ended.stderr
    assert "anna" not in ended.stderr, "the message must not repeat the address"
    assert (fresh / "serve" / "coterie.duckdb").readlink() == before
    assert not list((fresh / "serve").glob(".build-*"))


@pytest.mark.parametrize(
    "value",
    [
        "['x', 'anna@example.org']",
        "struct_pack(contact := 'anna@example.org')",
        "map(['contact'], ['anna@example.org'])",
        "to_json('anna@example.org')",
    ],
)
def test_an_e_mail_address_inside_a_nested_value_is_found_too(tmp_path: Path, value: str) -> None:
    files = {
        "project.yml": "name: tiny\nserve:\n  include: [main]\n",
        "models/nested.sql": f"{{{{ config(materialized='table') }}}}\nselect {value} as nested\n",
    }
    project = write_project(tmp_path / "project", files)
    ended = coterie("build", "--target-dir", str(tmp_path / "target"), project=project)
    assert ended.exit_code != 0, ended.stderr
    assert not (tmp_path / "target" / "serve" / "coterie.duckdb").exists()


def test_what_killed_builds_left_is_removed(fresh: Path) -> None:
    serve = fresh / "serve"
    (serve / ".build-99999.duckdb").write_bytes(b"half a file")
    (serve / ".build-99999.duckdb.wal").write_bytes(b"half a log")
    (serve / ".build-99999.parquet" / "marts").mkdir(parents=True)
    (serve / ".build-99999.parquet" / "marts" / "order_facts.parquet").write_bytes(b"PAR1")
    (serve / ".link-99999").symlink_to("nowhere")
    built(fresh, *stamped(8))
    assert not list(serve.glob(".*"))
    assert query(fresh, "select distinct build_stamp from marts.order_facts") == [(8,)]
