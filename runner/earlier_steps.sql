-- What each step cost when it was last made for a published version. Not simply the last published run:
-- what that one found unchanged, it did not make.
select distinct on (step.name) step.name, step.seconds, step.row_count, step.bytes
from _coterie.run_steps as step inner join _coterie.runs as run on step.run_id = run.run_id
where run.published and step.status in ('ok', 'warned')
order by step.name, run.started_at desc, run.run_id desc
