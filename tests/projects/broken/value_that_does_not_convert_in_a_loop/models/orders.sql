select '1' as first_amount, 'two' as second_amount
