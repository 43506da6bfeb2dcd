select
    'café' as name
