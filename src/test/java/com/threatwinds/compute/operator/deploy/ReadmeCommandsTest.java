package com.threatwinds.compute.operator.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs every command block of the README, with stand-ins for the programs that need more than this
 * machine.
 *
 * <p>A block that calls a program that is neither here nor stood in for fails, so that somebody
 * decides about it.
 */
class ReadmeCommandsTest {

  /** What is stood in for, why, and what tests it for real. */
  private static final Map<String, String> STAND_INS =
      Map.of(
          "make", "builds and tests everything again; DemoIT plays make demo",
          "docker", "no registry",
          "kubectl", "no cluster; KubectlIT, UninstallIT and RbacIT have one");

  /** Says how it was called, and keeps what it was told to read. */
  private static final String STAND_IN =
      """
      #!/bin/sh
      echo "$(basename "$0") $*" >> "$CALLS"
      case " $* " in *" -f - "*) cat >> "$APPLIED" ;; esac
      """;

  @TempDir private Path directory;

  private record Run(int exitCode, String output, List<String> calls, String applied) {}

  @TestFactory
  Stream<DynamicTest> eachBlockOfCommandsRuns() {
    List<String> blocks = blocks();
    assertThat(blocks).hasSizeGreaterThanOrEqualTo(5);
    return blocks.stream()
        .map(
            block ->
                DynamicTest.dynamicTest(
                    block.lines().findFirst().orElseThrow(),
                    () -> {
                      Run run = run(block);

                      assertThat(run.exitCode()).as(run.output()).isZero();
                      assertThat(run.calls()).isNotEmpty().allSatisfy(this::namesWhatIsThere);
                    }));
  }

  @Test
  void theInstallationAppliesTheManifestWithTheImageThatItPushed() {
    String install =
        blocks().stream()
            .filter(block -> block.contains("deploy/install.yaml") && block.contains("apply"))
            .findFirst()
            .orElseThrow();

    Run run = run(install);

    String pushed =
        run.calls().stream()
            .filter(call -> call.startsWith("docker push "))
            .findFirst()
            .orElseThrow()
            .substring("docker push ".length());
    assertThat(run.calls()).contains("make image IMAGE=" + pushed);
    assertThat(StrictYaml.read(run.applied())).isNotEmpty();
    assertThat(run.applied())
        .contains("image: " + pushed + "\n")
        .doesNotContain("compute-operator:dev");
  }

  private void namesWhatIsThere(String call) {
    List<String> words = List.of(call.split(" "));
    if (words.getFirst().equals("make")) {
      assertThat(ReadmeTest.read(Path.of("Makefile"))).contains("\n" + words.get(1) + ":");
    }
    for (int i = 0; i + 1 < words.size(); i++) {
      if (words.get(i).equals("-f") && !words.get(i + 1).equals("-")) {
        assertThat(Path.of(words.get(i + 1))).exists();
      }
    }
  }

  private Run run(String block) {
    try {
      Path calls = Files.createTempFile(directory, "calls", "");
      Path applied = Files.createTempFile(directory, "applied", "");
      Path programs = Files.createTempDirectory(directory, "bin");
      for (String program : STAND_INS.keySet()) {
        Path script = Files.writeString(programs.resolve(program), STAND_IN);
        assertThat(script.toFile().setExecutable(true)).isTrue();
      }
      ProcessBuilder builder =
          new ProcessBuilder("bash", "-euo", "pipefail", "-c", block).redirectErrorStream(true);
      builder.environment().put("CALLS", calls.toString());
      builder.environment().put("APPLIED", applied.toString());
      builder.environment().put("PATH", programs + ":/usr/bin:/bin");
      Process process = builder.start();
      String output = new String(process.getInputStream().readAllBytes());
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      return new Run(
          process.exitValue(), output, Files.readAllLines(calls), Files.readString(applied));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static List<String> blocks() {
    return Pattern.compile("(?s)```sh\n(.*?)```")
        .matcher(ReadmeTest.read(Path.of("README.md")))
        .results()
        .map((MatchResult match) -> match.group(1))
        .toList();
  }
}
