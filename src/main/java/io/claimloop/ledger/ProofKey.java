package io.claimloop.ledger;

import org.springframework.jdbc.core.JdbcTemplate;

/** The key of the keyed hashes. It stays the same for ever, and lies in the database sealed only. */
final class ProofKey {
    private static final String WHERE = "proof-key";
    private static final String SEAL = """
            update installation set proof_key_sealed = ?, key_id = ?, proof_key = null
            where key_id is not distinct from ?
            """;

    private record Stored(byte[] plain, byte[] sealed, String keyId) {}

    private final JdbcTemplate jdbc;
    private final Seal seal;

    ProofKey(JdbcTemplate jdbc, Seal seal) {
        this.jdbc = jdbc;
        this.seal = seal;
    }

    byte[] read() {
        Stored stored = jdbc.queryForObject(
                "select proof_key, proof_key_sealed, key_id from installation",
                (row, number) -> new Stored(
                        row.getBytes("proof_key"), row.getBytes("proof_key_sealed"), row.getString("key_id")));
        byte[] key = stored.keyId() == null ? stored.plain() : seal.open(stored.sealed(), stored.keyId(), WHERE);
        if (!seal.keyId().equals(stored.keyId())) {
            jdbc.update(SEAL, seal.seal(key, WHERE), seal.keyId(), stored.keyId());
        }
        return key;
    }
}
