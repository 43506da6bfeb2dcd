"""Writes docs/cli.md from the commands' own help: `python -m tests.house.cli_page > docs/cli.md`."""

from __future__ import annotations

import click

from runner.cli import main

WIDTH = 100
INTRODUCTION = """\
<!-- Generated from the commands' own help by `make docs`. Do not edit. -->
# The commands

`make build` and `make test` are all a newcomer needs. They call the command `coterie`, which lies in
`.venv/bin` after the first of them.

- **stdout is data, stderr is talk.** What `coterie ls`, `show` and `plan` answer can be piped; progress,
  warnings and errors never mix with it. With `--log-format json` it is [one event a line](events.md).
- **A mistake** is told as `path:line:column: error: message`, then the line with a caret, then a hint.
- **A selection** is a name, a folder, `tag:…`, `path:…`, `file:…`, `source:…`, `config.materialized:…`,
  `resource_type:…`, `test_type:…` or `test_name:…`, with `+` before it for all parents and after it for all
  children (`2+name` for two generations, `@name` for the children with all their parents). A space unites, a
  comma intersects. Tests of what is selected come along.

| exit code | meaning |
|---|---|
| 0 | fine |
| 1 | the data said no: a failed test, a value that does not convert, a missing or corrupt source file |
| 2 | the author said something wrong: configuration, template, SQL, selection, command line |
| 3 | the world refused: another build holds the warehouse, the disk is full, no permission |
| 130 | interrupted |

Where several things went wrong, 2 goes before 3 and 3 before 1.
"""


def verbs() -> dict[str, click.Command]:
    return dict(sorted(main.commands.items()))


def page() -> str:
    parts = [INTRODUCTION, _section("coterie", main)]
    parts += [_section(f"coterie {name}", command) for name, command in verbs().items()]
    return "\n".join(parts)


def _section(title: str, command: click.Command) -> str:
    settings = {**main.context_settings, "terminal_width": WIDTH}
    with click.Context(command, info_name=title, **settings) as context:
        text = command.get_help(context)
    return f"## {title}\n\n```\n{text}\n```\n"


if __name__ == "__main__":
    click.echo(page(), nl=False)
