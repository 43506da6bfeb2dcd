select '{{ run_started_at }}' as built_at
