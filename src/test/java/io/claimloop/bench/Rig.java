package io.claimloop.bench;

import java.nio.file.Path;
import java.util.List;

/** What is there for every measurement: the folder, PostgreSQL, and partners that are made afresh for each. */
final class Rig implements AutoCloseable {
    private final Path folder;
    private final Options options;
    private final Database database;
    private final Servers servers;
    private final Image image = new Image(this);
    private Partners partners;
    private String newest;
    private int entered;

    Rig(Path folder, Options options) {
        this.folder = folder;
        this.options = options;
        this.database = new Database(folder);
        this.servers = new Servers(folder, options.flags(), options.profile());
    }

    Options options() {
        return options;
    }

    Path folder() {
        return folder;
    }

    Database database() {
        return database;
    }

    /** The database of the newest server. */
    String newest() {
        return newest;
    }

    Servers servers() {
        return servers;
    }

    Image image() {
        return image;
    }

    Partners partners() {
        return partners;
    }

    /** A server with an empty database and partners who have had no request; it is ready. */
    Server fresh(String name, boolean realLimits) {
        freshPartners(realLimits);
        Server server = name.equals(Servers.RELAY) ? relay() : claimLoop(realLimits);
        server.start();
        return server;
    }

    private Server relay() {
        newest = database.create();
        return servers.relay(newest, partners);
    }

    private Server claimLoop(boolean realLimits) {
        List<String> archived = image.archived();
        newest = database.create();
        return servers.claimLoop(archived, newest, partners, realLimits);
    }

    void freshPartners(boolean realLimits) {
        if (partners != null) {
            partners.close();
        }
        partners = new Partners(folder.resolve("partners.log"));
        partners.realLimits(realLimits);
        entered = 0;
        database.checkpoint();
    }

    /** The next claims: entered in openIMIS, told to nobody. The first one's number. */
    int enter(int claims) {
        int first = entered;
        entered += claims;
        partners.enter(first, entered);
        return first;
    }

    @Override
    public void close() {
        if (partners != null) {
            partners.close();
        }
        database.close();
    }
}
