-- The size systems, smallest first; what has no size comes in two colours. One row per size_system,
-- size_no.
select * from (
    values
    ('alpha', ['XS', 'S', 'M', 'L', 'XL', 'XXL']),
    ('ring_us', ['5', '6', '7', '8', '9', '10', '11', '12']),
    ('shoe_eu', ['36', '37', '38', '39', '40', '41', '42', '43', '44', '45', '46']),
    ('kids_cm', ['92', '98', '104', '110', '116', '122', '128', '134', '140'])
) as listed (size_system, size_values)
