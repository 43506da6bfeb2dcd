-- a higher score never holds a value that a lower one holds as well
with rfm_cut_points as (

    select * from {{ ref('rfm_cut_points') }}

)

select
    lower_scores.measure,
    lower_scores.score,
    higher_scores.score as higher_score
from rfm_cut_points as lower_scores
inner join rfm_cut_points as higher_scores
    on lower_scores.measure = higher_scores.measure
    and lower_scores.score < higher_scores.score
where (
    lower_scores.measure = 'recency_days'
    and lower_scores.lowest_value <= higher_scores.highest_value
)
or (
    lower_scores.measure <> 'recency_days'
    and lower_scores.highest_value >= higher_scores.lowest_value
)
