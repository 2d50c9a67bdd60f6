package io.claimloop.pipeline;

import io.claimloop.settings.ClaimLoopProperties;
import org.apache.camel.http.common.DefaultHttpRegistry;
import org.apache.camel.http.common.HttpRegistry;
import org.apache.coyote.AbstractProtocol;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * A servlet for each edge, so that no partner reaches the other one's route. A request keeps its thread from its first byte
 * to its answer: it waits for the disk and for nothing else.
 */
@Configuration(proxyBeanMethods = false)
class EdgeServlets {
    @Bean
    HttpRegistry edges() {
        return new DefaultHttpRegistry();
    }

    @Bean
    ServletRegistrationBean<EdgeServlet> openimisEdgeServlet(HttpRegistry edges) {
        return edge("openimis", edges);
    }

    @Bean
    ServletRegistrationBean<EdgeServlet> chtEdgeServlet(HttpRegistry edges) {
        return edge("cht", edges);
    }

    private static ServletRegistrationBean<EdgeServlet> edge(String name, HttpRegistry edges) {
        ServletRegistrationBean<EdgeServlet> servlet =
                new ServletRegistrationBean<>(new EdgeServlet(name, edges), "/" + name + "/*");
        servlet.setName(name);
        servlet.setLoadOnStartup(1);
        return servlet;
    }

    /** However many wait at the edges, operators and probes are answered. */
    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> threadsOfTheEdges(ClaimLoopProperties properties) {
        return factory -> factory.addConnectorCustomizers(connector -> {
            if (connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol) {
                protocol.setMaxThreads(
                        protocol.getMaxThreads() + properties.intake().maxWaiting());
            }
        });
    }
}
