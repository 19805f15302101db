package com.threatwinds.compute.operator.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ConditionType;
import com.threatwinds.compute.operator.compute.Instance;
import com.threatwinds.compute.operator.compute.InstanceState;
import com.threatwinds.compute.operator.inventory.ModelApi;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One resource, an account with instances of others, and an operator that is watched by {@link
 * RunChecker} and by what must hold of any status, event and line of the log.
 */
final class InputWorld {

  static final String NAME = "web";
  static final List<String> STRANGERS = List.of(Input.EXISTING, "x-foreign");

  private static final int LONGEST = 60;
  private static final Duration LONG = Duration.ofSeconds(60);

  final ModelApi api = new ModelApi();
  final ModelCluster cluster = new ModelCluster();
  private final List<String> log;
  private final List<String> timeline = new ArrayList<>();
  private final List<String> events = new ArrayList<>();
  private final RunChecker checker =
      new RunChecker(api, timeline::add, gone -> this.operator.gone(gone));
  private ModelOperator operator = new ModelOperator(api, cluster, SampleSettings.defaults());
  private int judged;
  private String judgedVersion = "";

  /**
   * @param log what the operator logs, which must be presentable
   */
  InputWorld(List<String> log) {
    this.log = log;
    STRANGERS.forEach(id -> api.put(id, InstanceState.RUNNING));
    api.witness(checker::call);
    cluster.witness(checker);
  }

  List<String> violations() {
    return List.copyOf(checker.violations());
  }

  String timeline() {
    return String.join("\n", timeline);
  }

  /** Says what is not as it must be, if it is not. */
  void expect(boolean holds, String what) {
    if (!holds) {
      checker.violation(what);
    }
  }

  void apply(ObjectNode document) {
    String text = document.toString();
    timeline.add("a user applies " + (text.length() > 600 ? text.substring(0, 600) + "…" : text));
    ComputeInstance resource = Input.decode(document);
    checker.byUser(() -> cluster.apply(resource));
  }

  void restart() {
    timeline.add("the operator starts anew");
    judge();
    operator = operator.restarted();
    judged = 0;
  }

  /** One pass, after a read of the list. */
  Optional<Duration> pass() {
    operator.poll();
    Optional<ComputeInstance> cached = cluster.cached(NAME);
    if (cached.isEmpty()) {
      return Optional.empty();
    }
    checker.begin(cached.get());
    try {
      return operator.pass(NAME);
    } catch (RuntimeException | StackOverflowError e) {
      checker.violation("a pass threw " + e);
      return Optional.empty();
    } finally {
      checker.end();
      judge();
    }
  }

  /** Passes until nothing more is to be done, and one more, which must do nothing. */
  void rest() {
    Optional<Duration> next = Optional.of(Duration.ZERO);
    int passes = 0;
    do {
      operator.advance(next.filter(InputWorld::isSoon).orElse(Duration.ZERO));
      next = pass();
    } while ((ripen() || next.filter(InputWorld::isSoon).isPresent()) && ++passes < LONGEST);
    expect(passes < LONGEST, "it never comes to rest");
    int before = api.changes().size() + cluster.writes().size();
    operator.advance(LONG);
    pass();
    expect(
        api.changes().size() + cluster.writes().size() == before,
        "something is done or written while nothing happens");
    resource().ifPresent(this::judgeAtRest);
  }

  private static boolean isSoon(Duration pause) {
    return pause.compareTo(LONG) < 0;
  }

  /** What was told to change does; whether anything did. */
  private boolean ripen() {
    List<Instance> before = api.ids().stream().map(id -> api.find(id).orElseThrow()).toList();
    for (String id : api.ids()) {
      switch (api.find(id).orElseThrow().state()) {
        case PROVISIONING, STAGING -> api.move(id, InstanceState.RUNNING);
        case STOPPING -> api.move(id, InstanceState.TERMINATED);
        case RUNNING, TERMINATED, SUSPENDED, UNKNOWN -> {}
      }
    }
    return before.stream().anyMatch(i -> !api.find(i.id().value()).equals(Optional.of(i)));
  }

  // -- what is looked at

  Optional<ComputeInstance> resource() {
    return Optional.ofNullable(cluster.stored(NAME));
  }

  ComputeInstanceStatus status() {
    return resource().map(Pass::statusOf).orElse(ComputeInstanceStatus.NONE);
  }

  String reason() {
    return ModelOperator.reason(status());
  }

  /** The reasons of all events. */
  List<String> events() {
    return List.copyOf(events);
  }

  /** Each power must be as asked, and each request be handled. */
  void checkEnd() {
    checker.checkEnd(false);
  }

  // -- what must hold at any time

  private void judge() {
    log.forEach(line -> expect(Input.isPresentable(line), "not presentable in a log: " + line));
    log.clear();
    List<EventReport.Note> notes = operator.notes;
    for (EventReport.Note note : notes.subList(judged, notes.size())) {
      events.add(note.reason());
      expect(
          Input.isPresentable(note.reason() + note.action() + note.text()),
          "not presentable in an event: " + note);
    }
    judged = notes.size();
    resource()
        .filter(r -> !r.getMetadata().getResourceVersion().equals(judgedVersion))
        .ifPresent(this::judge);
  }

  private void judge(ComputeInstance resource) {
    judgedVersion = resource.getMetadata().getResourceVersion();
    JsonNode status = Input.encode(resource).path("status");
    for (String text : Input.textsOf(status)) {
      expect(Input.isPresentable(text), "not presentable in a status: " + text);
    }
    List<Condition> conditions = Pass.statusOf(resource).conditions();
    if (conditions == null) {
      return;
    }
    expect(
        conditions.stream()
            .map(Condition::getType)
            .toList()
            .equals(List.of("Ready", "Reconciling", "Stalled")),
        "not all conditions are there: " + conditions);
    for (Condition c : conditions) {
      expect(
          !c.getReason().isBlank()
              && !c.getMessage().isBlank()
              && !c.getLastTransitionTime().isBlank(),
          "a condition that says nothing: " + c);
    }
    expect(
        conditions.stream().filter(c -> c.getStatus().equals("True")).count() <= 1,
        "conditions that contradict each other: " + conditions);
  }

  private void judgeAtRest(ComputeInstance resource) {
    ComputeInstanceStatus status = Pass.statusOf(resource);
    expect(status.conditions() != null, "nothing is told");
    Long generation = resource.getMetadata().getGeneration();
    expect(generation.equals(status.observedGeneration()), "told of another generation");
    expect(!is(ConditionType.RECONCILING, status), "at rest, and said to be reconciling");
    ObjectNode read = (ObjectNode) Input.encode(resource);
    expect(
        status.equals(Pass.statusOf(Input.decode(read))),
        "a status that reads otherwise: " + status);
  }

  private static boolean is(ConditionType type, ComputeInstanceStatus status) {
    return status.condition(type).filter(c -> "True".equals(c.getStatus())).isPresent();
  }
}
