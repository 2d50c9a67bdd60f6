-- Each line of the history knows the transaction that wrote it: what was published of it can be told without writing it
-- down twice (docs/decisions/0018). The default is taken once for the lines that are there, so no table is rewritten, and
-- an instance of the version before goes on: its lines get the default, too.
alter table history add column tx xid8 not null default pg_current_xact_id();
create index history_tx on history (tx);

-- Events of the claims topic that cannot be used. The event itself stays in Kafka: here is where, and why.
create table parked_event (
  id              bigint generated always as identity primary key,
  topic           text not null,
  partition_no    integer not null,
  position        bigint not null,
  -- where the event names a claim and could not be stored all the same
  loop_uuid       uuid,
  reason          text not null,
  detail          text,
  bytes           integer not null,
  received_at     timestamptz not null default now(),
  unique (topic, partition_no, position)
);
create index parked_event_received on parked_event (received_at);
