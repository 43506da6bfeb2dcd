"""Who reads the tables outside of the project, as YAML declares it: dashboards, notebooks, applications.

Nothing is built from an exposure; it must name what is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from runner.compile import Compiler, Manifest
from runner.errors import AuthorError, CoterieError, Problems, blamed_on, refuse_unknown
from runner.scope import Reading
from runner.shapes import Exposure

TYPES = ("dashboard", "notebook", "analysis", "ml", "application")


@dataclass(frozen=True)
class Exposed:
    """One exposure, and what it says it reads."""

    shape: Exposure
    reading: Reading


def exposures(manifest: Manifest) -> Mapping[str, Exposed]:
    """By name. Raises Problems with every exposure that dbt would refuse, or that names what is not there."""
    compiler = Compiler(manifest.project)
    found: dict[str, Exposed] = {}
    errors: list[CoterieError] = []
    for shape in (each for file in manifest.project.files for each in file.exposures):
        if shape.config.get("enabled") is False:
            continue
        try:
            if shape.name in found:
                message = f"the exposure `{shape.name}` is already declared at {found[shape.name].shape.place}"
                raise AuthorError(message, place=shape.place, hint="rename one of the two")
            found[shape.name] = _exposed(shape, compiler)
        except CoterieError as e:
            errors.append(e)
    if errors:
        raise Problems(errors)
    return found


def _exposed(shape: Exposure, compiler: Compiler) -> Exposed:
    refuse_unknown(shape.type, TYPES, f"an exposure cannot be a `{shape.type}`", shape.at("type"))
    if not {"name", "email"} & set(shape.owner):
        hint = "owner: {name: …, email: …}, one of them is enough"
        raise AuthorError(f"the exposure `{shape.name}` has no owner", place=shape.at("owner"), hint=hint)
    reading = Reading()
    scope = replace(compiler.project.scope, resolver=compiler)
    for call, place in zip(shape.depends_on, shape.depends_on.places()) if shape.depends_on else ():
        if not str(call).startswith(("ref(", "source(")):
            message = f"an exposure depends on ref(…) or source(…), not on `{call}`"
            raise AuthorError(message, place=place, hint="write ref('…') around the model's name")
        with blamed_on(place):
            rendered = compiler.templates.render("", "{{ " + str(call) + " }}", scope)
        reading.add(rendered.reading)
    return Exposed(shape, reading)
