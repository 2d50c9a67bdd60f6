package io.claimloop.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * A tiny CouchDB: one document per id, a revision that a writer must know, deletions that leave a tombstone, and one
 * feed of changes. Recordings 331-349, 361-373 and 601-609 say what it must refuse.
 */
final class ChtDocuments {

    enum Origin {
        CLIENT,
        PHONE,
        SENTINEL,
        SETUP
    }

    /** What a write left behind; {@code before} and {@code after} are null where no live document was or is. */
    record Written(String id, String rev, ObjectNode before, ObjectNode after, Origin origin) {}

    record Change(long seq, String id, String rev, boolean deleted) {}

    interface Listener {
        void changed(Written written);
    }

    static final class Conflict extends Exception {}

    static final class Missing extends Exception {
        final String reason;

        Missing(String reason) {
            this.reason = reason;
        }
    }

    private record Entry(ObjectNode doc, int generation, String rev, long seq, boolean deleted) {}

    private final Map<String, Entry> entries = new HashMap<>();
    private final TreeMap<Long, String> feed = new TreeMap<>();
    private final FreetextIndex index = new FreetextIndex();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private long seq;
    private int live;

    void onChange(Listener listener) {
        listeners.add(listener);
    }

    FreetextIndex index() {
        return index;
    }

    /** Without {@code rev} only a new or a deleted id may be written (335, 609); with one it must be the current one (336). */
    String put(String id, ObjectNode body, String rev, Origin origin) throws Conflict {
        Written written;
        synchronized (this) {
            Entry current = entries.get(id);
            boolean fresh = current == null || current.deleted;
            if (rev == null ? !fresh : current == null || !current.rev.equals(rev)) {
                throw new Conflict();
            }
            written = store(id, body, current, origin);
        }
        listeners.forEach(listener -> listener.changed(written));
        return written.rev;
    }

    String delete(String id, String rev, Origin origin) throws Conflict, Missing {
        Written written;
        synchronized (this) {
            Entry current = entries.get(id);
            if (current == null || current.deleted) {
                throw new Missing(current == null ? "missing" : "deleted");
            }
            if (!current.rev.equals(rev)) {
                throw new Conflict();
            }
            written = store(id, null, current, origin);
        }
        listeners.forEach(listener -> listener.changed(written));
        return written.rev;
    }

    /** Read, change and write in one go, as sentinel does after it has lost to another writer often enough. */
    void update(String id, Function<ObjectNode, Optional<ObjectNode>> change, Origin origin) {
        Written written;
        synchronized (this) {
            Entry current = entries.get(id);
            if (current == null || current.deleted) {
                return;
            }
            Optional<ObjectNode> changed = change.apply(current.doc.deepCopy());
            if (changed.isEmpty()) {
                return;
            }
            written = store(id, changed.get(), current, origin);
        }
        listeners.forEach(listener -> listener.changed(written));
    }

    synchronized Optional<ObjectNode> get(String id) {
        Entry entry = entries.get(id);
        return entry == null || entry.deleted ? Optional.empty() : Optional.of(entry.doc.deepCopy());
    }

    synchronized String whyMissing(String id) {
        return entries.containsKey(id) ? "deleted" : "missing";
    }

    synchronized Optional<Change> lastChange(String id) {
        Entry entry = entries.get(id);
        return entry == null ? Optional.empty() : Optional.of(new Change(entry.seq, id, entry.rev, entry.deleted));
    }

    synchronized List<Change> changesSince(long since) {
        List<Change> changes = new ArrayList<>();
        feed.tailMap(since, false).values().forEach(id -> lastChange(id).ifPresent(changes::add));
        return changes;
    }

    synchronized long lastSeq() {
        return seq;
    }

    synchronized int liveCount() {
        return live;
    }

    synchronized int deletedCount() {
        return entries.size() - live;
    }

    /** For a long poll: true when something was written after {@code since}. */
    synchronized boolean awaitChange(long since, long millis) throws InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000;
        while (seq <= since) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    private Written store(String id, ObjectNode body, Entry current, Origin origin) {
        int generation = current == null ? 1 : current.generation + 1;
        ObjectNode before = current == null || current.deleted ? null : current.doc;
        String content = (current == null ? "" : current.rev) + (body == null ? "deleted" : body.toString());
        String rev = generation + "-" + Json.hash("MD5", id + content);
        ObjectNode doc = null;
        if (body != null) {
            doc = Json.object().put("_id", id).put("_rev", rev);
            for (Map.Entry<String, JsonNode> field : body.properties()) {
                if (!field.getKey().equals("_id") && !field.getKey().equals("_rev")) {
                    doc.set(field.getKey(), field.getValue());
                }
            }
        }
        if (current != null) {
            feed.remove(current.seq);
        }
        seq++;
        feed.put(seq, id);
        entries.put(id, new Entry(doc, generation, rev, seq, doc == null));
        live += (doc == null ? 0 : 1) - (before == null ? 0 : 1);
        index.replace(id, before, doc);
        notifyAll();
        return new Written(id, rev, before, doc, origin);
    }
}
