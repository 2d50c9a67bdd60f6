package io.claimloop.pipeline;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import com.fasterxml.jackson.databind.ser.std.NullSerializer;
import org.apache.camel.component.jslt.JsltComponent;
import org.apache.camel.component.jslt.JsltEndpoint;
import org.apache.camel.spi.ComponentCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What a mapping sees is its input. Camel hands it the variables of the route, too, made into JSON for each mapping: the
 * whole batch for each claim of it. Of what is ours nothing is made.
 */
@Configuration(proxyBeanMethods = false)
class MappingInput {
    @Bean
    ComponentCustomizer mappingsSeeTheirInput() {
        return ComponentCustomizer.builder(JsltComponent.class).build((name, jslt) -> customize(jslt));
    }

    static void customize(JsltComponent jslt) {
        ObjectMapper mapper = mapper();
        jslt.getCamelContext().getCamelContextExtension().registerEndpointCallback((uri, endpoint) -> {
            if (endpoint instanceof JsltEndpoint mapping) {
                mapping.setObjectMapper(mapper);
            }
            return endpoint;
        });
    }

    static ObjectMapper mapper() {
        return JsonMapper.builder()
                .addModule(new SimpleModule().setSerializerModifier(new BeanSerializerModifier() {
                    @Override
                    public JsonSerializer<?> modifySerializer(
                            SerializationConfig config, BeanDescription type, JsonSerializer<?> serializer) {
                        String name = type.getBeanClass().getName();
                        return name.startsWith("io.claimloop.") || name.startsWith("java.time.")
                                ? NullSerializer.instance
                                : serializer;
                    }
                }))
                .build();
    }
}
