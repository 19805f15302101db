# syntax=docker/dockerfile:1
#
# The operator as an image: make image, or docker build -t compute-operator:dev .
#
# The bases are pinned to a release. For a build that can be repeated bit by bit give digests:
#   --build-arg RUNTIME_IMAGE=docker.io/library/eclipse-temurin@sha256:...
ARG BUILD_IMAGE=docker.io/library/eclipse-temurin:25.0.3_9-jdk
ARG RUNTIME_IMAGE=docker.io/library/eclipse-temurin:25.0.3_9-jre

FROM ${BUILD_IMAGE} AS build
# Without it the wrapper gets another archive of Maven than the one whose checksum it knows.
RUN command -v unzip || (apt-get update -q && apt-get install -yq --no-install-recommends unzip)
WORKDIR /build
COPY .mvn .mvn
COPY mvnw pom.xml ./
COPY src/build src/build
COPY src/main src/main
# Tests are for make test: here there is neither their source nor a cluster for them.
RUN --mount=type=cache,target=/root/.m2 \
    ./mvnw -B -ntp -q package -Dmaven.test.skip -Dmdep.skip -Dspotless.check.skip

# The simulator of the Compute API, for a demo in a cluster: docker build --target simulator
FROM build AS simulator-build
COPY src/test/java/com/threatwinds/compute/operator/simulator simulator
RUN javac -proc:none -d simulator-classes -cp 'target/quarkus-app/lib/main/*' simulator/*.java

FROM ${RUNTIME_IMAGE} AS simulator
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="compute-simulator" \
      org.opencontainers.image.description="Simulator of the ThreatWinds Compute API, to try the operator with" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
WORKDIR /app
COPY LICENSE /licenses/LICENSE
COPY --from=build /build/target/quarkus-app/lib/main/com.fasterxml.jackson.core.* lib/
COPY --from=simulator-build /build/simulator-classes/ classes/
ENV SIM_BIND=0.0.0.0 \
    SIM_PORT=8080
EXPOSE 8080
USER 65532:65532
ENTRYPOINT ["java", "-XX:-UsePerfData", "-cp", "/app/classes:/app/lib/*", \
    "com.threatwinds.compute.operator.simulator.SimulatorMain"]

# The last stage is what a build without --target makes.
FROM ${RUNTIME_IMAGE} AS operator
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="compute-operator" \
      org.opencontainers.image.description="Kubernetes operator for instances of the ThreatWinds Compute API" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
WORKDIR /app
COPY LICENSE /licenses/LICENSE
# By rate of change: the libraries are a layer that most builds have in common.
COPY --from=build /build/target/quarkus-app/lib/ lib/
COPY --from=build /build/target/quarkus-app/quarkus-run.jar ./
COPY --from=build /build/target/quarkus-app/quarkus/ quarkus/
COPY --from=build /build/target/quarkus-app/app/ app/
ENV LOG_FORMAT=json
EXPOSE 8080
# Any UID will do; nothing in the image belongs to this one or is written by it, except in /tmp.
USER 65532:65532
# Beside its heap the process needs some 170 MB: with a larger share a pod of 256Mi would be killed.
# Not in JAVA_TOOL_OPTIONS, which the JVM would announce in a line that is no JSON.
ENTRYPOINT ["java", \
    "-XX:MaxRAMPercentage=30", \
    "-XX:TrimNativeHeapInterval=10000", \
    "-XX:+ExitOnOutOfMemoryError", \
    "-XX:-UsePerfData", \
    "-jar", "/app/quarkus-run.jar"]
