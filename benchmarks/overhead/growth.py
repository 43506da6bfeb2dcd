"""Time against the number of models: is anything quadratic? A table, an exponent, and a plot."""

from __future__ import annotations

from pathlib import Path

from benchmarks.loglog import Series, exponent, plot


def report(series: Series, file: Path) -> None:
    sizes = [number for number, _ in next(iter(series.values()))]
    print("\nCPU seconds beyond an empty project, by number of models")
    print(f"  {'':10}" + "".join(f"{size:>9,}" for size in sizes) + f"{'exponent':>11}")
    for verb, points in series.items():
        print(f"  {verb:10}" + "".join(f"{seconds:>9.2f}" for _, seconds in points) + f"{exponent(points):>11.2f}")
    file.write_text(plot(series, "CPU seconds beyond an empty project, by number of models (logarithmic)"))
    print(f"  plotted in {file}")
