-- Payloads are sealed with a key that is not in this database, and erased some time after their loop is done.
alter table message alter column body drop not null;
-- which key sealed the body; null: not sealed yet
alter table message add column key_id text;
alter table message add column erased_at timestamptz;
alter table submission add column feedback_sealed bytea;
alter table submission add column key_id text;
alter table loop add column erased_at timestamptz;
create index loop_to_erase on loop (changed_at)
  where erased_at is null and state in ('DELIVERED', 'IN_REVIEW', 'VALUED', 'WITHDRAWN', 'NOT_REACHED', 'NOT_SELECTED');
create index message_unsealed on message (id) where key_id is null and body is not null;
create index submission_unsealed on submission (id) where feedback is not null;

alter table installation alter column proof_key drop not null;
alter table installation add column proof_key_sealed bytea;
alter table installation add column key_id text;

-- What tells equal messages becomes a keyed hash: HMAC-SHA256 of the hash that was here before.
do $$
declare
  key bytea;
  inner_pad bytea := decode(repeat('36', 64), 'hex');
  outer_pad bytea := decode(repeat('5c', 64), 'hex');
begin
  select proof_key into key from installation;
  for i in 0 .. length(key) - 1 loop
    inner_pad := set_byte(inner_pad, i, get_byte(inner_pad, i) # get_byte(key, i));
    outer_pad := set_byte(outer_pad, i, get_byte(outer_pad, i) # get_byte(key, i));
  end loop;
  update message set sha256 = sha256(outer_pad || sha256(inner_pad || sha256));
  update submission set sha256 = sha256(outer_pad || sha256(inner_pad || sha256));
end $$;
alter table message rename column sha256 to content_hash;
alter table submission rename column sha256 to content_hash;
