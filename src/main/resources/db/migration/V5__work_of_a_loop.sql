-- What a loop waits for is looked up by the loop at every move: before, that read the whole index. It has the same columns,
-- so "on conflict (step, loop_uuid)" finds it, also that of the version before.
-- At once what is needed at last: an instance of the version before may be at work, and neither shall wait for the other.
lock table work in access exclusive mode;

create unique index work_of_loop on work (loop_uuid, step) where submission_id is null;
drop index work_loop;

-- Due work is written often and lives shortly: room in each page for its leases (which then touch no index), and a vacuum
-- that comes after as many rows, not after a fifth of a large backlog.
alter table work set (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000,
  autovacuum_analyze_scale_factor = 0.05);
