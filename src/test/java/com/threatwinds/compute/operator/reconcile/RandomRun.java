package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.CreateAttempt;
import com.threatwinds.compute.operator.api.v1alpha1.DeletionPolicy;
import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.Fingerprint;
import com.threatwinds.compute.operator.compute.Instance;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.InstanceState;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.decision.Settlement.Recovery;
import com.threatwinds.compute.operator.inventory.Errors;
import com.threatwinds.compute.operator.inventory.ModelApi;
import com.threatwinds.compute.operator.inventory.NanoClock;
import com.threatwinds.compute.operator.settings.Settings;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One random run: users, an account, a cluster and one or two replicas, of whom each does what a
 * seed says. Then all that was broken is mended, time passes, and {@link RunChecker} has the word.
 *
 * <p>Each step is drawn from a seed of its own, so that the others stay what they are when one is
 * left out. The names of attempts and the order of some maps are not from the seed: a run that
 * fails only sometimes must be played several times.
 */
final class RandomRun {

  private static final Fingerprint ROTATED = new Fingerprint("00000000000000bb");
  private static final int DEEPEST = 3;
  private static final int LONGEST_END = 400;
  private static final int QUIET = 26;

  /** The process ends here. */
  private static final class Crash extends Error {
    private static final long serialVersionUID = 1L;

    private Crash() {
      super("the process dies here", null, false, false);
    }
  }

  /** What can happen, and how often. */
  private enum Step {
    APPLY(6),
    POWER(8),
    REQUEST(6),
    ANNOTATE(4),
    PAUSE(2),
    UNPAUSE(3),
    DELETE(4),
    STRIP(1),
    RESTORE(1),
    COPY(1),
    TOUCH(1),
    RESOLVE(3),
    FOREIGN(3),
    VANISH(2),
    STOPPED_BEHIND(2),
    STARTED_BEHIND(1),
    FAIL(7),
    COMMIT_AND_FAIL(6),
    COMMIT_LATER(2),
    OUTAGE(2),
    LIST_LAGS(2),
    LIST_DROPS(2),
    CREDENTIALS(1),
    CONFLICT(3),
    LOSE_ANSWER(3),
    LOSE_WRITE(2),
    REFUSE(1),
    UNREACHABLE(2),
    OUT_AFTER_WRITE(1),
    STALE_CACHE(2),
    CRASH(6),
    MEANWHILE(8),
    RESTART(1),
    FAILOVER(2),
    OVERLAP(2),
    ADVANCE(10),
    POLL(5),
    PASS(25),
    ROUND(20);

    private final int weight;

    Step(int weight) {
      this.weight = weight;
    }

    static Step draw(Random random) {
      int left = random.nextInt(Stream.of(values()).mapToInt(step -> step.weight).sum());
      for (Step step : values()) {
        left -= step.weight;
        if (left < 0) {
          return step;
        }
      }
      throw new AssertionError();
    }
  }

  /** What happens by itself, when its time has come. */
  private record Due(long at, int order, String what, Runnable event) {}

  /** A pass under way in a process, by its name in the timeline. */
  private record Frame(int replica, ModelOperator operator, String name) {}

