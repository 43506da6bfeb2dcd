"""Where in the author's files a character of rendered SQL comes from.

Works by rendering once more with marks woven in, so that the ordinary render costs nothing.
Refuses to guess silently: where the marked render differs, it falls back to the same line of text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from runner.errors import Place, place_in
from runner.templates import Templates

# private-use characters: TEXT id END before literal text, OPEN id END … CLOSE around {{ … }}
TEXT, END, OPEN, CLOSE = "\ue000", "\ue001", "\ue002", "\ue003"
Found = tuple[Place, tuple[Place, ...]]
"""A place, and the calls that led to it."""
MARK = re.compile(f"{TEXT}([0-9]+){END}|{OPEN}([0-9]+){END}|{CLOSE}")


@dataclass(frozen=True)
class Span:
    """Rendered text from `start` on comes from one place, reached through `callers`."""

    start: int
    origin: int
    is_text: bool
    callers: tuple[int, ...]


class MarkedTemplates(Templates):
    """The same templates, with a mark before each piece of text and around each expression."""

    def __init__(self, macro_files: Mapping[str, str]) -> None:
        self.origins: list[tuple[str, int]] = []
        super().__init__(macro_files)

    def prepared(self, path: str, text: str) -> str:
        pieces: list[str] = []
        at = end = 0
        for _, token, value in self.env.lexer.tokeniter(text, path, path):
            at = text.find(value, end)
            opened = self._mark(OPEN, path, at) if token == "variable_begin" else ""
            literal = self._mark(TEXT, path, at) if token == "data" else ""
            closed = CLOSE if token == "variable_end" else ""
            pieces += [opened, text[end:at], literal, value, closed]
            end = at + len(value)
        return "".join(pieces) + text[end:]

    def _mark(self, kind: str, path: str, offset: int) -> str:
        self.origins.append((path, offset))
        return f"{kind}{len(self.origins) - 1}{END}"

    def place(self, marked: str, offset: int) -> Found | None:
        """The place of a character of the text without marks, and the calls that led to it."""
        spans = _spans(marked)
        if not spans:
            return None
        span = spans[max(0, bisect_right([each.start for each in spans], offset) - 1)]
        path, start = self.origins[span.origin]
        shift = offset - span.start if span.is_text else 0
        here = place_in(path, self.texts[path], start + shift)
        callers = [self.origins[each] for each in reversed(span.callers)]
        via = tuple(place_in(path, self.texts[path], at) for path, at in callers)
        return here, tuple(each for each in via if each.path not in ("", here.path))


def _spans(marked: str) -> list[Span]:
    spans: list[Span] = []
    length = end = 0
    stack: list[int] = []
    for mark in MARK.finditer(marked):
        length += mark.start() - end
        end = mark.end()
        if mark[1] or mark[2] or stack:
            origin = int(mark[1] or mark[2] or stack.pop())
            spans.append(Span(length, origin, bool(mark[1]), tuple(stack)))
            stack += [origin] if mark[2] else []
    return spans


def same_line(path: str, text: str, rendered: str, offset: int) -> Place:
    """Where the failing line of `rendered` stands in `text`; the first line if it does not."""
    start = rendered.rfind("\n", 0, offset) + 1
    line = rendered[start:].partition("\n")[0]
    found = f"\n{text}\n".find(f"\n{line}\n") if line.strip() else -1
    return place_in(path, text, found + offset - start if found >= 0 else 0)
