"""Where a project's files are: project.yml, vars, macros; what the command line says of vars. Makes no nodes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from runner.config import read_shape, read_text, read_yaml
from runner.errors import AuthorError, Place, did_you_mean
from runner.shapes import ProjectFile
from runner.templates import BUILTIN

PROJECT_FILES = ("project.yml", "dbt_project.yml")
"""The first that is there is read."""


def project_file(*names: str) -> ProjectFile:
    name = next((each for each in names if Path(each).is_file()), None)
    if name is None:
        hint = "go to the project's folder, or name it with --project-dir"
        raise AuthorError(f"no {names[0]} in {Path.cwd()}", hint=hint)
    return read_shape(ProjectFile, read_yaml(name, read_text(Path(name))), Place(name))


def refuse_unknown_vars(file: ProjectFile, overrides: Mapping[str, Any]) -> None:
    """A misspelt var would build another shop than the one that was meant."""
    unknown = [name for name in overrides if name not in own_vars(file)]
    if not unknown:
        return
    folders = (*file.model_paths, *file.macro_paths, *file.test_paths)
    texts = [read_text(path) for path in files_in(folders, ".sql", ".yml", ".yaml")]
    texts.append(read_text(Path(file.place.path)))
    for name in unknown:
        if not any(f"'{name}'" in text or f'"{name}"' in text for text in texts):
            hint = did_you_mean(name, own_vars(file), "no template reads it")
            raise AuthorError(f"unknown var `{name}`", place=Place("--vars", 1, 2), hint=hint)


def own_vars(file: ProjectFile) -> dict[str, Any]:
    own = file.vars.get(file.name)
    return {**file.vars, **own} if isinstance(own, dict) else dict(file.vars)


def macro_files(file: ProjectFile) -> dict[str, str]:
    """Everything that defines macros: macros/, generic tests, doc blocks, snapshot blocks."""
    found = {name: Path(__file__).with_name(name).read_text(encoding="utf-8") for name in BUILTIN}
    generic = [path for path in files_in(file.test_paths, ".sql") if "generic" in path.parts]
    for path in [*files_in(file.macro_paths, ".sql"), *generic, *files_in(file.snapshot_paths, ".sql")]:
        found[str(path)] = read_text(path)
    documented = file.docs_paths or (*file.model_paths, *file.seed_paths, *file.macro_paths, *file.test_paths)
    for path in sorted(set(files_in(documented, ".md"))):
        text = read_text(path)
        if "{% docs" in text or "{%- docs" in text:
            found[str(path)] = text
    return found


def files_in(folders: Iterable[str], *suffixes: str) -> list[Path]:
    return sorted(path for folder in folders for suffix in suffixes for path in Path(folder).rglob(f"*{suffix}"))


def overrides(vars_text: str | None, as_of: str | None) -> dict[str, Any]:
    """Raises AuthorError for what is neither a mapping nor a date."""
    given = read_yaml("--vars", "{}" if vars_text is None else vars_text)
    if not isinstance(given, dict):
        hint = "write it as YAML: --vars '{store: online_retail, store_path: data}'"
        raise AuthorError("--vars must be keys and values", place=Place("--vars"), hint=hint)
    return given if as_of is None else {**given, "as_of": _moment(as_of)}


def _moment(text: str) -> str:
    if text == "today":
        return datetime.now(UTC).date().isoformat()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as e:
        hint = "for example 2026-11-01, or 2026-11-01T06:30, or today"
        raise AuthorError(f"`{text}` is not a date", place=Place("--as-of"), hint=hint) from e
    moment = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    is_date = not set("T: ") & set(text)
    return moment.date().isoformat() if is_date else moment.isoformat(sep=" ")
