select '{{ modules.datetime.date.today() }}' as built_on
