package com.threatwinds.compute.operator.it;

import static com.threatwinds.compute.operator.simulator.Operation.CREATE;
import static com.threatwinds.compute.operator.simulator.Operation.LIMITS;
import static com.threatwinds.compute.operator.simulator.Operation.QUOTAS;
import static com.threatwinds.compute.operator.simulator.Operation.STOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.threatwinds.compute.operator.simulator.ActiveFault;
import com.threatwinds.compute.operator.simulator.Effect;
import com.threatwinds.compute.operator.simulator.Match;
import com.threatwinds.compute.operator.simulator.Operation;
import com.threatwinds.compute.operator.simulator.Phase;
import com.threatwinds.compute.operator.testing.OperatorProcess;
import com.threatwinds.compute.operator.testing.Subject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the account may do, read from the Billing API and kept to without a setting. */
@TestMethodOrder(OrderAnnotation.class)
class BillingIT {

  @RegisterExtension private static final OperatorFixture it = OperatorFixture.standard();

  private static Map<String, String> billing() {
    return Map.of("COMPUTE_BILLING_URL", it.api().root() + "/api/billing/v1");
  }

  private static long refused(Operation operation) {
    return it.journal().calls(operation).stream()
        .filter(call -> Integer.valueOf(429).equals(call.status()))
        .count();
  }

  private static long ready(List<Subject> subjects) {
    return subjects.stream().filter(subject -> subject.status().has("instanceId")).count();
  }

  @Test
  @Order(1) // The API's windows outlast a test.
  void createsAsManyAsTheAccountMayAndHasNoneRefused() {
    it.api().settings().limit(CREATE, 3, Duration.ofHours(1));
    it.stopOperator();
    List<Subject> all = IntStream.range(0, 6).mapToObj(i -> it.apply("web-" + i)).toList();

    it.operatorWith(billing());

    await().atMost(Subject.PATIENCE).until(() -> ready(all) == 3);
    it.awaitLists(5);
    assertThat(it.journal().committed(CREATE)).hasSize(3);
    assertThat(it.journal().calls(CREATE)).hasSize(3);
    assertThat(refused(CREATE)).isZero();
    assertThat(it.operator().log()).contains("limits=read rates={CREATE=3/1h}");
  }

  @Test
  void leavesAGateAloneThatTheSettingsSet() {
    it.api().settings().limit(CREATE, 1_000, Duration.ofHours(1));
    it.stopOperator();
    List<Subject> all = IntStream.range(0, 2).mapToObj(i -> it.apply("web-" + i)).toList();

    OperatorProcess operator =
        it.operatorWith(
            Map.of(
                "COMPUTE_BILLING_URL",
                it.api().root() + "/api/billing/v1",
                "COMPUTE_RATE_CREATE",
                "1"));

    await().atMost(Subject.PATIENCE).until(() -> ready(all) == 1);
    it.awaitLists(5);
    assertThat(it.journal().calls(CREATE)).hasSize(1);
    assertThat(operator.log())
        .contains("limits=read rates={CREATE=1000/1h} set-by-settings-instead=[CREATE]");
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 500})
  void goesOnAsBeforeWhereItMayNotReadItsLimitsAndSaysSoOnce(int status) {
    try (ActiveFault fault =
        it.api()
            .fault(Match.on(LIMITS, QUOTAS).always(), Phase.BEFORE_COMMIT, Effect.status(status))) {
      OperatorProcess operator = it.operatorWith(billing());
      fault.awaitHit(Subject.PATIENCE);

      it.apply("web").awaitReady("Running");

      assertThat(operator.log().lines().filter(line -> line.contains("limits=")))
          .singleElement()
          .asString()
          .contains("limits=unread", "INFO");
    }
  }

  @Test
  void showsQuotaLimitsAndUseAsMetrics() {
    it.api().settings().limit(STOP, 12, Duration.ofMinutes(1)).maxInstances(7);

    OperatorProcess operator = it.operatorWith(billing());
    it.apply("web").awaitReady("Running");

    await()
        .atMost(Subject.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(operator.get("/q/metrics").lines())
                    .contains(
                        "compute_quota_instances 7.0",
                        "compute_quota_instances_used 1.0",
                        "compute_rate_limit_per_minute{kind=\"power\"} 12.0",
                        "compute_rate_limit_per_minute{kind=\"delete\"} NaN"));
  }
}
