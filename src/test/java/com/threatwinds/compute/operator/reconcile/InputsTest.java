package com.threatwinds.compute.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceSpec;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ConditionType;
import com.threatwinds.compute.operator.compute.Instance;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.inventory.ModelApi;
import io.fabric8.kubernetes.api.model.Condition;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Whatever a resource says, and in whatever order it is changed (F17): it is told what is wrong,
 * nothing is done that was not asked for, nothing is lost, and what is mended is carried out.
 *
 * <p>{@code -Dfaults.seed=n} tells that one sequence of changes from beginning to end.
 */
class InputsTest {

  private static final int SEQUENCES = 200;
  private static final int SHOWN = 5;

  private static final Logger LOG = Logger.getLogger("com.threatwinds.compute.operator");
  private static final List<String> LINES = new ArrayList<>();
  private static final Handler LISTENER =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          LINES.add(line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };
  private static @Nullable Level level;

  private static int cases;
  private static int failed;

  @BeforeAll
  static void listen() {
    level = LOG.getLevel();
    LOG.setLevel(Level.ALL);
    LOG.setUseParentHandlers(false);
    LOG.addHandler(LISTENER);
  }

  @AfterAll
  static void tell() {
    LOG.removeHandler(LISTENER);
    LOG.setUseParentHandlers(true);
    LOG.setLevel(level);
    System.out.printf("F17: cases=%d violations=%d%n", cases, failed);
  }

  /** When somebody writes the value. */
  private enum Moment {
    AT_FIRST,
    ON_EDIT,
    ON_EDIT_BEFORE_A_RESTART,
    BEFORE_DELETION
  }

  /** What is told of it, and the calls that it asks for. */
  private record Expected(String reason, List<String> calls) {
    static Expected of(String reason, String... calls) {
      return new Expected(reason, List.of(calls));
    }
  }

  @Test
  void anyValueOfAnyProperty() {
    List<String> failures = new ArrayList<>();
    for (Input input : Input.all()) {
      for (Moment moment : Moment.values()) {
        var world = new InputWorld(LINES);
        play(world, input, moment);
        conclude(failures, input + " " + moment, world);
      }
    }

    assertThat(failures.stream().limit(SHOWN)).isEmpty();
  }

  @Test
  void theDefinitionAndTheSpecHaveTheSameProperties() {
    Set<String> components =
        Arrays.stream(ComputeInstanceSpec.class.getRecordComponents())
            .map(RecordComponent::getName)
            .filter(name -> !name.equals("problem"))
            .collect(Collectors.toSet());

    assertThat(Input.properties()).isEqualTo(components);
    assertThat(Input.annotations()).hasSize(5);
  }

  @Test
  void anySequenceOfChangesEndsAsAFreshApplyOfItsEnd() {
    List<String> failures = new ArrayList<>();
    Long one = Long.getLong("faults.seed");
    for (long seed = one == null ? 1 : one; seed <= (one == null ? SEQUENCES : one); seed++) {
      var world = new InputWorld(LINES);
      change(world, new Random(seed));
      conclude(failures, "sequence " + seed, world);
      if (one != null) {
        System.out.println(world.timeline());
      }
    }

    assertThat(failures.stream().limit(SHOWN)).isEmpty();
  }

  private static void conclude(List<String> failures, String what, InputWorld world) {
    cases++;
    List<String> violations = world.violations();
    if (!violations.isEmpty()) {
      failed++;
      failures.add(what + ":\n" + world.timeline());
    }
  }

  // -- one value

