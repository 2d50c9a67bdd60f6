package io.claimloop.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.FileWatcherResourceReloadStrategy;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Takes up a changed route file while everything runs, or leaves the last good one in use and says why. Camel's own
 * reload removes a route before it makes the new one: a file that names a bean that is not there would leave nothing
 * behind; and a route under the id of another file's would silently replace that one.
 */
public class RouteReload extends FileWatcherResourceReloadStrategy {
    private static final Logger log = LoggerFactory.getLogger(RouteReload.class);

    private final Path folder;
    /** File name to content, as it runs. */
    private final Map<String, byte[]> good = new HashMap<>();

    private final Map<String, String> broken = new TreeMap<>();

    public RouteReload(Path folder) {
        super(folder.toString());
        this.folder = folder;
        setFileFilter(file -> file.getName().endsWith(".yaml"));
        setResourceReload((name, resource) -> reload(resource));
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".yaml")).toList()) {
                good.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Files that are not in use as they are, and why. */
    public synchronized Map<String, String> broken() {
        return Map.copyOf(broken);
    }

    synchronized void reload(Resource changed) {
        String file = name(changed.getLocation());
        if (!Files.exists(folder.resolve(file))) {
            log.warn("{} is gone; its routes go on until the next start", file);
            return;
        }
        Set<String> before = running(file);
        byte[] content = null;
        try {
            content = bytes(changed);
            Set<String> ids = ids(content);
            belongToNobodyElse(ids, file);
            load(changed.getLocation(), content);
            allStarted(file);
        } catch (Exception e) {
            String why = reason(e);
            broken.put(file, why);
            log.error("{} is broken, its last good routes stay in use: {}", file, why);
            if (content != null && good.containsKey(file)) {
                restore(changed.getLocation(), file, before);
            }
            return;
        }
        good.put(file, content);
        broken.remove(file);
        log.info("{} was changed and is in use", file);
    }

    /** What the broken file brought goes, what it took comes back. */
    private void restore(String location, String file, Set<String> before) {
        try {
            Set<String> added = running(file);
            added.removeAll(before);
            for (String id : added) {
                getCamelContext().getRouteController().stopRoute(id);
                getCamelContext().removeRoute(id);
            }
            load(location, good.get(file));
        } catch (Exception e) {
            log.error("{}: its last good routes could not be put back ({}). Restart ClaimLoop.", file, reason(e));
        }
    }

    private void load(String location, byte[] content) throws Exception {
        PluginHelper.getRoutesLoader(getCamelContext())
                .updateRoutes(List.of(ResourceHelper.fromBytes(location, content)));
    }

    private Set<String> running(String file) {
        return getCamelContext().getRoutes().stream()
                .filter(route -> from(route, file))
                .map(Route::getRouteId)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean from(Route route, String file) {
        return route.getSourceResource() != null
                && file.equals(name(route.getSourceResource().getLocation()));
    }

    private void belongToNobodyElse(Collection<String> ids, String file) {
        for (String id : ids) {
            Route known = getCamelContext().getRoute(id);
            if (known != null && !from(known, file)) {
                throw new IllegalArgumentException("another file has the route " + id);
            }
        }
    }

    private void allStarted(String file) {
        for (String id : running(file)) {
            Route route = getCamelContext().getRoute(id);
            if (Boolean.TRUE.equals(route.isAutoStartup())
                    && getCamelContext().getRouteController().getRouteStatus(id) != ServiceStatus.Started) {
                throw new IllegalStateException("the route " + id + " does not start");
            }
        }
    }

    /** The ids of the file's routes; each once. */
    private static Set<String> ids(byte[] content) {
        Object file =
                new Yaml(new SafeConstructor(new LoaderOptions())).load(new String(content, StandardCharsets.UTF_8));
        if (!(file instanceof List<?> parts)) {
            throw new IllegalArgumentException("it is not a list of routes");
        }
        List<String> ids = new ArrayList<>();
        for (Object part : parts) {
            if (part instanceof Map<?, ?> map
                    && map.get("route") instanceof Map<?, ?> route
                    && route.get("id") != null) {
                ids.add(route.get("id").toString());
            }
        }
        Set<String> once = new TreeSet<>(ids);
        if (once.size() < ids.size()) {
            throw new IllegalArgumentException("it has two routes with the same id");
        }
        return once;
    }

    private static byte[] bytes(Resource resource) throws IOException {
        try (InputStream in = resource.getInputStream()) {
            return in.readAllBytes();
        }
    }

    private static String name(String location) {
        return location.substring(Math.max(location.lastIndexOf('/'), location.lastIndexOf(':')) + 1);
    }

    private static String reason(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        if (root instanceof MarkedYAMLException yaml && yaml.getProblemMark() != null) {
            return "line " + (yaml.getProblemMark().getLine() + 1) + ": " + yaml.getProblem();
        }
        return String.valueOf(root.getMessage())
                .lines()
                .findFirst()
                .orElse(root.getClass().getSimpleName());
    }
}
