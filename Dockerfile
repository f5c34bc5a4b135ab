# syntax=docker/dockerfile:1.7
# Heliograph's image: built from source, then only a JRE, the jars and the native libraries.
# It runs as uid 65532 on a read-only root file system and writes nothing but its store, if it has one.

FROM node:20.20.2-bookworm-slim AS node

FROM maven:3.9.11-eclipse-temurin-25 AS build
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.m2 --mount=type=cache,target=/root/.npm \
    mvn --batch-mode --no-transfer-progress -pl gateway -am package -Dmaven.test.skip=true -DskipTests=true -Dspotless.check.skip=true
# Netty would unpack its native libraries at every start, into a folder that must be writable and executable.
WORKDIR /image/native
RUN for archive in /src/gateway/target/lib/netty-*-linux-*.jar; do jar --extract --file "$archive" META-INF/native; done \
    && find META-INF -name '*.so' -exec mv {} . ';' \
    && rm -r META-INF \
    && cp -r /src/gateway/target/heliograph-gateway.jar /src/gateway/target/lib /src/config/jvm.options /src/LICENSE /image/

FROM eclipse-temurin:25.0.3_9-jre-noble
LABEL org.opencontainers.image.title="Heliograph" \
      org.opencontainers.image.description="A self-hosted realtime gateway" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /image /opt/heliograph
COPY config/heliograph.yaml /etc/heliograph/heliograph.yaml
# What a start need not find out again: trained with the very JRE, flags and paths it is used with (docs/decisions/0008-start-up-cache-and-flags.md).
# A failed training fails the build: an image is made once and started often. The last line makes sure that the cache is taken.
RUN cd /opt/heliograph \
    && java -XX:AOTCacheOutput=heliograph-gateway.aot @jvm.options -XX:-UsePerfData -Djava.library.path=/opt/heliograph/native \
        -jar /opt/heliograph/heliograph-gateway.jar train \
    && java -XX:AOTCache=heliograph-gateway.aot @jvm.options -XX:-UsePerfData -jar /opt/heliograph/heliograph-gateway.jar version | grep -F 'cache in use'
# For store.folder, if it is set; mount a volume there to keep it.
RUN install -d -o 65532 -g 65532 /var/lib/heliograph
# Clients come from outside the container; the operator's listener stays on its loopback.
ENV HELIOGRAPH_SERVER_HOST=0.0.0.0
USER 65532:65532
WORKDIR /opt/heliograph
EXPOSE 8080
# Liveness. Whether it should get traffic is /readyz, beside it.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8081 && printf 'GET /healthz HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
# Memory follows the container's limit: jvm.options gives the heap a share, direct buffers may take as much again.
ENTRYPOINT ["java", "-XX:AOTCache=/opt/heliograph/heliograph-gateway.aot", "@/opt/heliograph/jvm.options", "-XX:-UsePerfData", "-Djava.library.path=/opt/heliograph/native", "-jar", "/opt/heliograph/heliograph-gateway.jar"]
CMD ["start", "--config", "/etc/heliograph/heliograph.yaml"]
