package com.threatwinds.compute.operator.simulator;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How the simulated API behaves. Every value can be changed while it runs and counts from the next
 * call on; a transition that is under way keeps the time that it was promised.
 */
public final class Settings {

  private static final RateLimit UNLIMITED = new RateLimit(-1, Duration.ofMinutes(1));

  private volatile Duration provisioning = Duration.ofMillis(100);
  private volatile Duration staging = Duration.ZERO;
  private volatile Duration starting = Duration.ofMillis(100);
  private volatile Duration stopping = Duration.ofMillis(100);
  private volatile Duration listLag = Duration.ZERO;
  private volatile int maxInstances = -1;
  private volatile Set<Quirk> quirks = Set.of();
  private volatile List<MachineTemplate> templates = MachineTemplate.defaults();
  private final Map<Operation, RateLimit> limits = new ConcurrentHashMap<>();

  Settings() {}

  /** How long a new instance is PROVISIONING. */
  public Duration provisioning() {
    return provisioning;
  }

  public Settings provisioning(Duration time) {
    provisioning = notNegative(time);
    return this;
  }

  /** How long a new instance is STAGING after that; zero leaves the step out. */
  public Duration staging() {
    return staging;
  }

  public Settings staging(Duration time) {
    staging = notNegative(time);
    return this;
  }

  /** How long a stopped instance is STAGING when it is started. */
  public Duration starting() {
    return starting;
  }

  public Settings starting(Duration time) {
    starting = notNegative(time);
    return this;
  }

  /** How long an instance is STOPPING. */
  public Duration stopping() {
    return stopping;
  }

  public Settings stopping(Duration time) {
    stopping = notNegative(time);
    return this;
  }

  /** Every transition takes that long (the extra STAGING of a new instance excepted). */
  public Settings delays(Duration time) {
    return provisioning(time).starting(time).stopping(time);
  }

  /** The list shows the world as it was that long ago; a GET is always live. */
  public Duration listLag() {
    return listLag;
  }

  public Settings listLag(Duration lag) {
    listLag = notNegative(lag);
    return this;
  }

  /** How many instances each account may have; -1 is unlimited, 0 disables creating. */
  public int maxInstances() {
    return maxInstances;
  }

  public Settings maxInstances(int count) {
    if (count < -1) {
      throw new IllegalArgumentException("a quota is -1 or more");
    }
    maxInstances = count;
    return this;
  }

  public RateLimit limit(Operation operation) {
    return limits.getOrDefault(operation, UNLIMITED);
  }

  /** For each account by itself. */
  public Settings limit(Operation operation, int calls, Duration window) {
    limits.put(operation, new RateLimit(calls, window));
    return this;
  }

  public Settings unlimited(Operation operation) {
    limits.remove(operation);
    return this;
  }

  Map<Operation, RateLimit> limits() {
    return Map.copyOf(limits);
  }

  public Set<Quirk> quirks() {
    return quirks;
  }

  /** The dialect from now on: these and no others; none is the reference. */
  public Settings quirks(Quirk... dialect) {
    return quirks(Arrays.asList(dialect));
  }

  public Settings quirks(Collection<Quirk> dialect) {
    EnumSet<Quirk> set = EnumSet.noneOf(Quirk.class);
    set.addAll(dialect);
    quirks = Set.copyOf(set);
    return this;
  }

  boolean has(Quirk quirk) {
    return quirks.contains(quirk);
  }

  public List<MachineTemplate> templates() {
    return templates;
  }

  /** The catalogue from now on; instances of a template that is no more stay. */
  public Settings templates(Collection<MachineTemplate> catalogue) {
    templates = List.copyOf(catalogue);
    return this;
  }

  Optional<MachineTemplate> template(String id) {
    return templates.stream().filter(template -> template.id().equals(id)).findFirst();
  }

  private static Duration notNegative(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("negative time: " + time);
    }
    return time;
  }
}
