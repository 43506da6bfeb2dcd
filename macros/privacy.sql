{# Stands for a value without telling it; the only way from a direct identifier to a column that marts may read.
   Example: {{ identity_key(normal_email('email')) }} as email_key #}
{% macro identity_key(value) -%}
sha256('{{ env_var("COTERIE_KEY_SALT", "demo") | replace("'", "''") }}' || nullif({{ value }}, ''))
{%- endmacro %}

{# An e-mail as mailboxes see it; what cannot be an address is none. Dots and plus signs count: some hosts heed them.
   Example: {{ normal_email('email') }} as email #}
{% macro normal_email(email) -%}
case when trim({{ email }}) like '%_@_%._%' then lower(trim({{ email }})) end
{%- endmacro %}

{# Letters and digits alone, small, without accents: Sânt-Anna 5 -> santanna5. Example: {{ normal_text('city') }} #}
{% macro normal_text(text) -%}
regexp_replace(lower({{ without_accents(text) }}), '[^\p{L}\p{N}]', '', 'g')
{%- endmacro %}

{# What was dialled, digits alone; the 0 in (0) is not for callers from abroad.
   Example: {{ dialled_digits('phone') }} as dialled_digits #}
{% macro dialled_digits(phone) -%}
regexp_replace(replace({{ phone }}, '(0)', ''), '[^0-9]', '', 'g')
{%- endmacro %}

{# One number, however it was written: the digits that reach it from abroad. Reads the columns dialled_digits and
   calling_code beside it; Italy's leading 0 is part of the number. Example: {{ normal_phone('phone') }} #}
{% macro normal_phone(phone) -%}
case
        when length(dialled_digits) < 7 then null
        when trim({{ phone }}) like '+%' then dialled_digits
        when dialled_digits like '00%' then substr(dialled_digits, 3)
        when dialled_digits like '0%' and calling_code <> '39'
            then calling_code || substr(dialled_digits, 2)
        when length(dialled_digits) > 10 and starts_with(dialled_digits, calling_code)
            then dialled_digits
        else coalesce(calling_code, '') || dialled_digits
    end
{%- endmacro %}

{# The digits that reach a country from abroad; NULL where the list does not say: RO -> 40.
   Example: {{ calling_code('country_code') }} as calling_code #}
{% macro calling_code(country) -%}
case upper(trim({{ country }}))
            when 'US' then '1' when 'CA' then '1' when 'GR' then '30' when 'NL' then '31' when 'BE' then '32'
            when 'FR' then '33' when 'ES' then '34' when 'HU' then '36' when 'IT' then '39' when 'RO' then '40'
            when 'CH' then '41' when 'AT' then '43' when 'GB' then '44' when 'DK' then '45' when 'SE' then '46'
            when 'NO' then '47' when 'PL' then '48' when 'DE' then '49' when 'PE' then '51' when 'MX' then '52'
            when 'AR' then '54' when 'BR' then '55' when 'CL' then '56' when 'CO' then '57' when 'MY' then '60'
            when 'AU' then '61' when 'ID' then '62' when 'PH' then '63' when 'NZ' then '64' when 'SG' then '65'
            when 'TH' then '66' when 'JP' then '81' when 'KR' then '82' when 'CN' then '86' when 'TR' then '90'
            when 'IN' then '91' when 'ZA' then '27' when 'PT' then '351' when 'LU' then '352' when 'IE' then '353'
            when 'FI' then '358' when 'BG' then '359' when 'HR' then '385' when 'SI' then '386' when 'CZ' then '420'
            when 'SK' then '421' when 'MD' then '373' when 'AE' then '971' when 'IL' then '972' when 'HK' then '852'
        end
{%- endmacro %}

{# Example: {{ email_key('email') }} as email_key #}
{% macro email_key(email) %}{{ identity_key(normal_email(email)) }}{% endmacro %}

{# Example: {{ phone_key('phone') }} as phone_key #}
{% macro phone_key(phone) %}{{ identity_key(normal_phone(phone)) }}{% endmacro %}

{# Example: {{ name_key('last_name') }} as last_name_key #}
{% macro name_key(name) %}{{ identity_key(normal_text(name)) }}{% endmacro %}

{# One door of one house: street line, postal code (or the city where there is none) and country.
   Example: {{ address_key('address1', 'postal_code', 'city', 'country_code') }} as address_key #}
{% macro address_key(street, postal_code, city, country) -%}
{%- set code = "nullif(regexp_replace(lower(" ~ postal_code ~ "), '[^a-z0-9]', '', 'g'), '')" -%}
{{ identity_key(
        "nullif(" ~ normal_text(street) ~ ", '')"
        ~ " || '|' || coalesce(" ~ code ~ ", nullif(" ~ normal_text(city) ~ ", ''))"
        ~ " || '|' || coalesce(upper(trim(" ~ country ~ ")), '')"
    ) }}
{%- endmacro %}

{# The first letter of a name, in capitals and without its accent: Ána -> A. Example: {{ initial('first_name') }} #}
{% macro initial(name) -%}
upper(nullif(regexp_extract({{ without_accents(name) }}, '\p{L}', 0), ''))
{%- endmacro %}

{# The letter of a second given name, wherever it is written: Ana Maria or Jean-Pierre in the first name.
   Example: {{ second_initial('first_name') }} as billing_middle_initial #}
{% macro second_initial(first_name) -%}
upper(nullif(regexp_extract({{ without_accents(first_name) }}, '^\s*[\p{L}''.]+[\s-]+(\p{L})', 1), ''))
{%- endmacro %}

{# Ana Maria Popescu -> Ana. Example: {{ name_key(first_word('recipient_name')) }} as recipient_first_name_key #}
{% macro first_word(text) %}nullif(regexp_extract(trim({{ text }}), '^\S+', 0), ''){% endmacro %}

{# Ana Maria Popescu -> Popescu; a single word has no last one. Example: {{ name_key(last_word('recipient_name')) }} #}
{% macro last_word(text) %}nullif(regexp_extract(trim({{ text }}), '\s(\S+)$', 1), ''){% endmacro %}

{# Engraved letters alone, in capitals, without accents: á. p. -> AP.
   Example: {{ initials('personalization_initials') }} as personalization_initials #}
{% macro initials(text) -%}
upper(nullif(regexp_replace({{ without_accents(text) }}, '[^\p{L}]', '', 'g'), ''))
{%- endmacro %}
