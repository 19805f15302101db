package com.threatwinds.compute.operator.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.threatwinds.compute.operator.kubeproxy.KubeCall;
import com.threatwinds.compute.operator.simulator.Call;
import com.threatwinds.compute.operator.simulator.Machine;
import com.threatwinds.compute.operator.simulator.MachineState;
import com.threatwinds.compute.operator.simulator.Operation;
import com.threatwinds.compute.operator.testing.History;
import com.threatwinds.compute.operator.testing.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What must hold in every run, whatever went wrong in it. Judged on what the API, the API server
 * and the proxies recorded, never on what the operator says of itself - except that what it says
 * must be true.
 */
final class Invariants {

  /** By clocks of one machine, between a request's sending and its arrival. */
  private static final Duration SLACK = Duration.ofMillis(700);

  /** How old an observation may be that a status rests on: polls, lag, and a slow call. */
  private static final Duration OLDEST_TRUTH = Duration.ofSeconds(15);

  /** The simulator's words for a request whose client left before all of it was there. */
  private static final String BROKE_OFF = "the client went away";

  private final Evidence evidence;
  private final List<String> violations = new ArrayList<>();

  private Invariants(Evidence evidence) {
    this.evidence = evidence;
  }

  /** Every violation that the record shows; empty if all held. */
  static List<String> check(Evidence evidence) {
    Invariants invariants = new Invariants(evidence);
    invariants.noDuplicate();
    invariants.noLeak();
    invariants.noLoss();
    invariants.noHijack();
    invariants.noPowerCallUnrequestedOrUnread();
    invariants.atMostOncePerRequest();
    invariants.noOldPast();
    invariants.noUntruth();
    invariants.announcedBeforeItIsSent();
    invariants.noSecret();
    invariants.noEnd();
    return invariants.violations;
  }

  private void violated(int number, String how) {
    violations.add(told(number, how));
  }

  private static String told(int number, String how) {
    return "invariant " + number + ": " + how;
  }

  /** What a case itself sees broken: no record shows what does not happen. */
  static final class Broken extends AssertionError {

    private static final long serialVersionUID = 1L;

    Broken(int number, String how, Throwable cause) {
      super(told(number, how), cause);
    }
  }

  // -- 1

  /** At any moment no template has more living instances of ours than it has resources. */
  private void noDuplicate() {
    Map<String, Set<String>> resources = new HashMap<>();
    evidence
        .history()
        .forEach(
            entry ->
                resources
                    .computeIfAbsent(template(entry.version()), t -> new HashSet<>())
                    .add(uid(entry.version())));
    Map<String, Set<String>> living = new HashMap<>();
    for (Call call : byCommit()) {
      String template = call.change().templateId();
      Set<String> instances = living.computeIfAbsent(template, t -> new HashSet<>());
      if (call.operation() == Operation.CREATE && !call.outOfBand()) {
        instances.add(call.change().instanceId());
        int most = resources.getOrDefault(template, Set.of()).size();
        if (instances.size() > most) {
          violated(
              1, most + " resources of " + template + " have the living instances " + instances);
        }
      } else if (call.change().to() == null) {
        instances.remove(call.change().instanceId());
      }
    }
  }

  // -- 2

  private void noLeak() {
    Map<String, JsonNode> last = existing();
    for (Machine machine : evidence.world().machines(evidence.user())) {
      if (evidence.foreign().contains(machine.id())) {
        continue;
      }
      boolean bound =
          last.values().stream().anyMatch(v -> machine.id().equals(boundTo(v).orElse("")));
      boolean shown =
          last.values().stream()
              .anyMatch(v -> v.at("/status/create/candidates").toString().contains(machine.id()));
      boolean kept =
          evidence.history().stream()
              .filter(e -> machine.id().equals(boundTo(e.version()).orElse("")))
              .anyMatch(
                  e ->
                      policy(e.version()).equals("Retain")
                          || isUninstalled()
                          || isTornOut(name(e.version())));
      if (!bound && !shown && !kept) {
        violated(2, machine.id() + " of " + machine.templateId() + " is bound and shown nowhere");
      }
    }
  }

  private boolean isUninstalled() {
    return evidence.deeds().stream().anyMatch(deed -> deed.what().contains("uninstall"));
  }

  /** Who takes our finalizer off a resource that is bound lets go of its instance. */
  private boolean isTornOut(String name) {
    return evidence.deeds().stream()
        .anyMatch(deed -> deed.what().startsWith("user tears " + name + " out"));
  }

  // -- 3

