package com.threatwinds.compute.operator.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The simulator as a program. */
class SimulatorMainTest {

  private static Process launch(String... flags) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                SimulatorMain.class.getName()));
    command.addAll(List.of(flags));
    return new ProcessBuilder(command).start();
  }

  @Test
  void printsWhereItIsAndEndsOnSigterm() throws Exception {
    Process process = launch("--token", "my-token", "--quota=0");
    try (BufferedReader out = process.inputReader();
        HttpClient http = HttpClient.newHttpClient()) {
      String url = out.readLine().replaceFirst("^url=", "");
      String admin = out.readLine().replaceFirst("^admin=", "");

      HttpResponse<String> created =
          http.send(
              HttpRequest.newBuilder(URI.create(url + "/instances"))
                  .header("Authorization", "Bearer my-token")
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          "{\"template_id\":\"ubuntu-22-standard\"}"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      HttpResponse<String> journal =
          http.send(
              HttpRequest.newBuilder(URI.create(admin + "journal?format=text")).build(),
              HttpResponse.BodyHandlers.ofString());

      assertThat(created.statusCode()).isEqualTo(403);
      assertThat(journal.body()).contains("create    403");
      process.destroy();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void namesABadFlagAndEnds() throws Exception {
    Process process = launch("--quota", "many");

    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(2);
    assertThat(new String(process.getErrorStream().readAllBytes()))
        .isEqualToIgnoringNewLines("simulator: --quota is not a number");
  }

  @Test
  void takesFlagsBeforeTheEnvironmentBeforeDefaults() {
    Map<String, String> flags =
        SimulatorMain.flags(
            new String[] {"--token", "flag", "--limit=create=5/minute,list=0"},
            Map.of("SIM_TOKEN", "environment", "SIM_API_KEY", "key"));

    assertThat(flags)
        .containsEntry("token", "flag")
        .containsEntry("api-key", "key")
        .containsEntry("quota", "-1");
    try (ComputeSimulator simulator = SimulatorMain.simulator(flags).start()) {
      assertThat(simulator.settings().limit(Operation.CREATE))
          .isEqualTo(new RateLimit(5, Duration.ofMinutes(1)));
      assertThat(simulator.settings().limit(Operation.LIST).value()).isZero();
      assertThat(simulator.settings().provisioning()).isEqualTo(Duration.ofSeconds(8));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--nonsense=1",
        "nonsense",
        "--port",
        "--port=x",
        "--provisioning=soon",
        "--limit=create",
        "--limit=explode=5/minute",
        "--quirk=nonsense",
        "--quota=-2"
      })
  void refusesABadFlag(String flag) {
    assertThatThrownBy(
            () -> SimulatorMain.simulator(SimulatorMain.flags(new String[] {flag}, Map.of())))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
