{% macro identity_key(column) %}sha256('salt' || {{ column }}){% endmacro %}
