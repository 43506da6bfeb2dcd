{# One entry of a list, drawn. Example: {{ pick_from('languages.last_names', 'household_number',
   'last_name') }} #}
{% macro pick_from(entries, id, stream) %}{{ entries }}[1
    + {{ pick(id, stream, 'len(' ~ entries ~ ')') }}]{% endmacro %}

{# Each person has sixteen address numbers: 0 home, 1 new home, 2 office, 3 second home, 4 pick-up
   point, 5 a drop
   of a fraudster,
       8 to 15 the people they give to. Example: {{ address_number('customer_number', 3) }} #}
{% macro address_number(person, role) %}({{ person }} * 16 + {{ role }}){% endmacro %}

{# An e-mail address as people type it: capitals, blanks around it. Example: {{
   typed_mail('email_norm', 'order_key') }} #}
{% macro typed_mail(email, id) -%}
case
    when {{ chance(id, 'mail_typing', 0.03) }} then upper({{ email }})
    when {{ chance(id, 'mail_typing', 0.06) }}
        then upper(left({{ email }}, 1)) || substr({{ email }}, 2)
    when {{ chance(id, 'mail_typing', 0.08) }} then ' ' || {{ email }} || '  '
    else {{ email }}
end
{%- endmacro %}

{# A telephone number as people type it: international, with 00, national, digits only. #}
{% macro typed_phone(prefix, local_part, id) -%}
case {{ pick(id, 'phone_typing', 4) }}
    when 0 then {{ prefix }} || ' ' || {{ local_part }}
    when 1 then {{ prefix }} || regexp_replace({{ local_part }}, '[^0-9]', '', 'g')
    when 2 then case when {{ prefix }} = '+1'
        then '(' || left({{ local_part }}, 3) || ') ' || substr({{ local_part }}, 5)
        else '00' || substr({{ prefix }}, 2) || ' ' || {{ local_part }} end
    else case when {{ prefix }} = '+1' then {{ local_part }} else '0' || {{ local_part }} end
end
{%- endmacro %}

{# The code that gave an order its discount: a general one, or the holder's own of a third of the
   coupon hunters. #}
{% macro discount_code(head) -%}
case
    when {{ head }}.hunts_coupons and {{ chance(head ~ '.order_key', 'own_code', 0.35) }}
    then 'OWN' || cast({{ head }}.discount_share * 100 as integer) || '-' || {{ head }}.order_key
    else 'SAVE' || cast({{ head }}.discount_share * 100 as integer)
end
{%- endmacro %}
