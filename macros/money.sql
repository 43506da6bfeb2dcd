{# An amount of money, to a hundredth of a cent. Example: {{ money('aov') }} as price #}
{% macro money(amount) %}cast({{ amount }} as decimal(18, 4)){% endmacro %}

{# A share of an amount, of 12 places: such a product needs 38 digits, which are slow to round,
   and mostly the share is one. Example: {{ money_share('goods_amount', 'net_share') }} #}
{% macro money_share(amount, share) -%}
case
    when {{ share }} = 1 then {{ money(amount) }}
    else {{ money('cast(' ~ amount ~ ' as decimal(38, 4)) * ' ~ share) }}
end
{%- endmacro %}

{# An amount at a rate of 8 places: less than a million fits into 18 digits, many times faster.
   A yen or a peso needs all 38. Example: {{ money_exchanged('unit_price', 'fx_rate') }} #}
{% macro money_exchanged(amount, rate) -%}
case
    when {{ rate }} = 1 then {{ money(amount) }}
    when abs(cast({{ amount }} as double) * {{ rate }}) < 900000
        then {{ money(money(amount) ~ ' * ' ~ rate) }}
    else {{ money('cast(' ~ amount ~ ' as decimal(38, 4)) * ' ~ rate) }}
end
{%- endmacro %}
