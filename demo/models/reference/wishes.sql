-- What kind of thing is looked for: for oneself by interest, for others by who they are. Ten tickets each.
-- One row per wish, ticket.
with listed as (

    select * from (
        values
        ('mother', 'f', ['jewellery', 'jewellery', 'homeware', 'homeware', 'beauty', 'beauty', 'clothing', 'clothing',
            'stationery', 'gift_card']),
        ('partner_f', 'f', ['jewellery', 'jewellery', 'jewellery', 'jewellery', 'clothing', 'clothing', 'beauty', 'beauty',
            'electronics', 'gift_card']),
        ('partner_m', 'm', ['clothing', 'clothing', 'clothing', 'jewellery', 'jewellery', 'beauty', 'beauty', 'electronics',
            'electronics', 'games']),
        ('friend_f', 'f', ['homeware', 'homeware', 'jewellery', 'jewellery', 'beauty', 'clothing', 'stationery', 'games',
            'gift_card', 'gift_card']),
        ('friend_m', 'm', ['homeware', 'homeware', 'games', 'games', 'beauty', 'clothing', 'stationery', 'electronics',
            'gift_card', 'gift_card']),
        ('child', 'k', ['toys', 'toys', 'toys', 'toys', 'toys', 'clothing', 'clothing', 'clothing', 'games', 'gift_card']),
        ('father', 'm', ['clothing', 'clothing', 'beauty', 'electronics', 'electronics', 'homeware', 'games', 'stationery',
            'jewellery', 'gift_card']),
        ('sibling_f', 'f', ['jewellery', 'clothing', 'clothing', 'beauty', 'beauty', 'homeware', 'games', 'stationery',
            'homeware', 'gift_card']),
        ('sibling_m', 'm', ['clothing', 'clothing', 'games', 'games', 'electronics', 'homeware', 'beauty', 'stationery',
            'homeware', 'gift_card']),
        ('colleague', 'f', ['homeware', 'homeware', 'homeware', 'stationery', 'stationery', 'games', 'beauty', 'gift_card',
            'gift_card', 'gift_card']),
        ('grandparent', 'f', ['homeware', 'homeware', 'homeware', 'homeware', 'clothing', 'clothing', 'beauty', 'games',
            'games', 'stationery'])
    ) as recipients (wish, audience, categories)

)

select
    wish,
    audience,
    generate_subscripts(categories, 1) - 1 as ticket,
    unnest(categories) as category_code
from listed
