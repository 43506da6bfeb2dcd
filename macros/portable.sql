{# Text with plain Latin letters: Ánna Ødegård -> Anna Odegard; most texts have no other (as many bytes as letters).
   Example: {{ without_accents('first_name') }} #}
{% macro without_accents(text) -%}
case
        when strlen({{ text }}) = length({{ text }}) then {{ text }}
        else translate(
            replace(replace(strip_accents({{ text }}), 'ß', 'ss'), 'ẞ', 'SS'), 'øØłŁđĐðÐæÆœŒ', 'oOlLdDdDaAoO'
        )
    end
{%- endmacro %}

{# A part of what the first card that has the thing says of it.
   Example: {{ of_first_card('city', 'address1') }} as city #}
{% macro of_first_card(part, thing) -%}
nullif(min_by(coalesce({{ part }}, ''), card_rank) filter (where {{ thing }} is not null), '')
{%- endmacro %}

{# A moment so many seconds later. Example: {{ seconds_later('shipped_at', 'median_transit_seconds') }} #}
{% macro seconds_later(moment, seconds) -%}
{{ moment }} + to_seconds(cast(round({{ seconds }}) as bigint))
{%- endmacro %}
