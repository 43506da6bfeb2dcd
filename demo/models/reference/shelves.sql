-- The products that suit a category and an audience (f, m, k for children), best sellers first.
-- One row per category_code, audience, position.
with shop_products as (

    select * from {{ ref('shop_products') }}
    where status = 'active' and product_no < 9010

),

audiences as (

    select unnest(['f', 'm', 'k']) as audience

),

suited as (

    select
        shop_products.category_code,
        audiences.audience,
        shop_products.product_no,
        row_number() over (
            partition by shop_products.category_code, audiences.audience
            order by {{ draw('shop_products.product_no', 'popularity') }}, shop_products.product_no
        ) - 1 as position,
        count(*) over (partition by shop_products.category_code, audiences.audience) as shelf_length
    from shop_products
    cross join audiences
    where case
        when shop_products.category_code = 'clothing' and audiences.audience = 'k'
            then shop_products.age_group = 'kids'
        when shop_products.category_code = 'clothing' then
            shop_products.age_group = 'adult'
                and shop_products.target_gender in (audiences.audience, 'unisex')
        when audiences.audience = 'k' then true
        else shop_products.target_gender in (audiences.audience, 'unisex')
    end

)

select * from suited
