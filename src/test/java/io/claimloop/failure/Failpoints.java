package io.claimloop.failure;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.model.BeanDefinition;
import org.apache.camel.model.OptionalIdentifiedDefinition;
import org.apache.camel.spi.InterceptStrategy;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Failpoints around every step of a route that has an id, around the lease and the completion of work, and around every
 * commit. They are on the class path of the tests alone, and there only where {@code failpoints.folder} is told: the
 * application itself knows nothing of them.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("failpoints.folder")
class Failpoints {
    private static final Pattern WORKER = Pattern.compile(".*seda://wake-([a-z-]+).*");

    @Bean
    static Failpoint failpoint(Environment environment) {
        return new Failpoint(Path.of(environment.getRequiredProperty("failpoints.folder")));
    }

    /** {@code before put-claim-record in dispatch-worker}, {@code after lease in check-worker}. */
    @Bean
    InterceptStrategy aroundSteps(Failpoint failpoint) {
        return (context, definition, target, next) -> nameOf(definition)
                .<Processor>map(name -> exchange -> {
                    failpoint.pass("before " + name + " in " + exchange.getFromRouteId());
                    target.process(exchange);
                    if (exchange.getException() == null && !nothingLeased(name, exchange)) {
                        failpoint.pass("after " + name + " in " + exchange.getFromRouteId());
                    }
                })
                .orElse(target);
    }

    private static boolean nothingLeased(String name, Exchange exchange) {
        return name.equals("lease") && exchange.getMessage().getBody() instanceof List<?> leased && leased.isEmpty();
    }

    private static Optional<String> nameOf(NamedNode node) {
        if (node instanceof BeanDefinition bean && "stepWorker".equals(bean.getRef())) {
            return Optional.of(bean.getMethod().replaceAll("\\(.*", ""));
        }
        return node instanceof OptionalIdentifiedDefinition<?> step && step.hasCustomIdAssigned()
                ? Optional.of(step.getId())
                : Optional.empty();
    }

    /** {@code before commit of claim-notices}: the committing thread says whose commit it is. */
    @Bean
    static BeanPostProcessor aroundCommits(org.springframework.beans.factory.ObjectProvider<Failpoint> failpoint) {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return bean instanceof DataSource pool ? new Watched(pool, failpoint.getObject()) : bean;
            }
        };
    }

    private static final class Watched extends DelegatingDataSource {
        private final Failpoint failpoint;

        Watched(DataSource pool, Failpoint failpoint) {
            super(pool);
            this.failpoint = failpoint;
        }

        @Override
        public Connection getConnection() throws SQLException {
            Connection connection = super.getConnection();
            return (Connection) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                        boolean commit = method.getName().equals("commit");
                        String whose = commit ? whose(Thread.currentThread().getName()) : null;
                        if (whose != null) {
                            failpoint.pass("before commit of " + whose);
                        }
                        try {
                            return method.invoke(connection, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        } finally {
                            if (whose != null) {
                                failpoint.pass("after commit of " + whose);
                            }
                        }
                    });
        }

        /** Null for a thread that is of no interest. */
        private static String whose(String thread) {
            Matcher worker = WORKER.matcher(thread);
            if (worker.matches()) {
                return worker.group(1) + "-worker";
            }
            return thread.equals("claim-notices") || thread.equals("submissions") ? thread : null;
        }
    }
}
