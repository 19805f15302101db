package com.threatwinds.compute.operator.faults;

import com.threatwinds.compute.operator.faults.Boundary.Hold;
import com.threatwinds.compute.operator.faults.Boundary.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

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
        cases.add(kill(boundary, moment, drop, Stage.Setup.one()).quickly(quick));
        cases.add(kill(boundary, moment, drop, Stage.Setup.two()).quickly(number % 30 == 5));
        cases.add(terminate(boundary, moment).quickly(number % 20 == 3));
        cases.add(stop(boundary, moment).quickly(number % 25 == 2));
        number++;
      }
    }
    return cases;
  }

  private static FaultCase kill(Boundary boundary, Moment moment, boolean drop, Stage.Setup setup) {
    boolean alone = setup.replicas() == 1;
    String name =
        "kill -9 at %s %s, %s%s"
            .formatted(
                boundary,
                moment,
                alone ? "started again" : "another takes over",
                drop && moment == Moment.BEFORE ? ", dropped" : "");
    return new FaultCase(
        "F1",
        name,
        setup,
        stage -> {
          stage.start();
          Replica replica = stage.first();
          Hold hold = boundary.hold(stage, replica, moment, drop && moment == Moment.BEFORE);
          meanwhile(
              stage,
              () -> {
                hold.awaitHit(Stage.PATIENCE);
                stage.did("kill -9 " + replica.name());
                replica.kill();
                hold.release();
                if (alone) {
                  replica.start();
                  stage.did("started again");
                }
              });
        });
  }

  private static FaultCase terminate(Boundary boundary, Moment moment) {
    return new FaultCase(
        "F2",
        "SIGTERM at %s %s, started again".formatted(boundary, moment),
        Stage.Setup.one(),
        stage -> {
          stage.start();
          Replica replica = stage.first();
          Hold hold = boundary.hold(stage, replica, moment, false);
          meanwhile(
              stage,
              () -> {
                hold.awaitHit(Stage.PATIENCE);
                stage.did("SIGTERM " + replica.name());
                replica.process().terminate();
                hold.release();
                replica.process().awaitExit(Duration.ofSeconds(30));
                replica.start();
                stage.did("started again");
              });
        });
  }

  private static FaultCase stop(Boundary boundary, Moment moment) {
    return new FaultCase(
        "F3",
        "stopped at %s %s, another takes over, goes on".formatted(boundary, moment),
        Stage.Setup.two(),
        stage -> {
          stage.start();
          Replica replica = stage.first();
          Hold hold = boundary.hold(stage, replica, moment, false);
          meanwhile(
              stage,
              () -> {
                hold.awaitHit(Stage.PATIENCE);
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
              });
        });
  }

  /** A life, and what happens to the process that looks after it. */
  private static void meanwhile(Stage stage, Runnable deed) throws Exception {
    Meanwhile fault = Meanwhile.begin(deed);
    Life.live(stage);
    fault.end();
  }
}
