package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ConditionType;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.compute.Seen;
import com.threatwinds.compute.operator.decision.Action;
import com.threatwinds.compute.operator.decision.Decider;
import com.threatwinds.compute.operator.decision.Observation;
import com.threatwinds.compute.operator.inventory.Errors;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** How a create goes, pass by pass: played by the decider and the status report. */
public final class CreateCourse {

  /** The four steps of a pass, by the classes that take them. */
  public static final List<String> STEPS =
      Stream.of(Observer.class, Decider.class, Executor.class, StatusReport.class)
          .map(Class::getSimpleName)
          .toList();

  /**
   * One pass.
   *
   * @param announced what the status says before the call; empty if nothing is announced
   * @param told the condition that is true in the end, and its reason
   */
  public record Pass(
      String observed,
      String action,
      String announced,
      String outcome,
      ConditionType condition,
      String told) {}

  private static final Wish WISH = Wish.plain();

  private ComputeInstanceStatus status = ComputeInstanceStatus.NONE;
  private final List<Pass> passes = new ArrayList<>();

  private CreateCourse() {}

  /** The answer to the create comes. */
  public static List<Pass> answered() {
    var course = new CreateCourse();
    course.pass(
        StatusRows.ORDERABLE, new Outcome.Made(new Seen(StatusRows.PROVISIONING_NOW, Errors.OURS)));
    course.pass(StatusRows.found(StatusRows.PROVISIONING_NOW), StatusRows.NOTHING);
    course.pass(StatusRows.found(StatusRows.RUNNING_NOW), StatusRows.NOTHING);
    return course.passes;
  }

  /** It does not, up to the pass that settles it. */
  public static List<Pass> unanswered() {
    return lost().passes;
  }

  private static CreateCourse lost() {
    var course = new CreateCourse();
    course.pass(StatusRows.ORDERABLE, new Outcome.Failed(Errors.noAnswer(Operation.CREATE)));
    course.pass(new Observation.Unsettled(Duration.ofSeconds(150)), StatusRows.NOTHING);
    return course;
  }

  /** The three ends of that pass. */
  public static List<Pass> settled() {
    List<Pass> ends = new ArrayList<>();
    for (Outcome end :
        List.of(
            new Outcome.Made(new Seen(StatusRows.PROVISIONING_NOW, Errors.OURS)),
            new Outcome.NotMade(),
            new Outcome.Ambiguous(List.of(new InstanceId("i-7"), new InstanceId("i-8"))))) {
      CreateCourse course = lost();
      course.pass(new Observation.Due(), end);
      ends.add(course.passes.getLast());
    }
    return ends;
  }

  private void pass(Observation observation, Outcome outcome) {
    Action action = Decider.decide(WISH.desired(), status, observation);
    ComputeInstanceStatus announced =
        action instanceof Action.Create
            ? StatusReport.attempting(
                status, WISH.desired(), StatusRows.attempt(), StatusRows.BEGAN)
            : status;
    ComputeInstanceStatus after =
        StatusReport.of(
            status, announced, WISH.desired(), observation, action, outcome, StatusRows.BEGAN);
    Condition told = trueOf(after);
    passes.add(
        new Pass(
            observation instanceof Observation.Found found
                ? "Found: " + found.instance().state()
                : observation.getClass().getSimpleName(),
            action.getClass().getSimpleName(),
            announced.equals(status) ? "" : trueOf(announced).getReason(),
            end(outcome),
            Stream.of(ConditionType.values())
                .filter(type -> type.toString().equals(told.getType()))
                .findFirst()
                .orElseThrow(),
            told.getReason()));
    status = after;
  }

  private static String end(Outcome outcome) {
    return outcome instanceof Outcome.Failed(ComputeApiException error)
        ? error.mayHaveHappened() ? "no answer" : "refused"
        : outcome.getClass().getSimpleName();
  }

  private static Condition trueOf(ComputeInstanceStatus status) {
    return Stream.of(ConditionType.values())
        .flatMap(type -> status.condition(type).stream())
        .filter(condition -> "True".equals(condition.getStatus()))
        .findFirst()
        .orElseThrow();
  }
}
