package com.threatwinds.compute.operator.faults;

import com.threatwinds.compute.operator.faults.Boundary.Hold;
import com.threatwinds.compute.operator.faults.Boundary.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** F1 to F3: the process is killed, terminated or stopped at every boundary of a good life. */
final class CrashCases {

  private CrashCases() {}

  static List<FaultCase> of(List<Boundary> boundaries) {
    List<FaultCase> cases = new ArrayList<>();
    int number = 0;
    for (Boundary boundary : boundaries) {
      for (Moment moment : Moment.values()) {
        // A request that is under way when its sender dies may be done later, or never.
        boolean drop = number % 2 == 1;
        boolean quick = number % 15 == 0;
        Stream.of(
                kill(boundary, moment, drop, Stage.Setup.one()).quickly(quick),
                kill(boundary, moment, drop, Stage.Setup.two()).quickly(number % 30 == 5),
                terminate(boundary, moment).quickly(number % 20 == 3),
                stop(boundary, moment).quickly(number % 25 == 2))
            .map(each -> each.at(boundary, moment))
            .forEach(cases::add);
        number++;
      }
    }
    return cases;
  }

  private static FaultCase kill(Boundary boundary, Moment moment, boolean drop, Stage.Setup setup) {
    boolean alone = setup.replicas() == 1;
    boolean dropped = drop && moment == Moment.BEFORE;
    String end = (alone ? "started again" : "another takes over") + (dropped ? ", dropped" : "");
    return new FaultCase(
        "F1",
        "kill -9 at %s %s, %s".formatted(boundary, moment, end),
        setup,
        stage ->
            live(
                stage,
                boundary,
                moment,
                dropped,
                hold -> {
                  Replica replica = stage.first();
                  stage.did("kill -9 " + replica.name());
                  replica.kill();
                  hold.release();
                  if (alone) {
                    replica.start();
                    stage.did("started again");
                  }
                }));
  }

  private static FaultCase terminate(Boundary boundary, Moment moment) {
    return new FaultCase(
        "F2",
        "SIGTERM at %s %s, started again".formatted(boundary, moment),
        Stage.Setup.one(),
        stage ->
            live(
                stage,
                boundary,
                moment,
                false,
                hold -> {
                  Replica replica = stage.first();
                  stage.did("SIGTERM " + replica.name());
                  replica.process().terminate();
                  hold.release();
                  replica.process().awaitExit(Duration.ofSeconds(30));
                  replica.start();
                  stage.did("started again");
                }));
  }

  private static FaultCase stop(Boundary boundary, Moment moment) {
    return new FaultCase(
        "F3",
        "stopped at %s %s, another takes over, goes on".formatted(boundary, moment),
        Stage.Setup.two(),
        stage ->
            live(
                stage,
                boundary,
                moment,
                false,
                hold -> {
                  Replica replica = stage.first();
                  String leader = stage.leaseHolder();
                  stage.did("SIGSTOP " + replica.name());
                  replica.process().pause();
                  if (boundary instanceof Boundary.Api && moment == Moment.BEFORE) {
                    hold.release(); // Nothing commits later than its time-out and the settle time.
                  }
                  stage.awaitAnotherLeader(leader);
                  stage.did("SIGCONT " + replica.name());
                  replica.process().resume();
                  hold.release();
                }));
  }

  /** A life, and what happens to the process that looks after it once it is at the boundary. */
  private static void live(
      Stage stage, Boundary boundary, Moment moment, boolean dropped, Consumer<Hold> deed)
      throws Exception {
    stage.start();
    Hold hold = boundary.hold(stage, stage.first(), moment, dropped);
    Meanwhile fault =
        Meanwhile.begin(
            () -> {
              hold.awaitHit(Stage.PATIENCE);
              deed.accept(hold);
            });
    Life.live(stage);
    fault.end();
  }
}
