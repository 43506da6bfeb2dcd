select 'paid' as status, false as is_test
