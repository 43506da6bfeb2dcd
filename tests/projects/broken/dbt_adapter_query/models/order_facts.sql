select {% for each in adapter.get_columns_in_relation(ref('orders')) %}{{ each.name }}{% endfor %}
from {{ ref('orders') }}
