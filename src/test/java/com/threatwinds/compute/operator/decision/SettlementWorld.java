package com.threatwinds.compute.operator.decision;

import com.threatwinds.compute.operator.compute.Fingerprint;
import com.threatwinds.compute.operator.compute.Instance;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.InstanceState;
import com.threatwinds.compute.operator.compute.Listing;
import com.threatwinds.compute.operator.decision.Settlement.Attempt;
import com.threatwinds.compute.operator.decision.Settlement.Evidence;
import com.threatwinds.compute.operator.decision.Settlement.Recovery;
import com.threatwinds.compute.operator.decision.Settlement.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What an account and a cluster hold while creates are open: the evidence, in words. */
final class SettlementWorld {

  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  static final Duration SPAN = Duration.ofSeconds(150);

  private static final Fingerprint CREDENTIALS = new Fingerprint("0123456789abcdef");
  private static final Fingerprint OTHERS = new Fingerprint("fedcba9876543210");

  private final List<Attempt> open;
  private final Map<InstanceId, Instance> listed = new HashMap<>();
  private final Map<InstanceId, Instance> live = new HashMap<>();
  private final Set<InstanceId> bound = new HashSet<>();
  private @Nullable Map<InstanceId, Instance> listedFirst;
  private boolean hidden;
  private boolean conclusiveFirst = true;
  private boolean conclusiveSecond = true;
  private Fingerprint credentials = CREDENTIALS;

  private SettlementWorld(List<Attempt> open) {
    this.open = new ArrayList<>(open);
  }

  static SettlementWorld world(Tried... open) {
    return new SettlementWorld(Arrays.stream(open).map(Tried::attempt).toList());
  }

  static InstanceId id(String id) {
    return new InstanceId(id);
  }

  /** A create in the zone {@link Given#ZONE}, whose time is over. */
  static Tried attempt(String attemptId) {
    return new Tried(
        attemptId,
        Given.TEMPLATE,
        Given.ZONE,
        Given.ZONE,
        START,
        false,
        Set.of(),
        "user-1",
        CREDENTIALS,
        false);
  }

  /** An instance as such a create makes it. */
  static Listed instance(String id) {
    return new Listed(
        new InstanceId(id), Given.TEMPLATE, Given.ZONE, "user-1", START.plusSeconds(1));
  }

  /** These too, in both lists and live. */
  SettlementWorld lists(Listed... instances) {
    for (Listed instance : instances) {
      listed.put(instance.id(), instance.instance());
      live.put(instance.id(), instance.instance());
    }
    return this;
  }

  /** The first list shows these instead. */
  SettlementWorld listedFirst(Listed... instances) {
    listedFirst = Arrays.stream(instances).collect(Collectors.toMap(Listed::id, Listed::instance));
    return this;
  }

  /** A read of that one answers otherwise than the list. */
  SettlementWorld answers(Listed instance) {
    live.put(instance.id(), instance.instance());
    return this;
  }

  SettlementWorld withoutAnswerFrom(String id) {
    live.remove(id(id));
    return this;
  }

  SettlementWorld bound(String id) {
    bound.add(id(id));
    return this;
  }

  /** A resource is bound to nobody knows what. */
  SettlementWorld hidden() {
    hidden = true;
    return this;
  }

  SettlementWorld closed(String attemptId) {
    open.removeIf(attempt -> attempt.attemptId().equals(attemptId));
    return this;
  }

  SettlementWorld inconclusiveFirst() {
    conclusiveFirst = false;
    return this;
  }

  SettlementWorld inconclusiveSecond() {
    conclusiveSecond = false;
    return this;
  }

  /** The lists are read with others than the attempts were made with. */
  SettlementWorld otherCredentials() {
    credentials = OTHERS;
    return this;
  }

  Verdict settle(Tried own) {
    return settle(own, Recovery.AUTO);
  }

  Verdict settle(Tried own, Recovery recovery) {
    return Settlement.settle(
        own.attempt(),
        new Evidence(
            new Listing(
                Objects.requireNonNullElse(listedFirst, listed), conclusiveFirst, credentials),
            new Listing(listed, conclusiveSecond, credentials),
            bound,
            hidden,
            open,
            live,
            SPAN),
        recovery);
  }

