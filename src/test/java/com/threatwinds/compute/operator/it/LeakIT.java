package com.threatwinds.compute.operator.it;

import static com.threatwinds.compute.operator.simulator.Operation.CREATE;
import static com.threatwinds.compute.operator.simulator.Operation.GET;
import static com.threatwinds.compute.operator.simulator.Operation.LIST;
import static com.threatwinds.compute.operator.simulator.Operation.RESET;
import static com.threatwinds.compute.operator.simulator.Operation.STOP;
import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.simulator.ActiveFault;
import com.threatwinds.compute.operator.simulator.Effect;
import com.threatwinds.compute.operator.simulator.Match;
import com.threatwinds.compute.operator.simulator.Operation;
import com.threatwinds.compute.operator.simulator.Phase;
import com.threatwinds.compute.operator.testing.Subject;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * An API that says back what it was told in confidence. {@link OperatorFixture} looks for it in
 * log, status, events, metrics and health, after every test, here as everywhere.
 */
class LeakIT {

  private static final String TOKEN_ECHO =
      "bad credentials: Authorization: Bearer " + OperatorFixture.TOKEN;
  private static final String PAIR_ECHO =
      "bad pair: " + OperatorFixture.KEY + ":" + OperatorFixture.SECRET;

  @RegisterExtension
  private static final OperatorFixture it = OperatorFixture.standard().withMountedCredentials();

  private static ActiveFault echo(String echo, int status, Operation operation) {
    return it.api()
        .fault(
            Match.on(operation).always(),
            Phase.BEFORE_COMMIT,
            Effect.respond(
                    status,
                    "application/json",
                    "{\"error\":{\"message\":\"" + echo + "\"}, \"id\":\"" + echo + "\"}")
                .header("x-error", echo)
                .header("x-error-id", echo));
  }

  @Test
  void secretsThatTheApiEchoesComeOutNowhere() {
    it.operatorWith(Map.of("LOG_LEVEL", "TRACE"));
    Subject web = it.apply("web", "power", "Running").awaitReady("Running");

    try (ActiveFault fault = echo(TOKEN_ECHO, 401, STOP)) {
      web.power("Stopped").awaitStalled("AuthenticationFailed");
      fault.awaitHits(2, Subject.PATIENCE);
    }
    web.awaitReady("Stopped");
    web.power("Running").awaitReady("Running");
    try (ActiveFault fault = echo(TOKEN_ECHO, 400, RESET)) {
      web.power("Reset", "r1").awaitStalled("RequestRejected");
      fault.awaitHit(Subject.PATIENCE);
    }
    ActiveFault refusal = echo(TOKEN_ECHO, 403, CREATE);
    Subject refused = it.apply("refused").awaitReconciling("QuotaExceeded");
    refusal.close();
    try (ActiveFault fault = echo(TOKEN_ECHO, 500, LIST)) {
      fault.awaitHits(2, Subject.PATIENCE);
    }

    assertThat(refused.status().at("/lastError/message").asText())
        .contains("bad credentials", "***");
  }

  @Test
  void secretsOfAKeyPairThatTheApiEchoesComeOutNowhere() {
    it.mount(Map.of("api-key", OperatorFixture.KEY, "api-secret", OperatorFixture.SECRET));
    it.operatorWith(Map.of("LOG_LEVEL", "TRACE", "LOG_FORMAT", "json"));
    Subject web = it.apply("web", "power", "Running").awaitReady("Running");

    ActiveFault refusal = echo(PAIR_ECHO, 403, STOP);
    web.power("Stopped").awaitStalled("AuthenticationFailed");
    assertThat(web.message()).contains("bad pair", "***");
    refusal.close();
    web.awaitReady("Stopped");
    ActiveFault nonsense = echo(PAIR_ECHO, 200, GET);
    web.power("Running").awaitReconciling("ApiUnavailable");
    nonsense.close();
    web.awaitReady("Running");
  }

  @Test
  void secretsInTheInstanceItselfComeOutNowhereInTheLog() {
    it.operatorWith(Map.of("LOG_LEVEL", "TRACE"));
    it.api()
        .fault(
            Match.on(LIST, GET, CREATE).always(),
            Phase.AFTER_COMMIT,
            Effect.rewrite(
                body -> body.replace("\"id\"", "\"note\":\"" + TOKEN_ECHO + "\",\"id\"")));

    it.apply("web").awaitReady("Running");
  }

  @Test
  void aMountedSecretThatIsMalformedIsNotShown() {
    it.keepSecret("tok-with-a-line");
    it.mount(Map.of("token", "tok-with-a-line\nbreak\u0001"));
    it.operatorWith(Map.of("LOG_LEVEL", "TRACE"));

    Subject web = it.apply("web").awaitStalled("AuthenticationFailed");

    assertThat(web.message()).doesNotContain("tok-with");
  }
}
