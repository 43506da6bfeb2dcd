-- What builds leave in the warehouse. No primary key: keeping one costs more than all the rest.

create table if not exists _coterie.records (
    name varchar, status varchar, shape varchar, text varchar, clock varchar, asked varchar,
    own varchar, key varchar, rule varchar, run_id varchar, row_count bigint
);

create table if not exists _coterie.files (
    path varchar, size bigint, mtime_ns bigint, digest varchar, columns varchar, row_count bigint
);

create table if not exists _coterie.shop (store varchar, store_path varchar);
create table if not exists _coterie.batches (model varchar, batch_start timestamp, input varchar, run_id varchar);
create table if not exists _coterie.rules (model varchar, rule varchar);
create table if not exists _coterie.proofs (proof varchar);
create table if not exists _coterie.stamps (name varchar, as_of timestamp);

create table if not exists _coterie.runs (
    run_id varchar, started_at timestamp, finished_at timestamp, git_commit varchar, as_of varchar,
    selection varchar, status varchar, published boolean, publication varchar, accepted varchar
);

create table if not exists _coterie.run_steps (
    run_id varchar, name varchar, kind varchar, status varchar, reason varchar, seconds double,
    row_count bigint, bytes bigint
);
