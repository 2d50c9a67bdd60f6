-- The ledger: what ClaimLoop knows of each claim, and what is due. No table here is written by another program.

create table installation (
  id         boolean primary key default true check (id),
  -- Proofs in the history are hashes with this key, so that they tell nothing to one who guesses at answers.
  proof_key  bytea not null,
  created_at timestamptz not null default now()
);

insert into installation (proof_key)
values (decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'));

create table loop (
  uuid       uuid primary key,
  -- openIMIS compares uuids by letter case: this is how it writes this one.
  spelling   text not null,
  code       text,
  state      text not null,
  parked_from text,
  reason     text,
  detail     text,
  version    integer not null default 0,
  notices    integer not null default 1,
  insuree    text,
  patient    text,
  chw        text,
  record_id  uuid,
  record_rev text,
  submission bigint,
  claim_hash text,
  task_until timestamptz,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now()
);
create index loop_code on loop (code);
create index loop_created on loop (created_at desc, uuid);
create index loop_state on loop (state, changed_at);

create table history (
  loop_uuid  uuid not null references loop,
  seq        integer not null,
  at         timestamptz not null default clock_timestamp(),
  from_state text,
  to_state   text not null,
  cause      text not null,
  detail     text,
  attempts   integer,
  proof      text,
  primary key (loop_uuid, seq)
);

create function history_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'history is append-only';
end $$;
create trigger history_append_only before update or delete on history
  for each row execute function history_is_append_only();

-- Raw messages as they came, apart from the hot rows. A repeated message is one row with a count.
create table message (
  id          bigint generated always as identity primary key,
  kind        text not null,
  subject     text not null,
  sha256      bytea not null,
  body        bytea not null,
  times       integer not null default 1,
  received_at timestamptz not null default now(),
  last_at     timestamptz not null default now(),
  unique (kind, subject, sha256)
);

-- What CHT pushed. One report (report_id) may come in several contents: each content is a row.
create table submission (
  id          bigint generated always as identity primary key,
  message_id  bigint not null references message,
  report_id   text not null,
  sha256      bytea not null,
  loop_uuid   uuid,
  state       text not null default 'RECEIVED',
  reason      text,
  detail      text,
  -- what the mapping made of it, in openIMIS's terms
  feedback    jsonb,
  received_at timestamptz not null default now(),
  unique (report_id, sha256)
);
create index submission_loop on submission (loop_uuid);
create index submission_state on submission (state) where state <> 'TAKEN';

create table work (
  id            bigint generated always as identity primary key,
  step          text not null,
  loop_uuid     uuid,
  submission_id bigint references submission,
  due_at        timestamptz not null default now(),
  attempts      integer not null default 0,
  -- times that its partner was away: waited for, never held against it
  away          integer not null default 0,
  reason        text,
  -- a notice came while the work was leased: it is to be done once more
  again         boolean not null default false,
  lease_owner   text,
  lease_until   timestamptz,
  -- fences a stale owner: every lease has a new token
  lease_token   bigint not null default 0
);
create unique index work_loop on work (step, loop_uuid) where submission_id is null;
create unique index work_submission on work (submission_id) where submission_id is not null;
create index work_due on work (step, due_at);
create index work_waiting_submissions on work (loop_uuid) where submission_id is not null;

-- One visit (insuree, facility, dates) is asked about once, whatever number of claims it was split into.
create table visit (
  visit_key text primary key,
  loop_uuid uuid not null references loop
);
create index visit_loop on visit (loop_uuid);

-- How far the ledger has read in a partner's feed of changes.
create table watermark (
  name  text primary key,
  value text not null
);

create table finding (
  loop_uuid uuid not null references loop,
  -- openIMIS's rejection code, where it has one for the matter
  code      integer,
  rule      text not null,
  detail    text not null,
  found_at  timestamptz not null default now(),
  primary key (loop_uuid, rule)
);
