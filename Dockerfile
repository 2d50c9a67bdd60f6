# Build the jar first: ./mvnw -DskipTests package
#
# Unproven: no Docker engine has built it. The unpacking was run outside of one, the training (deploy/image/train.sh) not yet.
FROM eclipse-temurin:17-jre AS layers
WORKDIR /layers
COPY target/claimloop-*.jar claimloop.jar
# the libraries become a layer of their own, which seldom changes
RUN java -Djarmode=tools -jar claimloop.jar extract --layers --destination extracted

FROM eclipse-temurin:17-jre

RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin claimloop
WORKDIR /opt/claimloop
COPY --from=layers /layers/extracted/dependencies/ ./
COPY --from=layers /layers/extracted/spring-boot-loader/ ./
COPY --from=layers /layers/extracted/snapshot-dependencies/ ./
COPY --from=layers /layers/extracted/application/ ./
COPY routes/ routes/
COPY mappings/ mappings/
COPY deploy/image/train.sh ./
RUN mkdir classes && chown 10001 classes

# Writes nothing but /tmp when spring.datasource.url names a PostgreSQL of your own.
USER 10001
# glibc would keep up to sixteen arenas of memory for its threads
ENV MALLOC_ARENA_MAX=2
# docs/sizing.md and docs/benchmark.md tell what was measured with these; the second compiler would need a processor for many
# minutes after each start, and memory for good
ENV JAVA_TOOL_OPTIONS="-Xmx352m -Xmn160m -XX:+UseSerialGC -Xss512k -XX:TieredStopAtLevel=1 -XX:+ExitOnOutOfMemoryError"
# an image without the archive only starts slower
RUN ./train.sh classes/claimloop.jsa || echo "no archive of classes"
EXPOSE 8080
ENTRYPOINT ["java", "-XX:SharedArchiveFile=classes/claimloop.jsa", "-jar", "claimloop.jar"]