  private static void play(InputWorld world, Input input, Moment moment) {
    ObjectNode good = input.base();
    ObjectNode bad = input.in(good);
    if (moment != Moment.AT_FIRST) {
      world.apply(good);
      world.rest();
      world.expect(world.reason().equals("Running"), "it does not begin well: " + world.reason());
    }
    int before = world.api.changes().size();
    world.apply(bad);
    if (moment == Moment.ON_EDIT_BEFORE_A_RESTART) {
      world.restart();
    }
    world.rest();
    Expected expected = moment == Moment.AT_FIRST ? atFirst(input) : onEdit(input);
    expectTold(world, expected);
    expectCalls(world, before, expected.calls());

    if (moment == Moment.BEFORE_DELETION) {
      deleteSo(world, input, bad);
      return;
    }
    if (moment == Moment.AT_FIRST && isAccepted(input)) {
      remove(world, bad); // What can't be changed is mended by another resource.
    }
    if (moment == Moment.ON_EDIT_BEFORE_A_RESTART) {
      world.restart();
    }
    world.apply(good);
    world.rest();
    world.expect(world.reason().equals("Running"), "mended, it is " + world.reason());
    world.checkEnd();
    remove(world, good);
  }

  /** Whether it is now a value that can't be changed any more. */
  private static boolean isAccepted(Input input) {
    return Set.of("templateId", "zone", "instanceId").contains(input.property())
        && !input.isInvalid()
        && !isSame(input);
  }

  private static boolean isSame(Input input) {
    return Objects.equals(
        input.text(), input.base().path(Input.SPEC).path(input.property()).textValue());
  }

  private static Expected atFirst(Input input) {
    if (input.isInvalid()) {
      return Expected.of("InvalidSpec");
    }
    boolean same = isSame(input);
    @Nullable String text = input.text();
    Expected created = Expected.of("Running", "create");
    return switch (input.property()) {
      case "templateId" -> same ? created : Expected.of("TemplateNotFound");
      case "zone" -> same || text == null ? created : Expected.of("ZoneNotAvailable");
      case "instanceId" ->
          text == null ? created : Expected.of(same ? "Running" : "InstanceNotFound");
      case "power" -> "Stopped".equals(text) ? Expected.of("Stopped", "create", "stop") : created;
      case "powerRequestId",
          "deletionPolicy",
          // A request that is there before the instance is skipped.
          Annotations.RESTART_REQUESTED,
          Annotations.RESET_REQUESTED,
          Annotations.RESOLVE_CREATE ->
          created;
      case Annotations.PAUSED -> "true".equals(text) ? Expected.of("Paused") : created;
      case Annotations.INSTANCE_ID ->
          Expected.of(InstanceId.parse(text).isPresent() ? "InstanceNotFound" : "InvalidSpec");
      default -> throw new AssertionError("what does " + input + " mean?");
    };
  }

  private static Expected onEdit(Input input) {
    if (input.isInvalid()) {
      return Expected.of("InvalidSpec");
    }
    @Nullable String text = input.text();
    Expected nothing = Expected.of("Running");
    return switch (input.property()) {
      case "templateId", "zone", "instanceId" ->
          isSame(input) ? nothing : Expected.of("ImmutableFieldChanged");
      case "power" ->
          switch (text) {
            case "Stopped" -> Expected.of("Stopped", "stop");
            case "Restart" -> Expected.of("Running", "restart");
            case "Reset" -> Expected.of("Running", "reset");
            case null, default -> nothing;
          };
      // To take the id away asks for nothing.
      case "powerRequestId" ->
          text == null || isSame(input) ? nothing : Expected.of("Running", "restart");
      case Annotations.RESTART_REQUESTED -> Expected.of("Running", "restart");
      case Annotations.RESET_REQUESTED -> Expected.of("Running", "reset");
      case "deletionPolicy",
          Annotations.PAUSED,
          Annotations.INSTANCE_ID,
          Annotations.RESOLVE_CREATE ->
          nothing;
      default -> throw new AssertionError("what does " + input + " mean?");
    };
  }