  private void noLoss() {
    for (Call call : evidence.calls()) {
      if (call.operation() != Operation.DELETE || call.instanceId() == null) {
        continue;
      }
      String id = call.instanceId();
      List<JsonNode> holders =
          evidence.history().stream()
              .map(History.Entry::version)
              .filter(v -> id.equals(boundTo(v).orElse("")))
              .toList();
      boolean deleted =
          holders.stream()
              .filter(v -> !v.at("/metadata/deletionTimestamp").isMissingNode())
              .filter(v -> !policy(v).equals("Retain"))
              .anyMatch(
                  v ->
                      !Instant.parse(v.at("/metadata/deletionTimestamp").asText())
                          .isAfter(call.receivedAt().plusSeconds(1)));
      boolean late = holders.isEmpty() && !evidence.foreign().contains(id) && isOurs(id);
      if (!deleted && !late) {
        violated(3, "nobody asked for the deletion of " + id + ": " + call);
      }
    }
  }

  private boolean isOurs(String id) {
    return evidence.calls().stream()
        .anyMatch(c -> c.operation() == Operation.CREATE && id.equals(c.subject()));
  }

  // -- 4

  private void noHijack() {
    Map<String, JsonNode> now = new HashMap<>();
    Map<String, String> firstHolders = new HashMap<>();
    for (History.Entry entry : evidence.history()) {
      if (entry.gone()) {
        now.remove(uid(entry.version()));
        continue;
      }
      now.put(uid(entry.version()), entry.version());
      boundTo(entry.version())
          .ifPresent(
              id -> {
                long holders =
                    now.values().stream().filter(v -> id.equals(boundTo(v).orElse(""))).count();
                if (holders > 1 && !isForged()) {
                  violated(4, id + " is bound to " + holders + " resources");
                }
                String uid = uid(entry.version());
                boolean first = firstHolders.computeIfAbsent(id, i -> uid).equals(uid);
                if (!first && !isForged() && !mayTakeOver(entry.version(), id)) {
                  violated(4, name(entry.version()) + " is bound to what was another's: " + id);
                }
                if (evidence.foreign().contains(id) && !mayTakeOver(entry.version(), id)) {
                  violated(4, "somebody else's " + id + " is bound to " + name(entry.version()));
                }
              });
    }
    evidence.calls().stream()
        .filter(call -> call.operation().isChange() && call.instanceId() != null)
        .filter(call -> evidence.foreign().contains(call.instanceId()))
        .filter(
            call ->
                evidence.history().stream()
                    .noneMatch(e -> mayTakeOver(e.version(), call.instanceId())))
        .forEach(call -> violated(4, "somebody else's instance was touched: " + call));
  }

  private boolean isForged() {
    return evidence.deeds().stream().anyMatch(deed -> deed.what().contains("forges"));
  }

  /** A person named it, in a way that the settings allow. */
  private static boolean mayTakeOver(JsonNode version, String id) {
    String answer =
        version.at("/metadata/annotations").path(Subject.PREFIX + "resolve-create").asText();
    return version.at("/spec/instanceId").asText().equals(id) || answer.equals("adopt:" + id);
  }

  // -- 5

  /**
   * Each rests on a fresh read of the instance, and of a resource that asks for it, since the last
   * change of that instance.
   */
  private void noPowerCallUnrequestedOrUnread() {
    Set<Operation> power =
        Set.of(Operation.START, Operation.STOP, Operation.RESTART, Operation.RESET);
    List<Call> calls = evidence.calls();
    for (Call call : calls) {
      if (!power.contains(call.operation()) || call.instanceId() == null) {
        continue;
      }
      String id = call.instanceId();
      long lastChange =
          calls.stream()
              .filter(c -> c.operation().isChange() && id.equals(c.subject()))
              .filter(c -> c.number() < call.number())
              .mapToLong(Call::number)
              .max()
              .orElse(0);
      boolean read =
          calls.stream()
              .filter(c -> c.operation() == Operation.GET && id.equals(c.instanceId()))
              .filter(c -> c.succeeded() && c.completedAt() != null)
              .filter(c -> c.number() > lastChange && c.number() < call.number())
              .anyMatch(c -> isRecent(c.completedAt(), call.receivedAt()));
      if (!read) {
        violated(5, "no fresh read of the instance stands before " + call);
      }
      Optional<JsonNode> resource = lastRead(id, call.receivedAt());
      if (resource.isEmpty()) {
        violated(5, "no fresh read of the resource stands before " + call);
      } else if (!asksFor(resource.get(), call.operation())) {
        violated(5, resource.get().path("spec") + " does not ask for " + call);
      }
    }
  }

  private static boolean isRecent(Instant read, Instant call) {
    return !read.isAfter(call)
        && Duration.between(read, call).compareTo(Stage.TIMEOUT.plus(SLACK).multipliedBy(2)) < 0;
  }

