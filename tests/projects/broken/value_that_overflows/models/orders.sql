select 300 as amount
