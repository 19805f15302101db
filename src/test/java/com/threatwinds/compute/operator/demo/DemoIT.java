package com.threatwinds.compute.operator.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.threatwinds.compute.operator.testing.TestClusters;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemoIT {

  private static final Duration STARTED = Duration.ofSeconds(90);

  @Test
  void playsItsStoryAndEndsWithZero() throws Exception {
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    Demo demo =
        new Demo(
            new Screen(new PrintStream(shown, true, UTF_8), false),
            () -> TestClusters.chosen(Path.of("crds")),
            Duration.ofSeconds(1),
            new CountDownLatch(1));

    int exitCode = demo.run(true);

    assertThat(exitCode).as(shown.toString(UTF_8)).isEqualTo(Demo.DONE);
    assertThat(shown.toString(UTF_8))
        .containsSubsequence(
            "== 1. Create two instances",
            "$ kubectl apply -f samples/01-minimal.yaml -f samples/02-zone.yaml",
            "computeinstance.compute.threatwinds.com/minimal created",
            "NAME        READY   STATE          EXTERNAL-IP    ZONE            AGE",
            "TYPE      REASON           OBJECT                       MESSAGE",
            "== 2. Stop one",
            "patched",
            "== 3. Start it",
            "== 4. Reset it",
            "\"outcome\":\"Accepted\"",
            "patched (no change)",
            "== 5. Ask for one too many",
            "Warning   QuotaExceeded    computeinstance/stopped",
            "== 6. Make room for it",
            "\"zone\" deleted",
            "Normal    Created          computeinstance/stopped",
            "== 7. Delete what is left",
            "No resources found in default namespace.",
            "[]",
            "== 8. The bill",
            "10  calls that changed something: 3 create, 3 delete, 1 start, 2 stop, 1 reset",
            "All became as asked");
    assertThat(shown.toString(UTF_8).lines())
        .anyMatch(line -> line.matches("zone +False +PROVISIONING +us-central1-b +\\d+s"))
        .anyMatch(line -> line.matches("zone +True +RUNNING +34\\.\\S+ +us-central1-b +\\d+s"))
        .anyMatch(line -> line.matches("minimal +True +TERMINATED +us-central1-a +\\d+s"))
        .anyMatch(line -> line.matches("    Normal +Reset +computeinstance/minimal +reset inst.+"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Kubernetes API", "Compute API", "ready after", "PROVISIONING"})
  void leavesNothingBehindWhenInterrupted(String when, @TempDir Path directory) throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    Path output = directory.resolve("output");
    Process demo = start(temporary, output);
    try {
      await().atMost(STARTED).until(() -> Files.readString(output).contains(when));
      List<ProcessHandle> children = demo.descendants().toList();

      demo.destroy();

      assertThat(demo.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(demo.exitValue()).as(Files.readString(output)).isEqualTo(Demo.INTERRUPTED);
      assertThat(children).noneMatch(ProcessHandle::isAlive);
      assertThat(ProcessHandle.allProcesses()).noneMatch(process -> isOf(process, temporary));
      assertThat(filesBelow(temporary)).isEmpty();
    } finally {
      demo.descendants().forEach(ProcessHandle::destroyForcibly);
      demo.destroyForcibly();
    }
  }

  @Test
  void namesTheStepAndShowsTheLogWhenTheOperatorDies(@TempDir Path directory) throws Exception {
    Path output = directory.resolve("output");
    Process demo = start(Files.createDirectory(directory.resolve("tmp")), output);
    try {
      await().atMost(STARTED).until(() -> Files.readString(output).contains("PROVISIONING"));

      demo.descendants()
          .filter(child -> child.info().commandLine().orElse("").contains("quarkus-run.jar"))
          .forEach(ProcessHandle::destroyForcibly);

      assertThat(demo.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(demo.exitValue()).as(Files.readString(output)).isEqualTo(Demo.FAILED);
      assertThat(Files.readString(output))
          .contains("FAILED in step 1. Create two instances: the operator ended before")
          .contains("The end of the operator's log, ");
    } finally {
      demo.descendants().forEach(ProcessHandle::destroyForcibly);
      demo.destroyForcibly();
    }
  }

  private static Process start(Path temporary, Path output) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
            "-Djava.io.tmpdir=" + temporary,
            // make test is about the mock, whatever this machine has
            "-Duser.home="
                + ("real".equals(System.getProperty("test.cluster")) ? home() : temporary),
            "-cp",
            System.getProperty("java.class.path"),
            Demo.class.getName());
    builder.environment().remove("ONCE");
    if (!"real".equals(System.getProperty("test.cluster"))) {
      builder.environment().remove("KUBE_ASSETS");
    }
    return builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
  }

  /** Also of those that were started while the signal was on its way. */
  private static boolean isOf(ProcessHandle process, Path directory) {
    return process.info().commandLine().filter(line -> line.contains(directory + "/")).isPresent();
  }

  private static String home() {
    return System.getProperty("user.home");
  }

  private static List<Path> filesBelow(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }
}
