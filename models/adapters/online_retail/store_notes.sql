with counts as (

    select * from {{ ref('online_retail_counts') }}
    where row_count > 0

),

sentences as (

    select
        topics.topic,
        topics.state,
        topics.detail
    from (
        values
            (
                'invoices_without_customer',
                'off',
                'Invoices without a customer are left out: nobody can tell their buyers apart.'
            ),
            (
                'refunds_without_customer',
                'off',
                'Lines of credit notes that name no customer are left out.'
            ),
            (
                'refunds_without_purchase',
                'degraded',
                'Refunded lines without an earlier purchase of their product lower no order.'
            ),
            (
                'refunds_beyond_purchase',
                'degraded',
                'Order lines took back more units than were bought: several may be meant.'
            ),
            (
                'repeated_lines',
                'on',
                'Lines of the second sheet that repeat the first were dropped.'
            ),
            (
                'adjustment_lines',
                'on',
                'Lines without a quantity or price, and bad debts, are no orders or refunds.'
            ),
            (
                'fee_lines',
                'on',
                'Postage, manual entries and other charges are revenue, in category Fees.'
            ),
            (
                'lines_without_country',
                'degraded',
                'Order lines name no single country; their buyers have no country code.'
            )
    ) as topics (topic, state, detail)

)

select
    counts.topic,
    sentences.state,
    sentences.detail,
    counts.row_count
from counts
left join sentences
    on counts.topic = sentences.topic