  /** The resource bound to that instance as the API server last showed it to the operator. */
  private Optional<JsonNode> lastRead(String instance, Instant before) {
    return evidence.kube().stream()
        .filter(call -> call.plural().equals("computeinstances") && call.name() != null)
        .filter(call -> call.committed() && call.deliveredAt() != null)
        .filter(call -> !call.deliveredAt().isAfter(before))
        .filter(call -> call.response() != null)
        .filter(call -> call.response().at("/status/instanceId").asText().equals(instance))
        .max(Comparator.comparing(KubeCall::deliveredAt))
        .filter(call -> isRecent(call.deliveredAt(), before))
        .map(KubeCall::response);
  }

  private static boolean asksFor(JsonNode resource, Operation operation) {
    String power = resource.at("/spec/power").asText();
    JsonNode annotations = resource.at("/metadata/annotations");
    boolean restart = annotations.has(Subject.PREFIX + "restart-requested");
    boolean reset = annotations.has(Subject.PREFIX + "reset-requested");
    return switch (operation) {
      case START ->
          Set.of("Running", "Restart", "Reset").contains(power)
              || (!power.equals("Stopped") && (restart || reset));
      case STOP -> power.equals("Stopped");
      case RESTART -> power.equals("Restart") || (restart && !power.equals("Stopped"));
      case RESET -> power.equals("Reset") || (reset && !power.equals("Stopped"));
      default -> true;
    };
  }

  // -- 6

  private void atMostOncePerRequest() {
    Map<String, Integer> committed = new HashMap<>();
    Set<KubeCall> used = new HashSet<>();
    for (Call call : evidence.calls()) {
      boolean request =
          call.operation() == Operation.RESTART || call.operation() == Operation.RESET;
      if (!request || call.instanceId() == null) {
        continue;
      }
      Optional<KubeCall> announcement =
          evidence.kube().stream()
              .filter(c -> isStatusWrite(c) && c.acknowledged())
              .filter(c -> !c.deliveredAt().isAfter(call.receivedAt()))
              .filter(c -> c.request().at("/status/instanceId").asText().equals(call.instanceId()))
              .filter(c -> c.request().at("/status/power/outcome").asText().equals("Issuing"))
              .filter(
                  c ->
                      c.request()
                          .at("/status/power/operation")
                          .asText()
                          .equalsIgnoreCase(call.operation().toString()))
              .filter(c -> !used.contains(c))
              .max(Comparator.comparing(KubeCall::deliveredAt));
      if (announcement.isEmpty()) {
        violated(6, "not announced, or announced once for two: " + call);
        continue;
      }
      used.add(announcement.get());
      JsonNode power = announcement.get().request().at("/status/power");
      String requestId = power.path("requestId").asText();
      if (call.committed() && !requestId.isEmpty()) {
        int times =
            committed.merge(
                call.instanceId() + " " + power.path("operation").asText() + " " + requestId,
                1,
                Integer::sum);
        if (times > 1) {
          violated(6, "sent " + times + " times: " + requestId + ", " + call);
        }
      }
    }
  }

  private static boolean isStatusWrite(KubeCall call) {
    return call.isWrite()
        && call.plural().equals("computeinstances")
        && call.subresource().equals("status")
        && call.request() != null;
  }

  // -- 7

  /** What any version answers may be an older one, by which nothing becomes as it is asked. */
  private void noOldPast() {
    evidence.kube().stream()
        .filter(call -> call.isList() && call.plural().equals("computeinstances"))
        .filter(call -> "0".equals(call.query().get("resourceVersion")))
        .filter(call -> !call.query().containsKey("limit"))
        .forEach(call -> violated(7, "any past may answer " + call));
  }

  // -- 8

  private void noUntruth() {
    for (History.Entry entry : evidence.history()) {
      JsonNode ready = Subject.condition(entry.version(), "Ready");
      Optional<String> bound = boundTo(entry.version());
      if (!ready.path("status").asText().equals("True") || bound.isEmpty() || entry.gone()) {
        continue;
      }
      MachineState told =
          switch (ready.path("reason").asText()) {
            case "Running" -> MachineState.RUNNING;
            case "Suspended" -> MachineState.SUSPENDED;
            default -> MachineState.TERMINATED;
          };
      // Of a version that somebody else wrote, too, it is the operator's last word that counts.
      Instant since = entry.at().minus(OLDEST_TRUTH);
      boolean edited = !isFreshStatus(entry);
      if (!edited && !evidence.world().was(bound.get(), told, since, entry.at())) {
        violated(8, name(entry.version()) + " says " + told + " of " + bound.get());
      }
    }
  }

