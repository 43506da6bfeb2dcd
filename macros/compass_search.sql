{# A search for the highest log-likelihood in a recursive CTE called `search`: it looks one step ahead in each direction,
   goes to the best of the places, and halves the step where none is better. Parameters are unbounded: u1 to u4.
   Example: models/marts/lifetime/intermediate/purchase_fit.sql #}
{% macro compass_start(statistics) -%}
select
            sample, 0 as step_number, 1e0 as step, 0e0 as u1, 0e0 as u2, 0e0 as u3, 0e0 as u4,
            cast(-1e20 as decimal(38, 9)) as log_likelihood
        from {{ statistics }}
        group by sample
{%- endmacro %}

{# The places to try, two a parameter: p1 to p4. Beyond the bounds no shop is found, only overflow. #}
{% macro compass_candidates(parameter_count) -%}
select
                search.*, direction,
                u1 + d1 * step as p1, u2 + d2 * step as p2, u3 + d3 * step as p3, u4 + d4 * step as p4
            from search
            cross join (
                values (1, 1, 0, 0, 0), (2, -1, 0, 0, 0), (3, 0, 1, 0, 0), (4, 0, -1, 0, 0),
                (5, 0, 0, 1, 0), (6, 0, 0, -1, 0), (7, 0, 0, 0, 1), (8, 0, 0, 0, -1)
            ) as directions (direction, d1, d2, d3, d4)
            where step > {{ var('lifetime_fit_tolerance') }} and step_number < {{ var('lifetime_fit_max_steps') }}
                and direction <= 2 * {{ parameter_count }}
                and greatest(abs(p1), abs(p2), abs(p3), abs(p4)) < 15
{%- endmacro %}

{# The best place of each sample, from the candidates and the parts that their likelihoods are the sums of. #}
{% macro compass_step(candidates, parts) -%}
select
            sample, step_number + 1 as step_number,
            case when found > log_likelihood then step else step / 2 end as step,
            case when found > log_likelihood then p1 else u1 end as u1,
            case when found > log_likelihood then p2 else u2 end as u2,
            case when found > log_likelihood then p3 else u3 end as u3,
            case when found > log_likelihood then p4 else u4 end as u4,
            greatest(found, log_likelihood) as log_likelihood
        from {{ candidates }}
        inner join (
            select sample, direction, sum(part) as found from {{ parts }} group by sample, direction
        ) as likelihoods using (sample, direction)
        qualify row_number() over (partition by sample order by found desc, direction) = 1
{%- endmacro %}
