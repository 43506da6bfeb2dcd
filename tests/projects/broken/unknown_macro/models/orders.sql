select {{ in_unit('1250') }} as amount
