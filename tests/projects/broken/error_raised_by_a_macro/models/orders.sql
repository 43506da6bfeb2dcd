select '{{ store_table('baskets') }}' as name
