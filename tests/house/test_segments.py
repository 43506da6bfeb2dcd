"""A segment is in the catalog, in the var that the membership loops over, and in a file."""

import csv
import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]


def catalog() -> list[dict[str, str]]:
    with (ROOT / "seeds/segments/segment_catalog.csv").open(newline="") as lines:
        return sorted(csv.DictReader(lines), key=lambda row: int(row["priority"]))


def test_var_catalog_and_files_name_the_same_segments():
    listed = yaml.safe_load((ROOT / "project.yml").read_text())["vars"]["segments"]
    files = (ROOT / "models/segments").glob("seg_*.sql")
    assert set(listed) == {path.stem.removeprefix("seg_") for path in files}
    assert listed == [row["segment_id"] for row in catalog()]


def test_segment_primary_decides_in_the_order_of_the_catalog():
    text = (ROOT / "models/segments/segment_primary.sql").read_text()
    rules = text[: text.index("end as segment")]
    decided = list(dict.fromkeys(re.findall(r"\b(?:then|else)\s+'(\w+)'", rules)))
    assert decided == [row["segment_id"] for row in catalog() if row["kind"] == "primary"]
