select {{ in_units('1250', digits=2) }} as amount
