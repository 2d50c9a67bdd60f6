package io.claimloop.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.claimloop.intake.GroupCommit.QueueFullException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.dao.DataAccessResourceFailureException;

@Timeout(30)
class GroupCommitTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final ExecutorService callers = Executors.newCachedThreadPool();
    private final List<List<String>> commits = Collections.synchronizedList(new ArrayList<>());
    /** One permit lets one commit pass. */
    private final Semaphore disk = new Semaphore(0);

    private GroupCommit<String> commit;

    @AfterEach
    void close() throws InterruptedException {
        disk.release(1_000_000);
        commit.close();
        callers.shutdownNow();
    }

    private GroupCommit<String> with(int capacity, Consumer<List<String>> write) {
        commit = new GroupCommit<>("test", capacity, events -> {
            commits.add(List.copyOf(events));
            disk.acquireUninterruptibly();
            write.accept(events);
        });
        return commit;
    }

    private Future<?> store(String event) {
        return callers.submit(() -> commit.store(event));
    }

    /** Its commit has begun and waits for the disk. */
    private Future<?> underWay(String event) {
        Future<?> stored = store(event);
        await().atMost(SOON).until(() -> commits.stream().anyMatch(events -> events.contains(event)));
        return stored;
    }

    @Test
    void many_callers_share_a_commit_and_each_returns_when_its_event_is_on_disk() throws Exception {
        with(1000, events -> {});
        Future<?> first = underWay("first");
        List<Future<?>> others = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            others.add(store("event " + i));
        }
        await().atMost(SOON).until(() -> commit.waiting() == 100);
        assertThat(first).isNotDone();
        assertThat(others).noneMatch(Future::isDone);

        disk.release(2);

        first.get(10, TimeUnit.SECONDS);
        for (Future<?> other : others) {
            other.get(10, TimeUnit.SECONDS);
        }
        assertThat(commits).hasSize(2);
        assertThat(commits.get(1)).hasSize(100);
    }

    @Test
    void a_poisoned_event_fails_alone() throws Exception {
        with(100, events -> {
            if (events.contains("poison")) {
                throw new IllegalArgumentException("poison");
            }
        });
        Future<?> first = underWay("first");
        Future<?> good = store("good");
        Future<?> poison = store("poison");
        Future<?> alsoGood = store("also good");
        await().atMost(SOON).until(() -> commit.waiting() == 3);
        disk.release(10);

        first.get(10, TimeUnit.SECONDS);
        good.get(10, TimeUnit.SECONDS);
        alsoGood.get(10, TimeUnit.SECONDS);
        assertThatThrownBy(() -> poison.get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void when_the_database_is_away_all_callers_are_told_at_once_and_not_one_after_the_other() {
        with(100, events -> {
            throw new DataAccessResourceFailureException("away");
        });
        List<Future<?>> callers = new ArrayList<>(List.of(underWay("first")));
        for (int i = 0; i < 50; i++) {
            callers.add(store("event " + i));
        }
        await().atMost(SOON).until(() -> commit.waiting() == 50);
        disk.release(2);

        assertThat(callers).allSatisfy(caller -> assertThatThrownBy(() -> caller.get(10, TimeUnit.SECONDS))
                .hasCauseInstanceOf(DataAccessResourceFailureException.class));
        assertThat(commits).hasSize(2);
    }

    @Test
    void an_error_in_a_commit_fails_its_caller_and_the_next_is_served() throws Exception {
        with(100, events -> {
            if (events.contains("bad")) {
                throw new StackOverflowError();
            }
        });
        disk.release(10);
        assertThatThrownBy(() -> store("bad").get(10, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
        store("good").get(10, TimeUnit.SECONDS);
    }

    @Test
    void a_full_queue_refuses_at_once_and_takes_nothing() throws Exception {
        with(2, events -> {});
        Future<?> first = underWay("first");
        Future<?> second = store("second");
        Future<?> third = store("third");
        await().atMost(SOON).until(() -> commit.waiting() == 2);

        assertThatThrownBy(() -> commit.store("one too many")).isInstanceOf(QueueFullException.class);

        disk.release(10);
        first.get(10, TimeUnit.SECONDS);
        second.get(10, TimeUnit.SECONDS);
        third.get(10, TimeUnit.SECONDS);
        assertThat(commits.stream().flatMap(List::stream)).containsExactlyInAnyOrder("first", "second", "third");
    }

    @Test
    void closing_writes_what_waits_and_takes_no_more() throws Exception {
        with(100, events -> {});
        Future<?> first = underWay("first");
        Future<?> second = store("second");
        await().atMost(SOON).until(() -> commit.waiting() == 1);
        CompletableFuture<Void> closing = CompletableFuture.runAsync(
                () -> {
                    try {
                        commit.close();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                },
                callers);
        disk.release(10);

        closing.get(10, TimeUnit.SECONDS);
        first.get(10, TimeUnit.SECONDS);
        second.get(10, TimeUnit.SECONDS);
        assertThatThrownBy(() -> commit.store("late")).isInstanceOf(QueueFullException.class);
    }

    @Test
    void who_comes_while_it_closes_is_answered_one_way_or_the_other() throws Exception {
        disk.release(1_000_000);
        for (int round = 0; round < 50; round++) {
            with(100, events -> {});
            CountDownLatch started = new CountDownLatch(4);
            List<Future<?>> busy = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                busy.add(callers.submit(() -> {
                    started.countDown();
                    while (true) {
                        commit.store("event");
                    }
                }));
            }
            started.await();
            commit.close();
            for (Future<?> caller : busy) {
                assertThatThrownBy(() -> caller.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(QueueFullException.class);
            }
        }
    }
}
