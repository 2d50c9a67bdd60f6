-- How many places of a day are taken: to count them anew for each claim reads the whole day. Kept by the database, so that
-- the places which an instance of the version before takes count, too. (A CHW's week has few: these are counted.)
create table day_count (
  period date primary key,
  taken  integer not null
);
-- whoever takes a place waits for this, so none is missed
lock table place in share row exclusive mode;
insert into day_count (period, taken) select period, count(*) from place where kind = 'DAY' group by period;

create function count_places_of_day() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into day_count (period, taken) values (new.period, 1)
    on conflict (period) do update set taken = day_count.taken + 1;
  else
    update day_count set taken = taken - 1 where period = old.period;
  end if;
  return null;
end $$;
-- contract: since 0.1.0 nothing stumbles over it, it only counts what is written as before
create trigger place_taken after insert on place
  for each row when (new.kind = 'DAY') execute function count_places_of_day();
-- contract: since 0.1.0 as above, for what is taken back
create trigger place_given_back after delete on place
  for each row when (old.kind = 'DAY') execute function count_places_of_day();