  private static void expectTold(InputWorld world, Expected expected) {
    ComputeInstanceStatus status = world.status();
    String reason = expected.reason();
    world.expect(world.reason().equals(reason), "it is " + world.reason() + ", not " + reason);
    boolean ready = reason.equals("Running") || reason.equals("Stopped");
    boolean stalled = !ready && !reason.equals("Paused");
    world.expect(is(status, ConditionType.READY) == ready, "Ready is " + !ready);
    world.expect(is(status, ConditionType.STALLED) == stalled, "Stalled is " + !stalled);
    KStatus told = KStatus.of(Input.encode(world.resource().orElseThrow()));
    KStatus meant = ready ? KStatus.CURRENT : stalled ? KStatus.FAILED : KStatus.IN_PROGRESS;
    world.expect(told == meant, "tools say " + told + ", not " + meant);
    long warnings = world.events().stream().filter(reason::equals).count();
    world.expect(!stalled || warnings == 1, warnings + " events of " + reason);
  }

  private static boolean is(ComputeInstanceStatus status, ConditionType type) {
    return status.condition(type).map(Condition::getStatus).filter("True"::equals).isPresent();
  }

  private static void expectCalls(InputWorld world, int before, List<String> expected) {
    List<String> changes = world.api.changes();
    List<String> calls =
        changes.subList(before, changes.size()).stream().map(c -> c.split(" ")[0]).toList();
    world.expect(calls.equals(expected), "the calls are " + calls + ", not " + expected);
  }

  /** Deletes it, and its instance must go, and no other. */
  private static void remove(InputWorld world, ObjectNode document) {
    @Nullable String id = world.status().instanceId();
    List<String> others = new ArrayList<>(world.api.ids());
    others.remove(id);
    int before = world.api.changes().size();

    world.apply(Input.deleted(document));
    world.rest();

    world.expect(world.resource().isEmpty(), "deleted, it stays: " + world.reason());
    world.expect(world.api.ids().equals(others), "left are " + world.api.ids());
    expectCalls(world, before, id == null ? List.of() : List.of("delete"));
  }

  /** What is kept can still be deleted: a policy that can't be read deletes nothing. */
  private static void deleteSo(InputWorld world, Input input, ObjectNode document) {
    boolean paused = input.property().equals(Annotations.PAUSED) && "true".equals(input.text());
    boolean retained =
        input.hidesThePolicy()
            || (input.property().equals("deletionPolicy") && "Retain".equals(input.text()));
    if (!paused && !retained) {
      remove(world, document);
      return;
    }
    int before = world.api.changes().size();
    world.apply(Input.deleted(document));
    world.rest();
    expectCalls(world, before, List.of());
    world.expect(world.resource().isPresent() == paused, "paused or kept, it is there or not");
    if (paused) {
      remove(world, input.base());
    }
  }

  // -- a sequence of changes

  /**
   * A resource that is changed again and again, and in the end to something valid; then it must be
   * as one that is new and says the same. Not compared is what is the past of one of them: the
   * instance's id and name, times, and requests, which a new instance skips. The end names a power,
   * since without one it is as it was before, whatever that is.
   */
  private static void change(InputWorld world, Random random) {
    ObjectNode document = Input.document(start(random));
    world.apply(document);
    world.pass(); // From here on what can't be changed is known.
    if (random.nextInt(4) > 0) {
      world.rest();
    }
    List<Input> inputs = Input.all();
    int changes = 3 + random.nextInt(12);
    for (int i = 0; i < changes; i++) {
      document = sensible(random).in(document);
      boolean mistaken = random.nextInt(3) == 0;
      Input mistake = inputs.get(random.nextInt(inputs.size()));
      world.apply(mistaken ? mistake.in(document) : document);
      switch (random.nextInt(6)) {
        case 0 -> {}
        case 1 -> world.restart();
        case 2, 3 -> world.pass();
        default -> world.rest();
      }
    }
    end(world, random, document);
  }

