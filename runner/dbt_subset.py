"""What of dbt we refuse by name, and the feature each name belongs to."""

from __future__ import annotations

from collections.abc import Mapping

HINT = "docs/dbt.md lists what of dbt is supported"


def _by_name(features: Mapping[str, str]) -> dict[str, str]:
    return {name: feature for feature, names in features.items() for name in names.split()}


KEYS = _by_name(
    {
        "metrics": "metrics",
        "the semantic layer": "semantic_models saved_queries",
        "groups": "groups group access",
        "snapshots": "snapshots",
        "analyses": "analyses",
        "packages": "packages",
        "hooks": "on_run_start on_run_end",
        "adapter dispatch": "dispatch",
        "model versions": "versions latest_version",
        "overriding a package's source": "overrides",
        "dbt's external tables (use meta: {external_location: …})": "external",
    }
)
"""Keys in YAML files."""

SETTINGS = _by_name(
    {
        "hooks": "pre_hook post_hook pre-hook post-hook",
        "grants": "grants",
        "incremental models": "unique_key incremental_strategy on_schema_change",
        "microbatch models": "event_time batch_size begin lookback",
        "several databases": "database",
        "packages": "packages",
    }
)
"""Settings of a model or a seed."""

TEMPLATE_NAMES = _by_name(
    {
        "queries while rendering": "run_query execute statement load_result",
        "adapter dispatch": "adapter dbt",
        "packages": "dbt_utils",
        "the graph in templates": "graph",
        "the wall clock in templates (use var('as_of'))": "run_started_at",
        "Python modules in templates": "modules",
        "run ids in templates": "invocation_id",
    }
)
"""Names in templates."""

SELECTION_METHODS = "state result exposure metric package group access version".split()
