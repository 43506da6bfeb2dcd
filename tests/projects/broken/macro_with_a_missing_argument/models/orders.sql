select {{ in_units('1250') }} as amount
