{# A text as plain words to compare: small letters, no accents, single spaces; "mother's" becomes
   "mothers", "30th" becomes "30 th". Example: {{ plain_words('gift_message') }} as words #}
{% macro plain_words(text) -%}
trim(regexp_replace(regexp_replace(regexp_replace(
            lower({{ without_accents(text) }}),
            '[''’]s\b', 's', 'g'), '[^\p{L}\p{N}]+', ' ', 'g'), ' *([0-9]+) *', ' \1 ', 'g'))
{%- endmacro %}

{# Whether a text of plain words holds a word or a phrase, not merely part of one.
   Example: {{ has_words('texts.words', 'vocabulary.words') }} #}
{% macro has_words(text, words) -%}
contains(' ' || {{ text }} || ' ', ' ' || {{ words }} || ' ')
{%- endmacro %}
