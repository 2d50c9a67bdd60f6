package io.claimloop.failure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/**
 * Where a process may be stopped, by order of another one: the file {@code armed} of a shared folder holds a regular
 * expression, and the first thread that passes a point of such a name writes the name to {@code reached} and stands still
 * until another order is given. Who watches that file may kill the process meanwhile, at exactly this point. All names passed
 * are in {@code passed}.
 */
final class Failpoint {
    private final Path folder;
    private final Set<String> passed = ConcurrentHashMap.newKeySet();

    Failpoint(Path folder) {
        this.folder = folder;
    }

    void pass(String name) {
        try {
            if (passed.add(name)) {
                write("passed");
            }
            String armed = armed();
            if (!armed.isEmpty() && Pattern.matches(armed, name)) {
                Files.writeString(folder.resolve("reached"), name, StandardOpenOption.CREATE_NEW);
                while (armed().equals(armed)) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
                }
            }
        } catch (NoSuchFileException | FileAlreadyExistsException e) {
            // nothing is armed, or another thread stands there already
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String armed() throws IOException {
        return Files.readString(folder.resolve("armed"));
    }

    private synchronized void write(String file) throws IOException {
        Path half = folder.resolve(file + ".new");
        Files.write(half, passed);
        Files.move(half, folder.resolve(file), StandardCopyOption.ATOMIC_MOVE);
    }
}
