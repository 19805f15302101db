package com.threatwinds.compute.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.testing.OperatorProcess;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A setting that can't be right ends the process at once, and is named. */
class SettingsIT {

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("bad")
  void aBadSettingEndsTheProcessWithOneLineThatNamesIt(
      String variable, Map<String, String> settings) {
    Map<String, String> all = new HashMap<>();
    all.put("COMPUTE_API_TOKEN", "tok-0d9f3a");
    all.putAll(settings);
    all.values().removeIf(String::isEmpty);
    try (OperatorProcess operator = OperatorProcess.start(all, List.of("-XX:+UseSerialGC"))) {
      int exitCode = operator.awaitExit(Duration.ofSeconds(30));

      assertThat(exitCode).isNotZero();
      assertThat(operator.log().strip().lines().toList())
          .hasSize(1)
          .allMatch(line -> line.contains(variable), "names " + variable)
          .noneMatch(line -> line.contains("tok-0d9f3a"));
    }
  }

  static Stream<Arguments> bad() {
    return Stream.of(
        bad("COMPUTE_API_URL", "apis.threatwinds.com"),
        bad("COMPUTE_API_URL", "http://compute.example.com/v1"),
        bad("COMPUTE_API_TIMEOUT", "soon"),
        bad("COMPUTE_POLL_INTERVAL", "-5s"),
        bad("COMPUTE_CREATE_RECOVERY", "maybe"),
        bad("COMPUTE_TAKEOVER_NAMESPACES", "a,B C"),
        bad("COMPUTE_RATE_CREATE", "many"),
        bad("COMPUTE_API_CREDENTIALS_DIR", "/no/such/directory"),
        bad("LOG_LEVEL", "LOUD"),
        bad("OPERATOR_LEADER_ELECTION", "perhaps"),
        bad("QUARKUS_HTTP_PORT", "eighty"),
        bad("COMPUTE_API_SECRET", "without-a-key"),
        Arguments.of(
            "COMPUTE_API_TOKEN", Map.of("COMPUTE_API_KEY", "k", "COMPUTE_API_SECRET", "s")),
        Arguments.of("COMPUTE_API_TOKEN", Map.of("COMPUTE_API_TOKEN", "")));
  }

  private static Arguments bad(String variable, String value) {
    Map<String, String> settings = new HashMap<>();
    settings.put(variable, value);
    if (variable.equals("COMPUTE_API_CREDENTIALS_DIR") || variable.equals("COMPUTE_API_SECRET")) {
      settings.put("COMPUTE_API_TOKEN", "");
    }
    String named = variable.equals("COMPUTE_API_SECRET") ? "COMPUTE_API_KEY" : variable;
    return Arguments.of(named, settings);
  }
}
