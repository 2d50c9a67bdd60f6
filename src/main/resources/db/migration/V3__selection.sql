-- What openIMIS knew of insuree and place when the claim was checked: codes and ids, no person.
alter table loop add column eligibility jsonb;

-- Places taken under the limits of selection: so many claims a day, so many tasks a CHW a week.
create table place (
  kind      text not null,
  period    date not null,
  -- empty for a day
  chw       text not null,
  loop_uuid uuid not null references loop,
  primary key (kind, period, chw, loop_uuid)
);
create index place_loop on place (loop_uuid);