  /** Whether that version is the first with this status. */
  private boolean isFreshStatus(History.Entry entry) {
    return evidence.history().stream()
        .filter(e -> uid(e.version()).equals(uid(entry.version())))
        .filter(e -> e.version().path("status").equals(entry.version().path("status")))
        .findFirst()
        .filter(first -> first.equals(entry))
        .isPresent();
  }

  // -- 10

  private void announcedBeforeItIsSent() {
    Set<String> used = new HashSet<>();
    for (Call call : evidence.calls()) {
      // One that broke off was held back on the open connection: without its body it is no request.
      boolean brokeOff =
          !call.committed() && call.status() == null && call.faults().contains(BROKE_OFF);
      if (call.operation() != Operation.CREATE || call.account().equals("none") || brokeOff) {
        continue;
      }
      // The body is not in the journal of a call that made nothing.
      Predicate<KubeCall> ofTemplate =
          c ->
              !call.committed()
                  || c.request()
                      .at("/status/create/templateId")
                      .asText()
                      .equals(call.change().templateId());
      Optional<KubeCall> announcement =
          evidence.kube().stream()
              .filter(c -> isStatusWrite(c) && c.committed())
              .filter(c -> c.request().at("/status/create").has("attemptId"))
              .filter(c -> !c.request().at("/status").has("instanceId"))
              .filter(c -> !c.request().at("/status/create").has("candidates"))
              .filter(c -> !c.answeredAt().isAfter(call.receivedAt()))
              .filter(ofTemplate)
              .filter(c -> !used.contains(attempt(c)))
              .max(Comparator.comparing(KubeCall::answeredAt));
      if (announcement.isEmpty()) {
        violated(10, "no acknowledged attempt of its own stands before " + call);
        continue;
      }
      used.add(attempt(announcement.get()));
      if (announcement.get().request().at("/metadata/resourceVersion").asText().isEmpty()) {
        violated(10, "announced without resourceVersion: " + call);
      }
      Duration after = Duration.between(firstWrite(attempt(announcement.get())), call.receivedAt());
      if (after.compareTo(Stage.TIMEOUT.plus(SLACK)) > 0) {
        violated(10, after.toMillis() + " ms after it was announced: " + call);
      }
    }
  }

  /** Who settles an attempt writes it again; its time does not begin anew. */
  private Instant firstWrite(String attempt) {
    return evidence.kube().stream()
        .filter(c -> isStatusWrite(c) && attempt(c).equals(attempt))
        .map(KubeCall::receivedAt)
        .min(Comparator.naturalOrder())
        .orElseThrow();
  }

  private static String attempt(KubeCall call) {
    return call.request().at("/status/create/attemptId").asText();
  }

  // -- 12 and 13

  private void noSecret() {
    for (String secret : evidence.secrets()) {
      if (evidence.logs().stream().anyMatch(log -> log.contains(secret))) {
        violated(12, "a secret is in a log");
      }
      if (evidence.history().stream().anyMatch(e -> e.version().toString().contains(secret))) {
        violated(12, "a secret is in a resource");
      }
      if (evidence.kube().stream()
          .anyMatch(c -> c.request() != null && c.request().toString().contains(secret))) {
        violated(12, "a secret was sent to the API server");
      }
    }
  }

  private void noEnd() {
    evidence.unexpectedEnds().forEach(end -> violated(13, end));
  }

  // -- words

  private List<Call> byCommit() {
    return evidence.journal().stream()
        .filter(Call::committed)
        .sorted(Comparator.comparingLong(Call::commit))
        .toList();
  }

  /** The last version of each resource that is still there. */
  private Map<String, JsonNode> existing() {
    Map<String, JsonNode> existing = new HashMap<>();
    for (History.Entry entry : evidence.history()) {
      if (entry.gone()) {
        existing.remove(uid(entry.version()));
      } else {
        existing.put(uid(entry.version()), entry.version());
      }
    }
    return existing;
  }

  private static String uid(JsonNode version) {
    return version.at("/metadata/uid").asText();
  }

  private static String name(JsonNode version) {
    return version.at("/metadata/name").asText();
  }

  private static String template(JsonNode version) {
    return version.at("/spec/templateId").asText();
  }

  private static Optional<String> boundTo(JsonNode version) {
    return Optional.of(version.at("/status/instanceId").asText()).filter(id -> !id.isEmpty());
  }

  private static String policy(JsonNode version) {
    String asked = version.at("/spec/deletionPolicy").asText();
    boolean takenOver = version.at("/status/takenOver").asBoolean();
    return asked.isEmpty() ? (takenOver ? "Retain" : "Delete") : asked;
  }
}
