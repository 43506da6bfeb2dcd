-- What people call those they give to. One row per language, recipient.
select * from (
    values
    ('en', 'mother', ['Mom', 'Mom', 'Mother', 'Mum', 'Mommy']), ('en', 'father', ['Dad', 'Dad', 'Father', 'Daddy']),
    ('en', 'grandparent', ['Grandma', 'Grandpa', 'Nana', 'Granny']), ('en', 'partner', ['my love', 'darling', 'honey']),
    ('en', 'sibling', ['sis', 'bro', 'sister']), ('en', 'child', ['sweetheart', 'kiddo']),
    ('es', 'mother', ['mamá', 'madre', 'mami']), ('es', 'father', ['papá', 'padre']), ('es', 'grandparent', ['abuela', 'abuelo']),
    ('es', 'partner', ['mi amor', 'cariño']), ('es', 'sibling', ['hermana', 'hermano']), ('es', 'child', ['hijo', 'hija']),
    ('ro', 'mother', ['mamă', 'mama']), ('ro', 'father', ['tată', 'tati']), ('ro', 'grandparent', ['bunica', 'bunicule']),
    ('ro', 'partner', ['iubire', 'dragul meu']), ('ro', 'sibling', ['surioară', 'frate']), ('ro', 'child', ['puiule']),
    ('ru', 'mother', ['мама', 'мамочка']), ('ru', 'father', ['папа']), ('ru', 'grandparent', ['бабушка', 'дедушка']),
    ('ru', 'partner', ['любимый', 'любимая']), ('ru', 'sibling', ['сестрёнка', 'брат']), ('ru', 'child', ['сынок', 'дочка']),
    ('de', 'mother', ['Mama', 'Mutti', 'Mutter']), ('de', 'father', ['Papa', 'Vater']), ('de', 'grandparent', ['Oma', 'Opa']),
    ('de', 'partner', ['mein Schatz', 'Liebling']), ('de', 'sibling', ['Schwester', 'Bruder']), ('de', 'child', ['mein Kind']),
    ('fr', 'mother', ['maman', 'mère']), ('fr', 'father', ['papa', 'père']), ('fr', 'grandparent', ['mamie', 'papi']),
    ('fr', 'partner', ['mon amour', 'chéri']), ('fr', 'sibling', ['ma sœur', 'mon frère']), ('fr', 'child', ['mon trésor'])
) as listed (language, recipient, names)