  Set<InstanceId> suspects() {
    return Settlement.suspects(new Listing(listed, true, credentials), bound, open, SPAN);
  }

  /** A create without an answer. */
  record Tried(
      String attemptId,
      String templateId,
      @Nullable String zone,
      @Nullable String defaultZone,
      @Nullable Instant startedAt,
      boolean ownClock,
      Set<InstanceId> known,
      @Nullable String userId,
      @Nullable Fingerprint credentials,
      boolean isYoung) {

    Tried of(String template) {
      return new Tried(
          attemptId,
          template,
          zone,
          defaultZone,
          startedAt,
          ownClock,
          known,
          userId,
          credentials,
          isYoung);
    }

    Tried in(@Nullable String inZone) {
      return new Tried(
          attemptId,
          templateId,
          inZone,
          defaultZone,
          startedAt,
          ownClock,
          known,
          userId,
          credentials,
          isYoung);
    }

    Tried defaultingTo(@Nullable String inZone) {
      return new Tried(
          attemptId,
          templateId,
          zone,
          inZone,
          startedAt,
          ownClock,
          known,
          userId,
          credentials,
          isYoung);
    }

    /** So long after the others; null if nobody knows. */
    Tried at(@Nullable Duration later) {
      return new Tried(
          attemptId,
          templateId,
          zone,
          defaultZone,
          later == null ? null : START.plus(later),
          ownClock,
          known,
          userId,
          credentials,
          isYoung);
    }

    /** The API told no time. */
    Tried byOwnClock() {
      return new Tried(
          attemptId,
          templateId,
          zone,
          defaultZone,
          startedAt,
          true,
          known,
          userId,
          credentials,
          isYoung);
    }

    Tried knowing(String... ids) {
      return new Tried(
          attemptId,
          templateId,
          zone,
          defaultZone,
          startedAt,
          ownClock,
          Arrays.stream(ids).map(InstanceId::new).collect(Collectors.toSet()),
          userId,
          credentials,
          isYoung);
    }

    Tried by(@Nullable String user) {
      return new Tried(
          attemptId,
          templateId,
          zone,
          defaultZone,
          startedAt,
          ownClock,
          known,
          user,
          credentials,
          isYoung);
    }

    Tried with(@Nullable Fingerprint mark) {
      return new Tried(
          attemptId,
          templateId,
          zone,
          defaultZone,
          startedAt,
          ownClock,
          known,
          userId,
          mark,
          isYoung);
    }

    Tried young() {
      return new Tried(
          attemptId,
          templateId,
          zone,
          defaultZone,
          startedAt,
          ownClock,
          known,
          userId,
          credentials,
          true);
    }

    Attempt attempt() {
      return new Attempt(
          attemptId,
          templateId,
          Optional.ofNullable(zone),
          Optional.ofNullable(defaultZone),
          Optional.ofNullable(startedAt),
          ownClock,
          known,
          Optional.ofNullable(userId),
          Optional.ofNullable(credentials),
          isYoung);
    }
  }

  /** An instance of the account. */
  record Listed(
      InstanceId id,
      @Nullable String templateId,
      @Nullable String zone,
      @Nullable String userId,
      @Nullable Instant createdAt) {

    Listed of(@Nullable String template) {
      return new Listed(id, template, zone, userId, createdAt);
    }

    Listed in(@Nullable String inZone) {
      return new Listed(id, templateId, inZone, userId, createdAt);
    }

    Listed by(@Nullable String user) {
      return new Listed(id, templateId, zone, user, createdAt);
    }

    /** So long after the first attempt; null if nobody knows. */
    Listed at(@Nullable Duration later) {
      return new Listed(id, templateId, zone, userId, later == null ? null : START.plus(later));
    }

    Instance instance() {
      return new Instance(
          id,
          null,
          zone,
          null,
          null,
          null,
          InstanceState.RUNNING,
          "RUNNING",
          templateId,
          userId,
          createdAt);
    }
  }
}
