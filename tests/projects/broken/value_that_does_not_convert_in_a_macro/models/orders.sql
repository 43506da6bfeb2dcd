select '12,50' as amount
