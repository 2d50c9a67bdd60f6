package io.claimloop.pipeline;

import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletException;
import org.apache.camel.component.servlet.ServletEndpoint;
import org.apache.camel.http.common.CamelServlet;
import org.apache.camel.http.common.HttpConsumer;
import org.apache.camel.http.common.HttpRegistry;

/**
 * Where the route of an edge is served, {@code servlet:/…?servletName=…}. Camel's own servlet finds its routes in a registry
 * that all applications of a JVM share; this one belongs to its application.
 */
final class EdgeServlet extends CamelServlet {
    private final transient HttpRegistry edges;

    EdgeServlet(String name, HttpRegistry edges) {
        setServletName(name);
        this.edges = edges;
    }

    @Override
    public void init(ServletConfig config) throws ServletException {
        super.init(config);
        edges.register(this);
    }

    @Override
    public void connect(HttpConsumer route) {
        if (route.getEndpoint() instanceof ServletEndpoint endpoint
                && getServletName().equals(endpoint.getServletName())) {
            super.connect(route);
        }
    }

    @Override
    public void destroy() {
        edges.unregister(this);
        super.destroy();
    }
}
