-- The places of a batch are taken in one statement: they are counted in one, too.
create function count_places_of_days() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into day_count (period, taken)
    select period, count(*) from changed where kind = 'DAY' group by period order by period
    on conflict (period) do update set taken = day_count.taken + excluded.taken;
  else
    update day_count d set taken = d.taken - c.given_back
    from (select period, count(*) as given_back from changed where kind = 'DAY' group by period) c
    where d.period = c.period;
  end if;
  return null;
end $$;
-- contract: since 0.1.0 nothing looks at it, and the new one counts the same
drop trigger place_taken on place;
-- contract: since 0.1.0 as above: nothing else calls it
drop trigger place_given_back on place;
-- contract: since 0.1.0 as above: nothing else calls it
drop function count_places_of_day();
-- contract: since 0.1.0 nothing stumbles over it, it only counts what is written as before
create trigger places_taken after insert on place
  referencing new table as changed for each statement execute function count_places_of_days();
-- contract: since 0.1.0 as above, for what is taken back
create trigger places_given_back after delete on place
  referencing old table as changed for each statement execute function count_places_of_days();
