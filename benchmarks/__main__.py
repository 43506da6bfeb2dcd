"""Every benchmark, one after the other; fails when one of them does."""

from __future__ import annotations

import subprocess
import sys

COMMANDS = (
    ("overhead", "--dbt", "--sqlmesh"),
    ("diff",),
    ("kill_readers",),
    ("kill_builds",),
    ("clients",),
    ("dbt_parity",),
    ("truth",),
)


def main() -> int:
    failed = []
    for name, *options in COMMANDS:
        print(f"\n== python -m benchmarks.{' '.join((name, *options))}", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}", *options]
        if subprocess.run(command, check=False).returncode:
            failed.append(name)
    print("\nfailed: " + ", ".join(failed) if failed else "\nall that must hold does")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
