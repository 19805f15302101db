package com.threatwinds.compute.operator.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.threatwinds.compute.operator.kubeproxy.KubeCall;
import com.threatwinds.compute.operator.kubeproxy.KubeEffect;
import com.threatwinds.compute.operator.kubeproxy.KubeFault;
import com.threatwinds.compute.operator.kubeproxy.KubeMatch;
import com.threatwinds.compute.operator.kubeproxy.KubePhase;
import com.threatwinds.compute.operator.simulator.ActiveFault;
import com.threatwinds.compute.operator.simulator.Effect;
import com.threatwinds.compute.operator.simulator.Match;
import com.threatwinds.compute.operator.simulator.Operation;
import com.threatwinds.compute.operator.simulator.Phase;
import com.threatwinds.compute.operator.testing.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A call that changes something, at either API: where a process can be hit. Named by what it says
 * and not by its number, since two good runs differ in how often they write.
 */
sealed interface Boundary {

  /** A change at the Compute API. */
  record Api(Operation operation) implements Boundary {
    @Override
    public String toString() {
      return "api " + operation;
    }
  }

  /** A write to one of our resources. */
  record Kube(String what) implements Boundary {
    @Override
    public String toString() {
      return "kube " + what;
    }
  }

  /** When, between a request and its answer. */
  enum Moment {
    BEFORE,
    COMMITTED,
    ANSWERED;

    private Phase phase() {
      return switch (this) {
        case BEFORE -> Phase.BEFORE_COMMIT;
        case COMMITTED -> Phase.AFTER_COMMIT;
        case ANSWERED -> Phase.AFTER_ANSWER;
      };
    }

    private KubePhase kubePhase() {
      return switch (this) {
        case BEFORE -> KubePhase.BEFORE_FORWARD;
        case COMMITTED -> KubePhase.AFTER_COMMIT;
        case ANSWERED -> KubePhase.AFTER_ANSWER;
      };
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A call that is held there; its taking off lets it go on, or drops it. */
  interface Hold {
    void awaitHit(Duration atMost);

    void release();
  }

  /** Every boundary that a run shows, in the order of their first crossing. */
  static List<Boundary> of(Evidence run) {
    Set<Boundary> boundaries = new LinkedHashSet<>();
    run.calls().stream()
        .filter(call -> call.operation().isChange())
        .forEach(call -> boundaries.add(new Api(call.operation())));
    run.kube().stream()
        .filter(Boundary::isOurs)
        .forEach(call -> boundaries.add(new Kube(what(call))));
    return new ArrayList<>(boundaries);
  }

  private static boolean isOurs(KubeCall call) {
    return call.isWrite() && call.plural().equals("computeinstances");
  }

  /** What a write says: its status's reason and request, or the place that it patches. */
  private static String what(KubeCall call) {
    JsonNode body = call.request();
    if (body == null) {
      return call.method();
    }
    if (call.subresource().equals("status")) {
      String outcome = body.at("/status/power/outcome").asText();
      String operation = body.at("/status/power/operation").asText();
      return "status "
          + Subject.condition(body, "Ready").path("reason").asText()
          + (body.at("/status/create").has("attemptId") ? " attempt" : "")
          + (outcome.isEmpty() || outcome.equals("Skipped") ? "" : " " + operation + " " + outcome);
    }
    String text = body.toString();
    return call.method()
        + (text.contains("instance-id")
            ? " annotation"
            : text.contains("remove") ? " finalizer off" : " finalizer on");
  }

  /**
   * Holds the first such call of that replica.
   *
   * @param drop whether it is dropped when released, and not done later
   */
  default Hold hold(Stage stage, Replica replica, Moment moment, boolean drop) {
    return switch (this) {
      case Api(Operation operation) -> {
        ActiveFault fault =
            stage
                .api()
                .fault(
                    Match.on(operation), moment.phase(), drop ? Effect.blackHole() : Effect.hang());
        yield new Hold() {
          @Override
          public void awaitHit(Duration atMost) {
            fault.awaitHit(atMost);
          }

          @Override
          public void release() {
            fault.close();
          }
        };
      }
      case Kube(String what) -> {
        Predicate<KubeCall> same = call -> isOurs(call) && what(call).equals(what);
        KubeFault fault =
            replica
                .proxy()
                .faults()
                .add(
                    KubeMatch.any().where(what, same),
                    moment.kubePhase(),
                    drop ? KubeEffect.blackHole() : KubeEffect.hang());
        yield new Hold() {
          @Override
          public void awaitHit(Duration atMost) {
            fault.awaitHit(atMost);
          }

          @Override
          public void release() {
            fault.close();
          }
        };
      }
    };
  }
}
