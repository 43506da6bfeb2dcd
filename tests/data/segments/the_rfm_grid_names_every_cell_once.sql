with rfm_labels as (

    select * from {{ ref('rfm_labels') }}

),

recency_scores as (

    select unnest(range(1, 6)) as recency_score

),

-- the mean of two scores of 1 to 5, in halves
doubled_fm_scores as (

    select unnest(range(2, 11)) as doubled_fm_score

),

label_counts as (

    select
        recency_scores.recency_score,
        doubled_fm_scores.doubled_fm_score,
        count(rfm_labels.label) as label_count
    from recency_scores
    cross join doubled_fm_scores
    left join rfm_labels
        on recency_scores.recency_score = rfm_labels.recency_score
        and doubled_fm_scores.doubled_fm_score = 2 * rfm_labels.fm_score
    group by recency_scores.recency_score, doubled_fm_scores.doubled_fm_score

)

select * from label_counts
where label_count <> 1