  private static void end(InputWorld world, Random random, ObjectNode document) {
    ObjectNode end = Input.document(start(random));
    // Requests that were made by annotation stay, as they do in a cluster.
    Map<String, String> kept = new TreeMap<>();
    for (String key : List.of(Annotations.RESTART_REQUESTED, Annotations.RESET_REQUESTED)) {
      var value = document.path("metadata").path("annotations").path(key);
      if (value.isTextual()) {
        kept.put(key, value.textValue());
      }
    }
    for (Map.Entry<String, String> annotation : kept.entrySet()) {
      end = Input.of(annotation.getKey(), annotation.getValue()).in(end);
    }
    world.apply(end);
    world.rest();
    if (random.nextBoolean()) {
      world.restart();
      world.rest();
    }
    world.checkEnd();
    var fresh = new InputWorld(LINES);
    fresh.apply(end);
    fresh.rest();
    fresh.violations().forEach(v -> world.expect(false, "fresh: " + v));
    String is = view(world);
    String meant = view(fresh);
    world.expect(is.equals(meant), "in the end it is\n" + is + "\nand not\n" + meant);
  }

  /** What is asked for in the beginning and in the end: the same in what can't be changed. */
  private static Map<String, String> start(Random random) {
    Map<String, String> spec = new TreeMap<>();
    spec.put("templateId", ModelApi.TEMPLATE);
    spec.put("zone", ModelApi.ZONE);
    spec.put("power", pick(random, "Running", "Stopped", "Restart", "Reset"));
    if (random.nextBoolean()) {
      spec.put("powerRequestId", "r-" + random.nextInt(4));
    }
    if (random.nextBoolean()) {
      spec.put("deletionPolicy", pick(random, "Delete", "Retain"));
    }
    return spec;
  }

  private static Input sensible(Random random) {
    return switch (random.nextInt(8)) {
      case 0, 1, 2 ->
          Input.of("power", pick(random, "Running", "Stopped", "Restart", "Reset", null));
      case 3 -> Input.of("powerRequestId", pick(random, "r-0", "r-1", "r-2", "r-3", null));
      case 4 -> Input.of(Annotations.RESTART_REQUESTED, pick(random, "a-1", "a-2", "", null));
      case 5 -> Input.of(Annotations.RESET_REQUESTED, pick(random, "b-1", "b-2", "\n", null));
      case 6 -> Input.of(Annotations.PAUSED, pick(random, "true", "false", null));
      default ->
          pick(
              random,
              Input.of("templateId", "large"),
              Input.of("templateId", ModelApi.TEMPLATE),
              Input.of("zone", "eu-west1-b"),
              Input.of("zone", ModelApi.ZONE),
              Input.of("deletionPolicy", "Retain"),
              Input.of(Annotations.INSTANCE_ID, null));
    };
  }

  @SafeVarargs
  private static <T extends @Nullable Object> T pick(Random random, T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /** All that two equal resources have in common, whatever their past. */
  private static String view(InputWorld world) {
    ComputeInstanceStatus s = world.status();
    String id = String.valueOf(s.instanceId());
    return String.join(
        "\n",
        "instance " + world.api.find(id).map(InputsTest::view).orElse("none"),
        "instances " + world.api.ids().size(),
        "status "
            + Arrays.asList(s.state(), s.zone(), s.machineType(), s.externalIp(), s.internalIp()),
        "owner " + Arrays.asList(s.userId(), s.takenOver(), s.credentials()),
        "record " + Arrays.asList(s.accepted(), s.create(), s.lastError(), s.problem()),
        "bound " + id.equals(world.cluster.annotation(InputWorld.NAME, Annotations.INSTANCE_ID)),
        Objects.requireNonNullElse(s.conditions(), List.<Condition>of()).stream()
            .map(
                c -> c.getType() + " " + c.getStatus() + " " + c.getReason() + " " + c.getMessage())
            .map(line -> line.replace(id, "i-?"))
            .collect(Collectors.joining("\n")));
  }

  private static String view(Instance i) {
    return Arrays.asList(i.state(), i.templateId(), i.zone()).toString();
  }
}
