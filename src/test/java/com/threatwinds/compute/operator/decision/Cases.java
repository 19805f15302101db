package com.threatwinds.compute.operator.decision;

import static com.threatwinds.compute.operator.decision.Given.ID;
import static com.threatwinds.compute.operator.decision.Given.asked;
import static com.threatwinds.compute.operator.decision.Given.bound;
import static com.threatwinds.compute.operator.decision.Given.instance;
import static com.threatwinds.compute.operator.decision.Given.open;
import static com.threatwinds.compute.operator.decision.Given.unavailable;
import static com.threatwinds.compute.operator.decision.Given.unbound;
import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.PowerOutcome;
import com.threatwinds.compute.operator.api.v1alpha1.DeletionPolicy;
import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.api.v1alpha1.Reason;
import com.threatwinds.compute.operator.compute.InstanceState;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.decision.Given.Asked;
import com.threatwinds.compute.operator.inventory.Errors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Everything that can be asked, recorded and seen, each with each, the impossible included. */
public final class Cases {

  static final List<@Nullable Power> POWERS =
      Stream.concat(Stream.of((Power) null), Arrays.stream(Power.values())).toList();

  private static final List<@Nullable DeletionPolicy> POLICIES =
      Stream.concat(Stream.of((DeletionPolicy) null), Arrays.stream(DeletionPolicy.values()))
          .toList();
  private static final List<Boolean> EITHER = List.of(false, true);

  /** One of them. */
  public record Case(Desired desired, ComputeInstanceStatus status, Observation observation) {

    public Action action() {
      return Decider.decide(desired, status, observation);
    }

    public boolean isBound() {
      return status.instanceId() != null;
    }

    boolean moves() {
      return observation instanceof Observation.Found found
          && (found.instance().state().isMoving()
              || found.instance().state() == InstanceState.UNKNOWN);
    }

    boolean isRivalled() {
      return observation instanceof Observation.Found found && found.rival().isPresent();
    }
  }

  private Cases() {}

  public static Stream<Case> all() {
    List<ComputeInstanceStatus> statuses = statuses();
    List<Observation> observations = observations();
    return Stream.concat(wishes(), oddWishes())
        .flatMap(asked -> EITHER.stream().map(paused -> asked.paused(paused).desired()))
        .flatMap(
            desired ->
                statuses.stream()
                    .flatMap(
                        status ->
                            observations.stream().map(seen -> new Case(desired, status, seen))));
  }

  /** Those that can be fulfilled. */
  static Stream<Asked> wishes() {
    List<Asked> wishes = new ArrayList<>();
    for (Power power : POWERS) {
      for (boolean deleting : EITHER) {
        for (DeletionPolicy policy : POLICIES) {
          for (boolean annotated : EITHER) {
            for (int takeover = 0; takeover < 3; takeover++) {
              Asked wish =
                  asked()
                      .power(power)
                      .deleting(deleting)
                      .policy(policy)
                      .restart(annotated ? "monday" : null)
                      .reset(annotated ? "tuesday" : null);
              wishes.add(
                  switch (takeover) {
                    case 0 -> wish;
                    case 1 -> wish.takeover(ID);
                    default -> wish.takeoverByAnnotation(ID);
                  });
            }
          }
        }
      }
    }
    return wishes.stream();
  }

  /** Those that can't, or that answer a question. */
  private static Stream<Asked> oddWishes() {
    return EITHER.stream()
        .flatMap(
            deleting ->
                Stream.of(
                        asked().problem("no"),
                        asked().takeover(ID).zone("elsewhere"),
                        asked().answer("adopt:" + ID),
                        asked().answer("retry:" + Given.ATTEMPT))
                    .map(asked -> asked.deleting(deleting)));
  }

  private static List<ComputeInstanceStatus> statuses() {
    return Stream.of(
            unbound(),
            unbound().problem("no"),
            unbound().stalled(Reason.REQUEST_REJECTED),
            unbound().accepted("another", null, null),
            bound(),
            bound().takenOver(),
            bound().ready(Reason.RUNNING),
            bound().accepted("another", null, null),
            bound().handled("spec/Restart", "annotation/Restart/monday"),
            bound().last(Power.RESET, null, PowerOutcome.ISSUING),
            bound().last(Power.RESET, null, PowerOutcome.REJECTED, "spec/Reset"),
            bound().state(InstanceState.RUNNING).stalled(Reason.REQUEST_REJECTED),
            // By hand, or by a program that means well:
            bound().boundTo("not an id"),
            bound().create(),
            open(),
            open(ID.value()),
            open().accepted("another", null, null))
        .map(Given.Recorded::status)
        .toList();
  }

  private static List<Observation> observations() {
    List<Observation> observations = new ArrayList<>();
    for (InstanceState state : InstanceState.values()) {
      observations.add(Given.found(state));
      observations.add(new Observation.Found(instance(state), Optional.of(", other")));
    }
    observations.add(
        new Observation.Found(
            instance(InstanceState.RUNNING, "another", Given.ZONE), Optional.empty()));
    for (boolean confirmed : EITHER) {
      for (boolean proven : EITHER) {
        observations.add(new Observation.Absent(confirmed, proven));
      }
    }
    observations.add(new Observation.NotYet());
    observations.add(new Observation.Failed(unavailable(Operation.LIST)));
    observations.add(new Observation.Failed(Errors.unauthenticated(Operation.LIST)));
    observations.add(new Observation.Failed(Errors.rateLimited(Operation.GET, null)));
    observations.add(new Observation.OtherAccount());
    observations.add(new Observation.Orderable(Optional.empty()));
    observations.add(new Observation.NoSuchTemplate(List.of("other")));
    observations.add(new Observation.NoSuchZone(List.of()));
    observations.add(new Observation.Unsettled(Duration.ofSeconds(1)));
    observations.add(new Observation.Due());
    observations.add(new Observation.TakeoverForbidden());
    observations.add(new Observation.Claimed(", other"));
    observations.add(new Observation.Uninstalling());
    Set<Class<?>> kinds = new HashSet<>();
    observations.forEach(observation -> kinds.add(observation.getClass()));
    assertThat(kinds)
        .as("every kind of observation is tried")
        .containsExactlyInAnyOrder(Observation.class.getPermittedSubclasses());
    return observations;
  }
}
