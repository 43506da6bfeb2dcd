"""Points on two logarithmic axes: what is linear rises by 45 degrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log, log10

Series = Mapping[str, Sequence[tuple[int, float]]]
"""By name: size, and what it costs."""

WIDTH, HEIGHT, MARGIN = 640, 420, 60
COLOURS = ("#1b6ca8", "#c2571a", "#3a7d44", "#7a4988")


def exponent(points: Sequence[tuple[int, float]]) -> float:
    """The slope of the line through the logarithms: 1 is linear, 2 is quadratic."""
    logs = [(log(number), log(max(seconds, 1e-3))) for number, seconds in points]
    mean_x, mean_y = (sum(values) / len(logs) for values in zip(*logs))
    rise = sum((x - mean_x) * (y - mean_y) for x, y in logs)
    return rise / sum((x - mean_x) ** 2 for x, _ in logs)


def plot(series: Series, title: str) -> str:
    """The series as an SVG."""
    every = [point for points in series.values() for point in points]
    left, right = log10(min(x for x, _ in every)), log10(max(x for x, _ in every))
    low, high = log10(max(min(y for _, y in every), 1e-3)), log10(max(y for _, y in every))

    def place(x: float, y: float) -> tuple[float, float]:
        across = (log10(x) - left) / (right - left or 1)
        up = (log10(max(y, 1e-3)) - low) / (high - low or 1)
        return MARGIN + across * (WIDTH - 2 * MARGIN), HEIGHT - MARGIN - up * (HEIGHT - 2 * MARGIN)

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" '
        'font-size="12">',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="{MARGIN}" y="24">{title}</text>',
    ]
    for colour, (verb, points) in zip(COLOURS, series.items()):
        places = [place(*point) for point in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        lines.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for (x, y), (_, seconds) in zip(places, points):
            lines.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')
            lines.append(f'<text x="{x - 10:.1f}" y="{y - 8:.1f}" fill="{colour}">{seconds:.2f}</text>')
        x, y = places[-1]
        words = f"{verb}, N^{exponent(points):.2f}"
        lines.append(f'<text x="{x - 95:.1f}" y="{y + 16:.1f}" fill="{colour}">{words}</text>')
    for number in sorted({number for number, _ in every}):
        lines.append(f'<text x="{place(number, 1)[0] - 12:.1f}" y="{HEIGHT - 20}">{number:,}</text>')
    return "\n".join([*lines, "</svg>", ""])
