# Build the jar first: ./mvnw -DskipTests package
FROM eclipse-temurin:17-jre

RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin claimloop
WORKDIR /opt/claimloop
COPY target/claimloop-*.jar claimloop.jar
COPY routes/ routes/
COPY mappings/ mappings/

# Writes nothing but /tmp when spring.datasource.url names a PostgreSQL of your own.
USER 10001
EXPOSE 8080
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=70", "-XX:+ExitOnOutOfMemoryError", "-jar", "claimloop.jar"]
