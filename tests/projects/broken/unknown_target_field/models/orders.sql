select '{{ target.nmae }}' as target
