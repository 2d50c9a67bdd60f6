-- Several instances share this ledger: who is there, who leads, whose turn it is to log in.
create table instance (
  name       text primary key,
  version    text not null,
  started_at timestamptz not null default now(),
  beat_at    timestamptz not null default now()
);

-- One row: the lease of who runs sweeps and schedules. Free when it has no owner, or when its time is over.
create table leader (
  id    boolean primary key default true check (id),
  owner text,
  until timestamptz not null default now(),
  since timestamptz not null default now(),
  -- grows with each change of owner
  token bigint not null default 0
);
insert into leader default values;

-- Partners lock an account after a few bad logins: one attempt at a time, and none for a while after a refusal.
create table login_turn (
  -- a keyed hash: who corrects a password has another row
  account text primary key,
  owner   text not null,
  until   timestamptz not null,
  refused boolean not null default false
);
