"""A gift signal is a row of the seed and a model of its name, which gift_signals unites; nothing else."""

import csv
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "models/marts/gifting"


def test_seed_files_and_the_union_name_the_same_signals():
    with (ROOT / "seeds/gifting/gift_signal_weights.csv").open(newline="") as lines:
        codes = [row["code"] for row in csv.DictReader(lines)]
    files = {path.stem.removeprefix("gift_signal_") for path in (FOLDER / "signals").glob("gift_signal_*.sql")}
    united = re.findall(r"ref\('gift_signal_(?!weights)(\w+)'\)", (FOLDER / "gift_signals.sql").read_text())
    assert set(codes) == files
    assert codes == united