  private final long seed;
  private final Set<Integer> left;
  private final ModelApi api = new ModelApi();
  private final ModelCluster cluster = new ModelCluster();
  private final NanoClock clock = new NanoClock();
  private final long start = clock.getAsLong();
  private final Settings settings;
  private final List<ModelOperator> replicas = new ArrayList<>();
  private final PriorityQueue<Due> agenda =
      new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingInt(Due::order));
  private final Deque<Frame> frames = new ArrayDeque<>();
  private final List<String> timeline = new ArrayList<>();
  private final RunChecker checker = new RunChecker(api, this::say, this::gone);
  private final List<ComputeInstance> unheard = new ArrayList<>();
  private final List<String> names;
  private final boolean twins;
  private final Set<String> dropped = new HashSet<>();
  private final int steps;
  private int played;
  private int drawn;
  private int leader;
  private int requests;
  private int strangers;
  private boolean credentialsChanged;
  private boolean saidNotFound;

  /**
   * @param left the steps that are left out
   */
  RandomRun(long seed, Set<Integer> left) {
    this.seed = seed;
    this.left = left;
    Random random = new Random(seed);
    int resources = 2 + random.nextInt(5);
    this.names = IntStream.range(0, resources).mapToObj(i -> "r" + i).toList();
    this.twins = random.nextInt(3) == 0;
    int recovery = random.nextInt(10);
    this.settings =
        SampleSettings.of(
            recovery < 6 ? Recovery.AUTO : recovery < 9 ? Recovery.ADOPT : Recovery.HOLD,
            SampleSettings.FAST,
            true);
    this.steps = 40 + random.nextInt(81);
    api.offer(IntStream.range(0, resources).mapToObj(i -> "t-" + i).toList());
    api.witness(this::called);
    cluster.witness(checker);
    int processes = 1 + random.nextInt(2);
    for (int i = 0; i < processes; i++) {
      replicas.add(process());
    }
    say(resources + " resources, " + processes + " replicas, " + settings.createRecovery());
    lead(0);
  }

  /** Plays it to its end. */
  Collection<String> play() {
    for (int i = 0; i < steps; i++) {
      Random random = new Random(seed * 1_000_003 + i);
      Step step = i < 2 ? Step.APPLY : Step.draw(random);
      if (!left.contains(i)) {
        played++;
        step(step, random);
      }
    }
    end();
    return checker.violations();
  }

  int steps() {
    return steps;
  }

  int played() {
    return played;
  }

  String timeline() {
    return String.join("\n", timeline);
  }

  private void say(String what) {
    String who =
        frames.isEmpty()
            ? ""
            : "  ".repeat(frames.size())
                + "op"
                + frames.peek().replica()
                + "/"
                + frames.peek().name()
                + ": ";
    timeline.add("%9.3fs %s%s".formatted((clock.getAsLong() - start) / 1e9, who, what));
  }

  // -- time

  private void at(Duration in, String what, Runnable event) {
    agenda.add(new Due(clock.getAsLong() + in.toNanos(), drawn++, what, event));
  }

  private void advance(Duration time) {
    long target = clock.getAsLong() + time.toNanos();
    while (!agenda.isEmpty() && agenda.peek().at() <= target) {
      tick(agenda.peek().at() - clock.getAsLong());
      happen();
    }
    tick(target - clock.getAsLong());
  }

  private void tick(long nanos) {
    if (nanos > 0) {
      clock.advance(Duration.ofNanos(nanos));
      api.advance(Duration.ofNanos(nanos));
    }
  }

  private void happen() {
    while (!agenda.isEmpty() && agenda.peek().at() <= clock.getAsLong()) {
      Due due = agenda.remove();
      if (!due.what().isEmpty()) {
        say("* " + due.what());
      }
      due.event().run();
    }
  }

  // -- processes

  private ModelOperator process() {
    var operator = new ModelOperator(api, cluster, settings, clock);
    operator.leadership.lost();
    operator.whileAsleep(() -> awake(operator));
    return operator;
  }

  private void awake(ModelOperator operator) {
    operator.whileAsleep(() -> awake(operator));
    happen();
  }

  private void lead(int replica) {
    leader = replica;
    ModelOperator operator = replicas.get(replica);
    operator.leadership.granted(clock.getAsLong(), Duration.ofDays(1));
    operator.leadership.won();
    poll(replica);
  }

  private void resign(int replica) {
    replicas.get(replica).leadership.lost();
  }

  private void replace(int replica, boolean takenOver) {
    say("op" + replica + " is another process now");
    replicas.set(replica, process());
    if (replica == leader) {
      lead(takenOver && replicas.size() > 1 ? 1 - replica : replica);
    }
  }

  /** The informers tell of it; one that hears nothing, when it hears again. */
  private void gone(ComputeInstance resource) {
    if (cluster.isCacheFrozen()) {
      unheard.add(resource);
    } else {
      replicas.forEach(operator -> operator.gone(resource));
    }
  }

  private void thaw() {
    cluster.thawCache();
    unheard.forEach(this::gone);
    unheard.clear();
  }

  private void poll(int replica) {
    ModelOperator operator = replicas.get(replica);
    if (operator.leadership.isHeld()) {
      guarded(replica, operator, "poll", operator::poll);
    }
  }

  private void pass(int replica, String name) {
    Optional<ComputeInstance> cached = cluster.cached(name);
    ModelOperator operator = replicas.get(replica);
    boolean busy = frames.stream().anyMatch(f -> f.operator() == operator && f.name().equals(name));
    if (cached.isEmpty() || busy || frames.size() >= DEEPEST) {
      return;
    }
    checker.begin(cached.get());
    try {
      guarded(replica, operator, name, () -> operator.pass(name));
    } finally {
      checker.end();
    }
  }

  private void guarded(int replica, ModelOperator operator, String name, Runnable work) {
    frames.push(new Frame(replica, operator, name));
    boolean crashed = false;
    try {
      work.run();
    } catch (KubernetesClientException e) {
      say("ends, since the Kubernetes API says: " + e.getMessage());
    } catch (Crash e) {
      crashed = true;
      say("CRASH");
    } catch (RuntimeException | Error e) {
      checker.violation("a pass threw " + e + " at " + Stream.of(e.getStackTrace()).findFirst());
    } finally {
      frames.pop();
    }
    if (crashed && replicas.get(replica) == operator) {
      replace(replica, (drawn & 1) == 0);
    }
  }

  /** What happens within a call; afterwards its process may be dead. */
  private Runnable within(Runnable event) {
    return () -> {
      Frame frame = frames.peek();
      event.run();
      if (frame != null && replicas.get(frame.replica()) != frame.operator()) {
        throw new Crash();
      }
    };
  }

  private void called(ModelApi.Call call) {
    checker.call(call);
    Optional<String> moving =
        switch (call.operation()) {
          case CREATE -> call.made().map(InstanceId::value);
          case START, STOP -> call.took() ? Optional.of(call.on()) : Optional.empty();
          default -> Optional.empty();
        };
    moving.ifPresent(
        id -> {
          int seconds = (api.isUnborn(id) ? 45 : 5) + Math.floorMod(id.hashCode() * 31 + drawn, 25);
          at(Duration.ofSeconds(seconds), "", () -> ripen(id));
        });
  }

  private void ripen(String id) {
    api.find(id)
        .map(Instance::state)
        .ifPresent(
            state -> {
              switch (state) {
                case PROVISIONING, STAGING -> api.move(id, InstanceState.RUNNING);
                case STOPPING -> api.move(id, InstanceState.TERMINATED);
                default -> {}
              }
            });
  }

  // -- steps

  private void step(Step step, Random random) {
    switch (step) {
      case APPLY -> apply(random);
      case POWER ->
          edit(random, w -> w.power(pick(random, Power.RUNNING, Power.STOPPED, null), null));
      case REQUEST ->
          edit(
              random,
              w ->
                  w.power(
                      pick(random, Power.RESTART, Power.RESET),
                      random.nextInt(3) == 0 ? null : request("s", random)));
      case ANNOTATE ->
          edit(
              random,
              w ->
                  w.annotated(
                      pick(random, Annotations.RESTART_REQUESTED, Annotations.RESET_REQUESTED),
                      request("n", random)));
      case PAUSE -> edit(random, Wish::paused);
      case UNPAUSE -> edit(random, w -> w.annotated(Annotations.PAUSED, "false"));
      case DELETE -> edit(random, Wish::deleted);
      case STRIP -> user(random, "takes the finalizer from ", cluster::strip);
      case RESTORE -> restore(random);
      case COPY -> copy(random);
      case TOUCH -> user(random, "touches ", cluster::touch);
      case RESOLVE -> cluster.names().forEach(this::resolve);
      case FOREIGN -> foreign(random);
      case VANISH -> instance(random, "is deleted behind our back", api::remove);
      case STOPPED_BEHIND ->
          instance(random, "is stopped by others", id -> api.move(id, InstanceState.TERMINATED));
      case STARTED_BEHIND ->
          instance(random, "is started by others", id -> api.move(id, InstanceState.RUNNING));
      case FAIL -> fail(random);
      case COMMIT_AND_FAIL -> commitAndFail(random);
      case COMMIT_LATER -> {
        Duration delay = Duration.ofSeconds(1 + random.nextInt(40));
        say("* the next create takes effect " + delay.toSeconds() + " s after its failure");
        api.failBeforeCommit(Errors.noAnswer(Operation.CREATE), delay);
      }
      case OUTAGE -> outage(random);
      case LIST_LAGS -> lag(random);
      case LIST_DROPS ->
          instance(
              random,
              "is left out of the next list",
              id -> {
                if (dropped.add(id)) {
                  api.hide(id, 1);
                }
              });
      case CREDENTIALS -> credentials(random);
      case CONFLICT -> trouble("the next write conflicts", cluster::conflictNext);
      case LOSE_ANSWER -> trouble("the next write's answer is lost", cluster::loseNextAnswer);
      case LOSE_WRITE -> trouble("the next write is lost", cluster::loseNextWrite);
      case REFUSE -> trouble("the next write is refused", cluster::refuseNext);
      case UNREACHABLE -> unreachable(random);
      case OUT_AFTER_WRITE ->
          trouble(
              "the API server goes with the next write",
              () -> {
                cluster.loseNextAnswer();
                cluster.afterNextWrite(() -> unreachable(random));
              });
      case STALE_CACHE -> {
        cluster.freezeCache();
        Duration time = seconds(random, 120);
        say("* the informer hears nothing for " + time.toSeconds() + " s");
        at(time, "the informer hears again", this::thaw);
      }
      case CRASH ->
          arrange(
              random,
              "the process dies",
              () -> {
                throw new Crash();
              });
      case MEANWHILE -> meanwhile(random);
      case RESTART -> {
        if (frames.isEmpty()) {
          replace(random.nextInt(replicas.size()), random.nextBoolean());
        }
      }
      case FAILOVER -> failover(random, Duration.ZERO);
      case OVERLAP -> failover(random, seconds(random, 60));
      case ADVANCE -> advance(Duration.ofMillis(100 + random.nextInt(pick(random, 2_000, 90_000))));
      case POLL -> poll(leader);
      case PASS -> pass(random.nextInt(replicas.size()), pick(random, names));
      case ROUND -> round();
    }
  }

  private void round() {
    for (int replica = 0; replica < replicas.size(); replica++) {
      if (replicas.get(replica).leadership.isHeld()) {
        poll(replica);
        for (String name : cluster.names()) {
          pass(replica, name);
        }
      }
    }
  }

  // -- what users do

  private void apply(Random random) {
    List<String> absent = names.stream().filter(n -> !cluster.exists(n)).toList();
    if (absent.isEmpty()) {
      return;
    }
    String name = pick(random, absent);
    Wish wish = wish(random, name);
    say("a user applies " + describe(wish));
    checker.byUser(() -> cluster.apply(wish));
  }

  private Wish wish(Random random, String name) {
    String template = twins ? "t-0" : "t-" + name.substring(1);
    Wish wish =
        Wish.named(name)
            .template(template)
            .power(pick(random, null, Power.RUNNING, Power.RUNNING, Power.STOPPED, Power.RESTART));
    if (random.nextInt(5) == 0) {
      wish = wish.zone(pick(random, ModelApi.ZONE, "eu-west1-b"));
    }
    return switch (random.nextInt(8)) {
      case 0 -> wish.policy(DeletionPolicy.RETAIN);
      case 1 -> wish.policy(DeletionPolicy.DELETE);
      default -> wish;
    };
  }

  private void edit(Random random, UnaryOperator<Wish> change) {
    user(
        random,
        "edits ",
        name -> {
          Wish wish = change.apply(cluster.wish(name));
          say("  to " + describe(wish));
          cluster.edit(name, w -> wish);
        });
  }

  private void user(Random random, String what, Consumer<String> change) {
    List<String> there = cluster.names();
    if (!there.isEmpty()) {
      String name = pick(random, there);
      say("a user " + what + name);
      checker.byUser(() -> change.accept(name));
    }
  }

  private static String describe(Wish w) {
    return w.name()
        + " "
        + w.templateId()
        + Stream.of(w.zone(), w.power(), w.requestId(), w.policy())
            .filter(Objects::nonNull)
            .map(value -> " " + value)
            .reduce("", String::concat)
        + (w.deleting() ? " deleted" : "")
        + (w.annotations().isEmpty() ? "" : " " + w.annotations());
  }

  /** A new request, or now and then one of the last. */
  private String request(String source, Random random) {
    return source
        + (requests > 0 && random.nextInt(5) == 0
            ? Math.max(1, requests - random.nextInt(3))
            : ++requests);
  }

  /** The cluster is built again from a backup, which has no statuses. */
  private void restore(Random random) {
    user(
        random,
        "restores without status ",
        name -> {
          Wish wish = cluster.wish(name);
          String copy = cluster.annotation(name, Annotations.INSTANCE_ID);
          cluster.remove(name);
          if (!wish.deleting()) {
            cluster.apply(
                copy.equals("null") || random.nextInt(4) == 0
                    ? wish
                    : wish.annotated(Annotations.INSTANCE_ID, copy));
          }
        });
  }

  private void copy(Random random) {
    List<String> absent = names.stream().filter(n -> !cluster.exists(n)).toList();
    if (absent.isEmpty()) {
      return;
    }
    user(
        random,
        "copies ",
        name -> {
          String copy = cluster.annotation(name, Annotations.INSTANCE_ID);
          Wish wish = wish(random, pick(random, absent));
          if (!copy.equals("null")) {
            say("  to " + wish.name() + ", which claims " + copy);
            cluster.apply(wish.annotated(Annotations.INSTANCE_ID, copy));
          }
        });
  }

  /** A person who knows what happened answers, if the operator asks. */
  private void resolve(String name) {
    ComputeInstanceStatus status = cluster.status(name);
    CreateAttempt create = status.create();
    if (create == null) {
      return;
    }
    String attempt = String.valueOf(create.attemptId());
    Optional<String> outcome =
        checker.outcomeOf(attempt).or(() -> checker.orphan(create.candidates()));
    String reason = ModelOperator.reason(status);
    if (reason.equals("AccountMismatch")) {
      api.credentials(new Fingerprint(Objects.requireNonNull(create.credentials())));
    } else if (reason.equals("CreateOutcomeUnknown")) {
      boolean named =
          outcome.isPresent()
              && create.candidates() != null
              && create.candidates().contains(outcome.get());
      if (named || outcome.isEmpty()) {
        String answer = outcome.map(id -> "adopt:" + id).orElse("retry:" + attempt);
        say("a user resolves " + name + " with " + answer);
        checker.byUser(
            () -> cluster.edit(name, w -> w.annotated(Annotations.RESOLVE_CREATE, answer)));
      }
    }
  }

  // -- what the account and its API do

  private void foreign(Random random) {
    String template = "t-" + random.nextInt(names.size());
    boolean old = random.nextBoolean();
    Instant created = old ? api.time().minus(Duration.ofHours(2)) : api.time();
    String id = "x-" + ++strangers;
    Instance i = ModelApi.instance(id, InstanceState.RUNNING);
    say("* somebody else makes " + id + " of " + template + (old ? ", long ago" : ""));
    api.put(
        new Instance(
            i.id(),
            i.name(),
            i.zone(),
            i.machineType(),
            i.externalIp(),
            i.internalIp(),
            i.state(),
            i.stateText(),
            template,
            i.userId(),
            created));
  }

  private void instance(Random random, String what, Consumer<String> change) {
    List<String> ours = api.ids().stream().filter(id -> id.startsWith("i-")).toList();
    if (!ours.isEmpty()) {
      String id = pick(random, ours);
      say("* " + id + " " + what);
      change.accept(id);
    }
  }

  private void trouble(String what, Runnable fault) {
    say("* " + what);
    fault.run();
  }

  private void fail(Random random) {
    Operation operation = pick(random, Operation.values());
    ComputeApiException error =
        switch (random.nextInt(9)) {
          case 0 -> Errors.rateLimited(operation, seconds(random, 60));
          case 1 -> Errors.rateLimited(operation, null);
          case 2 -> Errors.unauthenticated(operation);
          case 3 -> Errors.strayNotFound(operation);
          case 4 -> Errors.notSent(operation);
          case 5 ->
              operation == Operation.CREATE
                  ? Errors.quotaExceeded()
                  : Errors.unavailable(operation, 500);
          case 6 -> notFound(operation);
          case 7 ->
              operation.isChange() && random.nextInt(4) == 0
                  ? Errors.rejected(operation, "no")
                  : Errors.noAnswer(operation);
          default -> Errors.unavailable(operation, 503);
        };
    say("* the next " + operation + " fails: " + error.httpStatus() + " " + error.getMessage());
    api.fail(error);
  }

  /** A 404 that is not true, once only: told twice, it would have to be believed. */
  private ComputeApiException notFound(Operation operation) {
    boolean first = !saidNotFound;
    saidNotFound = true;
    return first && operation == Operation.GET
        ? Errors.notFound(operation)
        : Errors.unavailable(operation, 502);
  }

  private void commitAndFail(Random random) {
    Operation operation =
        pick(
            random,
            Operation.CREATE,
            Operation.CREATE,
            Operation.DELETE,
            Operation.START,
            Operation.STOP,
            Operation.RESTART,
            Operation.RESET);
    say("* the next " + operation + " takes effect and gives no answer");
    api.failAfterCommit(
        random.nextBoolean()
            ? Errors.noAnswer(operation)
            : Errors.unavailable(operation, pick(random, 500, 502, 504)));
  }

  private void outage(Random random) {
    boolean all = random.nextBoolean();
    Function<Operation, ComputeApiException> error =
        random.nextBoolean() ? Errors::unauthenticated : o -> Errors.unavailable(o, 503);
    Stream.of(Operation.values())
        .filter(operation -> all || operation == Operation.LIST)
        .forEach(operation -> api.outage(error.apply(operation)));
    Duration time = seconds(random, 300);
    say("* " + (all ? "the API" : "the list") + " is down for " + time.toSeconds() + " s");
    at(time, "the API answers again", api::endOutages);
  }

  private void lag(Random random) {
    api.freezeList();
    Duration time = seconds(random, 60);
    say("* the list stays as it is for " + time.toSeconds() + " s");
    at(time, "the list is new again", api::thawList);
  }

  private void credentials(Random random) {
    credentialsChanged = true;
    api.credentials(ROTATED);
    Duration time = seconds(random, 200);
    say("* other credentials of the account for " + time.toSeconds() + " s");
    at(time, "the old credentials again", () -> api.credentials(Errors.OURS));
  }

  private void unreachable(Random random) {
    cluster.reachable(false);
    Duration time = seconds(random, 120);
    say("* the API server is gone for " + time.toSeconds() + " s");
    at(time, "the API server is back", () -> cluster.reachable(true));
  }

  // -- what happens within a call

  private void meanwhile(Random random) {
    Step step =
        pick(
            random,
            Step.POWER,
            Step.REQUEST,
            Step.PAUSE,
            Step.DELETE,
            Step.STRIP,
            Step.RESTORE,
            Step.VANISH,
            Step.FOREIGN,
            Step.ADVANCE,
            Step.POLL,
            Step.PASS,
            Step.PASS,
            Step.PASS,
            Step.ROUND,
            Step.FAILOVER,
            Step.OVERLAP,
            Step.STALE_CACHE,
            Step.UNREACHABLE);
    Random then = new Random(random.nextLong());
    boolean stands = random.nextInt(4) == 0;
    arrange(
        random,
        step.toString(),
        () -> {
          if (stands) {
            advance(seconds(then, 300)); // The whole process stood still.
          }
          step(step, then);
          if (step == Step.FAILOVER || step == Step.OVERLAP) {
            round();
            advance(seconds(then, 200));
            round();
          }
        });
  }

  private void arrange(Random random, String what, Runnable event) {
    Operation operation =
        pick(
            random,
            Operation.CREATE,
            Operation.CREATE,
            Operation.GET,
            Operation.LIST,
            Operation.DELETE,
            Operation.START,
            Operation.STOP,
            Operation.RESTART,
            Operation.RESET);
    switch (random.nextInt(6)) {
      case 0, 1 -> {
        say("* before the next " + operation + ": " + what);
        api.during(operation, within(event));
      }
      case 2, 3 -> {
        say("* between the next " + operation + " and its answer: " + what);
        api.after(operation, within(event));
      }
      case 4 -> {
        say("* before the next write: " + what);
        cluster.beforeNextWrite(within(event));
      }
      default -> {
        say("* between the next write and its answer: " + what);
        cluster.afterNextWrite(within(event));
      }
    }
  }

  /**
   * @param overlap how long the one before goes on in the belief that it leads
   */
  private void failover(Random random, Duration overlap) {
    if (replicas.size() < 2) {
      return;
    }
    int before = leader;
    ModelOperator process = replicas.get(before);
    say(
        "* op"
            + (1 - before)
            + " leads, and op"
            + before
            + " knows in "
            + overlap.toSeconds()
            + " s");
    if (overlap.isZero()) {
      resign(before);
    } else {
      at(
          overlap,
          "op" + before + " knows that it does not lead",
          () -> {
            if (leader != before && replicas.get(before) == process) {
              resign(before);
            }
          });
    }
    lead(1 - before);
  }

  // -- the end

  private void end() {
    say("all faults end");
    agenda.removeIf(due -> !due.what().isEmpty());
    api.recover();
    api.credentials(Errors.OURS);
    cluster.forgive();
    thaw();
    for (int replica = 0; replica < replicas.size(); replica++) {
      if (replica != leader) {
        resign(replica);
      }
    }
    cluster.names().forEach(this::unpause);
    int quiet = 0;
    for (int i = 0; i < LONGEST_END && quiet < QUIET; i++) {
      int before = api.changes().size() + cluster.writes().size();
      round();
      cluster.names().forEach(this::resolve);
      advance(SampleSettings.FAST);
      boolean open = cluster.names().stream().anyMatch(n -> cluster.status(n).create() != null);
      quiet = open || api.changes().size() + cluster.writes().size() > before ? 0 : quiet + 1;
    }
    if (quiet < QUIET) {
      checker.violation("it never comes to rest");
    }
    checker.checkEnd(credentialsChanged);
  }

  private void unpause(String name) {
    if (cluster.annotation(name, Annotations.PAUSED).equals("true")) {
      checker.byUser(() -> cluster.edit(name, w -> w.annotated(Annotations.PAUSED, "false")));
    }
  }

  // -- how it is drawn

  private static Duration seconds(Random random, int most) {
    return Duration.ofSeconds(1 + random.nextInt(most));
  }

  @SafeVarargs
  private static <T> T pick(Random random, @Nullable T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private static <T> T pick(Random random, List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
