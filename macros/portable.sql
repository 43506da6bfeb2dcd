{# Text with plain Latin letters: Ánna Ødegård -> Anna Odegard. Example: {{ without_accents('first_name') }} #}
{% macro without_accents(text) -%}
translate(replace(strip_accents({{ text }}), 'ß', 'ss'), 'øØłŁđĐðÐæÆœŒ', 'oOlLdDdDaAoO')
{%- endmacro %}

{# A part of what the first card that has the thing says of it. Example: {{ of_first_card('city', 'address1') }} as city #}
{% macro of_first_card(part, thing) -%}
nullif(min_by(coalesce({{ part }}, ''), card_rank) filter (where {{ thing }} is not null), '')
{%- endmacro %}
