package com.threatwinds.compute.operator.simulator;

import com.threatwinds.compute.operator.simulator.Journal.OpenCall;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The instances of all accounts. One lock makes every change, together with its line in the
 * journal, one step.
 *
 * <p>What is public acts behind the back of the API's clients and is journaled as out of band.
 */
public final class World {

  private final InstantSource clock;
  private final Settings settings;
  private final Journal journal;
  private final RandomGenerator random;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Timeline> timelines = new LinkedHashMap<>();
  private final Set<String> missingOnce = new HashSet<>();
  private int addresses;

  World(InstantSource clock, Settings settings, Journal journal, RandomGenerator random) {
    this.clock = clock;
    this.settings = settings;
    this.journal = journal;
    this.random = random;
  }

  /** Every instance of every account, as it is now. */
  public List<Machine> machines() {
    lock.lock();
    try {
      Instant now = clock.instant();
      return timelines.values().stream().flatMap(line -> line.now(now).stream()).toList();
    } finally {
      lock.unlock();
    }
  }

  /** That account's instances, as they are now. */
  public List<Machine> machines(String userId) {
    return machines().stream().filter(machine -> machine.userId().equals(userId)).toList();
  }

  /** The instance, as it is now; empty if it never was or is gone. */
  public Optional<Machine> find(String id) {
    lock.lock();
    try {
      Timeline timeline = timelines.get(id);
      return timeline == null ? Optional.empty() : timeline.now(clock.instant());
    } finally {
      lock.unlock();
    }
  }

  /** Whether the instance was in that state at any moment between these two. */
  public boolean was(String id, MachineState state, Instant from, Instant to) {
    lock.lock();
    try {
      Timeline timeline = timelines.get(id);
      return timeline != null && timeline.was(state, from, to);
    } finally {
      lock.unlock();
    }
  }

  /** An instance that somebody else made, in that state from the start. */
  public Machine add(String userId, String templateId, @Nullable String zone, MachineState state) {
    return add(userId, templateId, zone, state, Duration.ZERO);
  }

  /** The same, that long ago. */
  public Machine add(
      String userId, String templateId, @Nullable String zone, MachineState state, Duration age) {
    lock.lock();
    try {
      MachineTemplate template =
          settings
              .template(templateId)
              .orElseThrow(() -> new NoSuchElementException("no template " + templateId));
      String where = zone == null ? template.defaultZone() : zone;
      Instant made = clock.instant().minus(age);
      Machine machine = settle(newMachine(userId, template, where, made), state);
      timelines.put(machine.id(), new Timeline().then(made, machine));
      journal.changedByHand(Operation.CREATE, "add", userId, Change.of(null, machine));
      return machine;
    } finally {
      lock.unlock();
    }
  }

  /** Somebody else starts it; it takes its time. */
  public void start(String id) {
    byHand(Operation.START, "start", id, (line, machine, now) -> begin(line, machine, now));
  }

  /** Somebody else stops it; it takes its time. */
  public void stop(String id) {
    byHand(Operation.STOP, "stop", id, (line, machine, now) -> halt(line, machine, now));
  }

  /** Somebody else deletes it. */
  public void delete(String id) {
    byHand(
        Operation.DELETE,
        "delete",
        id,
        (line, machine, now) -> {
          line.turn(now).then(now, null);
          return null;
        });
  }

  /** It is in that state at once, and stays. */
  public void force(String id, MachineState state) {
    byHand(
        Operation.OTHER,
        "force " + state,
        id,
        (line, machine, now) -> {
          Machine next = settle(machine, state);
          line.turn(now).then(now, next);
          return next;
        });
  }

  /** The next list that would show the instance does not. */
  public void dropFromListOnce(String id) {
    lock.lock();
    try {
      missingOnce.add(id);
    } finally {
      lock.unlock();
    }
  }

  Machine create(String userId, MachineTemplate template, String zone, OpenCall call)
      throws Refusal {
    lock.lock();
    try {
      int quota = settings.maxInstances();
      if (quota == 0) {
        throw new Refusal(403, "quota exceeded: max_instances is disabled for this account");
      }
      if (quota > 0 && machines(userId).size() >= quota) {
        throw new Refusal(403, "quota exceeded: max_instances is " + quota);
      }
      Instant now = clock.instant();
      Machine machine = newMachine(userId, template, zone, now);
      Timeline timeline = new Timeline().then(now, machine);
      Instant staged = now.plus(settings.provisioning());
      Duration staging = settings.staging();
      if (!staging.isZero()) {
        timeline.then(staged, machine.in(MachineState.STAGING, "", ""));
      }
      timeline.then(staged.plus(staging), settle(machine, MachineState.RUNNING));
      timelines.put(machine.id(), timeline);
      call.commit(Change.of(null, machine));
      return machine;
    } finally {
      lock.unlock();
    }
  }

  /** As the list shows them: the world as it was {@link Settings#listLag} ago. */
  List<Machine> list(String userId) {
    lock.lock();
    try {
      Instant now = clock.instant();
      Duration lag = settings.listLag();
      List<Machine> shown = new ArrayList<>();
      for (Timeline timeline : timelines.values()) {
        Optional<Machine> then = lag.isZero() ? timeline.now(now) : timeline.at(now.minus(lag));
        then.filter(machine -> machine.userId().equals(userId))
            .filter(machine -> !missingOnce.remove(machine.id()))
            .ifPresent(shown::add);
      }
      return shown;
    } finally {
      lock.unlock();
    }
  }

