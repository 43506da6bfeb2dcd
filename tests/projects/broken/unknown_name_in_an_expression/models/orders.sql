select {{ threshold }} as amount
