{# A text as its words, small, with single spaces, accents as written; "Mother's" becomes "mothers", "30th"
   becomes "30 th". Example: {{ spaced_words('gift_message') }} as words_as_written #}
{% macro spaced_words(text) -%}
trim(regexp_replace(regexp_replace(regexp_replace(
            lower({{ text }}),
            '[''’]s\b', 's', 'g'), '[^\p{L}\p{N}]+', ' ', 'g'), ' *([0-9]+) *', ' \1 ', 'g'))
{%- endmacro %}

{# The same without accents, to compare. Example: {{ plain_words('gift_message') }} as words #}
{% macro plain_words(text) -%}
{{ spaced_words(without_accents(text)) }}
{%- endmacro %}

{# Whether a text of plain words holds a word or a phrase, not merely part of one.
   Example: {{ has_words('texts.words', 'vocabulary.words') }} #}
{% macro has_words(text, words) -%}
contains(' ' || {{ text }} || ' ', ' ' || {{ words }} || ' ')
{%- endmacro %}
