-- A claim whose question is answered is followed to its value.
insert into work (step, loop_uuid)
select 'VALUE', uuid from loop where state in ('DELIVERED', 'REFUSED', 'NOT_REACHED', 'EXPIRED', 'IN_REVIEW')
on conflict (step, loop_uuid) where submission_id is null do nothing;
delete from work w using loop l where l.uuid = w.loop_uuid and w.step = 'WATCH' and l.state = 'EXPIRED';

-- What an operator or the schedule ordered of openIMIS's batch run, and what came of it: one run uses up a month.
create table month_run (
  id           bigint generated always as identity primary key,
  year         integer not null,
  month        integer not null,
  -- openIMIS's code of the region or district; empty: national
  location     text not null,
  ordered_by   text not null,
  ordered_at   timestamptz not null default now(),
  mutation     uuid not null,
  -- ORDERED until openIMIS was read back
  state        text not null default 'ORDERED',
  detail       text,
  decided_at   timestamptz
);
-- one order at a time
create unique index month_run_open on month_run (year, month, location) where state = 'ORDERED';
