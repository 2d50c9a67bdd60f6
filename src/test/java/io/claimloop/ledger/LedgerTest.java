package io.claimloop.ledger;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/** Tests on a ledger of their class. Before each nothing is due and no visit is taken; tests use claims of their own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class LedgerTest {
    Ledger ledger;

    @BeforeAll
    void open() {
        ledger = new Ledger();
    }

    @BeforeEach
    void empty() {
        ledger.nothingDue();
    }

    @AfterAll
    void close() {
        ledger.close();
    }
}
