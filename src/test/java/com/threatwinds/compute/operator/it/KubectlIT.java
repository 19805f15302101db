package com.threatwinds.compute.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.threatwinds.compute.operator.simulator.MachineTemplate;
import com.threatwinds.compute.operator.testing.Kubectl;
import com.threatwinds.compute.operator.testing.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a person at a terminal types, and sees. */
@Tag("real-cluster")
class KubectlIT {

  @RegisterExtension private static final OperatorFixture it = OperatorFixture.standard();

  @TempDir private Path directory;

  private Optional<Kubectl> kubectl = Optional.empty();

  @BeforeEach
  void kubectlIsHere() {
    kubectl = Kubectl.of(it.cluster());
    assumeThat(kubectl).as("kubectl").isPresent();
  }

  private Kubectl.Result run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("-n", it.namespace()));
    all.addAll(List.of(arguments));
    return kubectl.orElseThrow().run(all.toArray(String[]::new));
  }

  private String succeed(String... arguments) {
    Kubectl.Result result = run(arguments);
    assertThat(result.exitCode()).as(result.output()).isZero();
    return result.output();
  }

  private Path manifest(String power) throws IOException {
    return Files.writeString(
        directory.resolve("web.yaml"),
        """
        apiVersion: compute.threatwinds.com/v1alpha1
        kind: ComputeInstance
        metadata:
          name: web
        spec:
          templateId: ubuntu-22-standard
          power: %s
        """
            .formatted(power));
  }

  @Test
  void appliesWaitsLooksAndDeletes() throws IOException {
    it.operator();
    succeed("apply", "-f", manifest("Running").toString());
    succeed("wait", "ci/web", "--for=condition=Ready", "--timeout=30s");

    String address = it.machines().getFirst().externalIp();
    String id = it.machines().getFirst().id();
    String internal = it.machines().getFirst().internalIp();
    assertThat(lines(succeed("get", "ci")))
        .satisfiesExactly(
            head ->
                assertThat(head.split("\\s+"))
                    .containsExactly("NAME", "READY", "STATE", "EXTERNAL-IP", "ZONE", "AGE"),
            row ->
                assertThat(row.split("\\s+"))
                    .startsWith("web", "True", "RUNNING", address, "us-central1-a"));
    assertThat(lines(succeed("get", "computeinstances", "-o", "wide")))
        .satisfiesExactly(
            head ->
                assertThat(head.split("\\s+"))
                    .endsWith(
                        "REASON",
                        "INSTANCE-ID",
                        "INTERNAL-IP",
                        "TEMPLATE",
                        "MACHINE-TYPE",
                        "POWER"),
            row ->
                assertThat(row.split("\\s+"))
                    .endsWith(
                        "Running", id, internal, "ubuntu-22-standard", "n1-standard-2", "Running"));
    assertThat(succeed("get", "threatwinds")).contains("web");
    await()
        .atMost(Subject.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(succeed("describe", "ci", "web"))
                    .contains("Created", "Provisioned", "is running at " + address));
    assertThat(succeed("events", "--for", "computeinstance/web")).contains("Provisioned");

    succeed("apply", "-f", manifest("Stopped").toString());
    succeed("wait", "ci/web", "--for=jsonpath={.status.state}=TERMINATED", "--timeout=30s");
    succeed("delete", "ci", "web", "--timeout=30s");

    assertThat(run("get", "ci", "web").output()).contains("NotFound");
    assertThat(it.machines()).isEmpty();
  }

  @Test
  void watchesAnInstanceComeUp() throws Exception {
    it.operator();
    Path output = directory.resolve("watch");
    Process watch =
        kubectl.orElseThrow().start(output, "-n", it.namespace(), "get", "ci", "-w", "-o", "wide");
    try {
      it.apply("web").awaitReady("Running");

      await()
          .atMost(Subject.PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(Files.readString(output))
                      .containsSubsequence("READY", "Creating", "Provisioning", "True", "Running"));
    } finally {
      watch.destroy();
      watch.waitFor();
    }
  }

  @Test
  void explainsEveryField() {
    await()
        .atMost(Subject.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(succeed("explain", "ci.spec"))
                    .contains("deletionPolicy", "power", "templateId", "zone", "instanceId"));

    assertThat(succeed("explain", "ci.spec.power")).contains("Running and Stopped are states");
    assertThat(succeed("explain", "ci.status.conditions")).contains("lastTransitionTime");
    assertThat(succeed("explain", "ci", "--recursive")).doesNotContain("<empty>");
  }

  @Test
  void showsTheCatalogue() {
    it.operator();

    await()
        .atMost(Subject.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(lines(succeed("get", "ct")))
                    .hasSize(1 + MachineTemplate.defaults().size())
                    .anyMatch(row -> row.contains("us-east1-c") && row.endsWith("true")));

    assertThat(lines(succeed("get", "computetemplates")).getFirst().split("\\s+"))
        .containsExactly(
            "NAME", "TEMPLATE", "MACHINE-TYPE", "DISK", "REGION", "ZONES", "AVAILABLE");
    assertThat(lines(succeed("get", "ct", "-o", "wide")))
        .anySatisfy(
            row ->
                assertThat(row.split("\\s+"))
                    .startsWith("windows-2022-standard", "windows-2022-standard", "n1-standard-4")
                    .contains("100", "us-east1", "true")
                    .endsWith("us-east1-a"));
    assertThat(succeed("explain", "ct.status")).contains("defaultZone", "spec.templateId");
  }

  @Test
  void waitsInVainForWhatIsStalledAndSaysWhyInGet() throws IOException {
    it.operator();
    Path manifest = manifest("Running");
    Files.writeString(
        manifest, Files.readString(manifest).replace("ubuntu-22-standard", "ubuntu-99"));
    succeed("apply", "-f", manifest.toString());

    succeed("wait", "ci/web", "--for=condition=Stalled", "--timeout=30s");

    assertThat(run("wait", "ci/web", "--for=condition=Ready", "--timeout=1s").exitCode())
        .isNotZero();
    assertThat(succeed("get", "ci", "-o", "wide")).contains("TemplateNotFound");
    assertThat(succeed("describe", "ci", "web")).contains("there is no template ubuntu-99");
  }

  private static List<String> lines(String text) {
    return text.strip().lines().toList();
  }
}