  Machine get(String userId, String id) throws Refusal {
    lock.lock();
    try {
      return owned(userId, id);
    } finally {
      lock.unlock();
    }
  }

  void start(String userId, String id, OpenCall call) throws Refusal {
    onCall(
        userId,
        id,
        call,
        (line, machine, now) ->
            switch (machine.state()) {
              case TERMINATED, SUSPENDED -> begin(line, machine, now);
              case RUNNING, PROVISIONING, STAGING -> machine;
              case STOPPING -> throw new Refusal(400, "instance is stopping");
            });
  }

  void stop(String userId, String id, OpenCall call) throws Refusal {
    onCall(
        userId,
        id,
        call,
        (line, machine, now) ->
            switch (machine.state()) {
              case RUNNING, SUSPENDED -> halt(line, machine, now);
              case STOPPING, TERMINATED -> machine;
              case PROVISIONING, STAGING -> throw new Refusal(400, "instance is not running yet");
            });
  }

  void restart(String userId, String id, OpenCall call) throws Refusal {
    onCall(userId, id, call, (line, machine, now) -> hardReset(line, machine, now, 1, 0));
  }

  void reset(String userId, String id, OpenCall call) throws Refusal {
    onCall(userId, id, call, (line, machine, now) -> hardReset(line, machine, now, 0, 1));
  }

  void delete(String userId, String id, OpenCall call) throws Refusal {
    onCall(
        userId,
        id,
        call,
        (line, machine, now) -> {
          line.turn(now).then(now, null);
          return null;
        });
  }

  private Machine hardReset(Timeline line, Machine machine, Instant now, int restarts, int resets)
      throws Refusal {
    if (machine.state() != MachineState.RUNNING) {
      throw new Refusal(400, "instance is not running");
    }
    Machine next = machine.restarted(restarts, resets);
    line.turn(now).then(now, next);
    return next;
  }

  private Machine begin(Timeline line, Machine machine, Instant now) {
    Machine next = machine.in(MachineState.STAGING, "", machine.internalIp());
    line.turn(now)
        .then(now, next)
        .then(now.plus(settings.starting()), settle(next, MachineState.RUNNING));
    return next;
  }

  private Machine halt(Timeline line, Machine machine, Instant now) {
    Machine next = machine.in(MachineState.STOPPING, machine.externalIp(), machine.internalIp());
    line.turn(now)
        .then(now, next)
        .then(now.plus(settings.stopping()), settle(next, MachineState.TERMINATED));
    return next;
  }

  /** With the addresses that belong to the state. */
  private Machine settle(Machine machine, MachineState state) {
    String internal =
        machine.internalIp().isEmpty() ? address("10.128", ++addresses) : machine.internalIp();
    return switch (state) {
      case PROVISIONING -> machine.in(state, "", "");
      case STAGING -> machine.in(state, "", machine.internalIp());
      case RUNNING ->
          machine.state() == MachineState.RUNNING
              ? machine
              : machine.in(state, address("34.120", ++addresses), internal);
      case SUSPENDED, STOPPING -> machine.in(state, machine.externalIp(), internal);
      case TERMINATED -> machine.in(state, "", internal);
    };
  }

  private static String address(String network, int number) {
    return network + "." + (number / 250 % 250) + "." + (number % 250 + 1);
  }

  private Machine newMachine(String userId, MachineTemplate template, String zone, Instant now) {
    String owner = userId.replaceAll("[^0-9A-Za-z]", "").toLowerCase(Locale.ROOT);
    String prefix = owner.length() > 6 ? owner.substring(0, 6) : owner;
    String id;
    do {
      id = "tw-" + prefix + "-" + String.format("%08x", random.nextInt());
    } while (timelines.containsKey(id));
    return new Machine(
        id,
        userId,
        template.id(),
        zone,
        template.machineType(),
        MachineState.PROVISIONING,
        "",
        "",
        now,
        0,
        0);
  }

  /** Another account's instance is as good as none. */
  private Machine owned(String userId, String id) throws Refusal {
    return find(id)
        .filter(machine -> machine.userId().equals(userId))
        .orElseThrow(() -> new Refusal(404, "instance not found or access denied"));
  }

  private void onCall(String userId, String id, OpenCall call, Act act) throws Refusal {
    lock.lock();
    try {
      Machine before = owned(userId, id);
      Machine after = act.on(timeline(id), before, clock.instant());
      if (!before.equals(after)) {
        call.commit(Change.of(before, after));
      }
    } finally {
      lock.unlock();
    }
  }

  private void byHand(Operation operation, String how, String id, Act act) {
    lock.lock();
    try {
      Machine before = find(id).orElseThrow(() -> new NoSuchElementException("no instance " + id));
      Machine after = act.on(timeline(id), before, clock.instant());
      journal.changedByHand(operation, how, before.userId(), Change.of(before, after));
    } catch (Refusal e) {
      throw new IllegalStateException(e.message(), e);
    } finally {
      lock.unlock();
    }
  }

  private Timeline timeline(String id) {
    Timeline timeline = timelines.get(id);
    if (timeline == null) {
      throw new NoSuchElementException("no instance " + id);
    }
    return timeline;
  }

  private interface Act {
    /**
     * The instance right after, null if it is gone; equal to {@code machine} if nothing changed.
     */
    @Nullable Machine on(Timeline line, Machine machine, Instant now) throws Refusal;
  }
}
