{# A text as plain words with single spaces, to be compared: lower case, no accents, "mother's" as "mothers", "30th" as
   "30 th". Example: {{ plain_words("'Für Mama!'") }} gives 'fur mama' #}
{% macro plain_words(text) -%}
trim(regexp_replace(regexp_replace(regexp_replace(
    lower({{ without_accents(text) }}), '[''’]s\b', 's', 'g'), '[^\p{L}\p{N}]+', ' ', 'g'), ' *([0-9]+) *', ' \1 ', 'g'))
{%- endmacro %}

{# Whether a text of plain words holds a word or phrase of plain words. Example: {{ has_words("'dear mom'", "'mom'") }} #}
{% macro has_words(text, words) -%}
contains(' ' || {{ text }} || ' ', ' ' || {{ words }} || ' ')
{%- endmacro %}
