package com.threatwinds.compute.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ConditionType;
import com.threatwinds.compute.operator.api.v1alpha1.Reason;
import com.threatwinds.compute.operator.compute.InstanceState;
import com.threatwinds.compute.operator.reconcile.Tally.Ready;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TallyTest {

  private final KnownResources known = new KnownResources();
  private final ItemStore<ComputeInstance> shelf = known.shelf();
  private final Tally tally = known.tally();

  @Test
  void countsAResourceWhereItStands() {
    put(resource("web", "RUNNING", "True", "Running"));
    put(resource("new", null, "False", "QuotaExceeded"));

    assertThat(tally.count(InstanceState.RUNNING, Ready.TRUE)).isOne();
    assertThat(tally.count(null, Ready.FALSE)).isOne();
    assertThat(tally.waiting(Reason.QUOTA_EXCEEDED)).isOne();
    assertThat(tally.waiting(Reason.RUNNING)).as("it waits for nothing").isZero();
    assertThat(total()).isEqualTo(2);
  }

  @Test
  void aResourceWithoutAStatusIsUnknown() {
    var fresh = new ComputeInstance();
    fresh.setMetadata(
        new ObjectMetaBuilder().withNamespace("ns").withName("web").withUid("u").build());

    put(fresh);

    assertThat(tally.count(null, Ready.UNKNOWN)).isOne();
  }

  @Test
  void whateverAStatusSaysIsCountedAsOneOfAClosedSet() {
    put(resource("odd", "HACKED{a=\"b\"}", "Perhaps", "x\ny"));

    assertThat(tally.count(InstanceState.UNKNOWN, Ready.UNKNOWN)).isOne();
    assertThat(total()).isOne();
  }

  /** By informers, by a list that corrects them, in any order: as counted one by one. */
  @Test
  void neverDriftsFromWhatIsThere() {
    Random random = new Random(7);
    ItemStore<ComputeInstance> other = known.shelf();
    for (int i = 0; i < 3_000; i++) {
      String name = "r-" + random.nextInt(8);
      String namespace = random.nextBoolean() ? "ns" : "other";
      ComputeInstance resource =
          resource(
              namespace,
              name,
              pick(random, "RUNNING", "TERMINATED", "odd", null),
              pick(random, "True", "False", "Unknown"),
              pick(random, "Running", "RateLimited", "CreateOutcomeUnknown"));
      ItemStore<ComputeInstance> its = namespace.equals("ns") ? shelf : other;
      switch (random.nextInt(4)) {
        case 0 -> its.remove(namespace + "/" + name);
        case 1 -> known.correct(resource);
        case 2 -> known.drop(resource);
        default -> its.put(namespace + "/" + name, resource);
      }
      assertThat(counted()).as("after step " + i).isEqualTo(recounted());
    }
  }

  @SafeVarargs
  private static <T extends @Nullable Object> T pick(Random random, T... some) {
    return some[random.nextInt(some.length)];
  }

  private Map<String, Integer> counted() {
    Map<String, Integer> counts = new HashMap<>();
    for (Ready ready : Ready.values()) {
      for (InstanceState state : states()) {
        int count = tally.count(state, ready);
        if (count != 0) {
          counts.put(state + " " + ready, count);
        }
      }
    }
    return counts;
  }

  private Map<String, Integer> recounted() {
    return known
        .all()
        .map(TallyTest::standing)
        .collect(Collectors.toMap(s -> s, s -> 1, Integer::sum));
  }

  private static String standing(ComputeInstance resource) {
    ComputeInstanceStatus status = Pass.statusOf(resource);
    InstanceState state = status.state() == null ? null : InstanceState.of(status.state());
    return state + " " + status.condition(ConditionType.READY).orElseThrow().getStatus();
  }

  private static InstanceState[] states() {
    return Stream.concat(Stream.of((InstanceState) null), Stream.of(InstanceState.values()))
        .toArray(InstanceState[]::new);
  }

  private int total() {
    return counted().values().stream().mapToInt(Integer::intValue).sum();
  }

  private void put(ComputeInstance resource) {
    shelf.put(shelf.getKey(resource), resource);
  }

  static ComputeInstance resource(
      String name, @Nullable String state, String ready, String reason) {
    return resource("ns", name, state, ready, reason);
  }

  private static ComputeInstance resource(
      String namespace, String name, @Nullable String state, String ready, String reason) {
    var resource = new ComputeInstance();
    resource.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(namespace)
            .withName(name)
            .withUid(namespace + "-" + name)
            .withResourceVersion("1")
            .build());
    var condition =
        new ConditionBuilder()
            .withType("Ready")
            .withStatus(ready)
            .withReason(reason)
            .withMessage("m")
            .withLastTransitionTime("2026-01-01T00:00:00Z")
            .build();
    resource.setStatus(
        new ComputeInstanceStatus(
            null,
            null,
            null,
            null,
            state,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            List.of(condition),
            null,
            null,
            null,
            null,
            null));
    return resource;
  }
}
