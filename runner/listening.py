"""Who listens to a verb: a person or a program, and whoever the environment of a CI run asks for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from runner import console
from runner.voice import Listener, Voice


def voice_of(verb: str, log_format: str, junit: Path | None, env: Mapping[str, str]) -> Voice:
    """Each listener is loaded only where somebody wants it."""
    told: Listener
    if log_format == "json":
        from runner.events import JsonLines

        told = JsonLines(console.talk)
    else:
        told = console.Text()
    voice = Voice(told)
    if env.get("GITHUB_ACTIONS") == "true" and log_format == "text":  # a workflow command is no JSON
        from runner.github import Annotations

        voice.listeners.append(Annotations(console.talk, Path(env.get("GITHUB_WORKSPACE") or ".").resolve()))
    if env.get("GITHUB_STEP_SUMMARY"):
        from runner.github import StepSummary

        voice.listeners.append(StepSummary(Path(env["GITHUB_STEP_SUMMARY"]).absolute(), verb))
    if junit is not None:
        from runner.junit import Report

        voice.listeners.append(Report(junit))
    return voice
