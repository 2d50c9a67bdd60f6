package io.claimloop.ledger;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** The instances that share this ledger. */
public interface Instances {
    /**
     * @param alive it told of itself within the lease
     * @param leads the lease of the leader is its, and not over
     */
    record Member(String name, String version, Instant startedAt, Instant seenAt, boolean alive, boolean leads) {}

    /** This instance's name; no other has it, nor this one after a restart. */
    String me();

    /** How many are alive, this one included. As it was last seen while the database is away. */
    int live();

    /** All that were there within a day, the eldest first. */
    List<Member> list();

    /** Tells the others that there is something due. A hint, and nothing where nobody else is there. */
    void wakeOthers(Set<Step> steps);

    /** What is done when another instance tells that there is something due. */
    void onWake(Consumer<Set<Step>> wake);

    /** One that knows of no other. */
    static Instances alone() {
        return new Instances() {
            @Override
            public String me() {
                return "alone";
            }

            @Override
            public int live() {
                return 1;
            }

            @Override
            public List<Member> list() {
                return List.of();
            }

            @Override
            public void wakeOthers(Set<Step> steps) {
                // nobody is there
            }

            @Override
            public void onWake(Consumer<Set<Step>> wake) {
                // nobody will
            }
        };
    }
}
