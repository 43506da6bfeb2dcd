"""Virtual environments apart from ours, made once below target/bench/ and then found again."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

BENCH = Path(__file__).resolve().parents[1] / "target" / "bench"


def python_with(name: str, *requirements: str) -> Path:
    """The Python of the environment `name`, which holds `requirements`."""
    folder = BENCH / name
    python = folder / "bin" / "python"
    mark = folder / "requirements.txt"
    wanted = "\n".join(requirements) + "\n"
    if not mark.is_file() or mark.read_text() != wanted:
        print(f"installing {', '.join(requirements)} in {folder} (once)", file=sys.stderr)
        venv.create(folder, clear=True, with_pip=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, *requirements], check=True)
        mark.write_text(wanted)
    return python
