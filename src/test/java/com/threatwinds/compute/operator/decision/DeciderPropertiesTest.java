package com.threatwinds.compute.operator.decision;

import static com.threatwinds.compute.operator.decision.Given.asked;
import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.api.v1alpha1.DeletionPolicy;
import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.compute.InstanceState;
import com.threatwinds.compute.operator.decision.Action.Release.Why;
import com.threatwinds.compute.operator.decision.Cases.Case;
import com.threatwinds.compute.operator.decision.Given.Asked;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every decision, over everything that can be asked, recorded and seen. */
class DeciderPropertiesTest {

  /** More passes than anything needs. */
  private static final int PASSES = 20;

  @Test
  void decidesSomethingInEveryCase() {
    assertThat(Cases.all().map(Case::action)).doesNotContainNull().hasSizeGreaterThan(100_000);
  }

  @Test
  void decidesTheSameOnTheSameGrounds() {
    never(c -> !c.action().equals(c.action()));
  }

  @Test
  void makesAndPushesNothingWhileDeleting() {
    never(
        c ->
            c.desired().deleting()
                && isAnyOf(
                    c.action(),
                    Action.Create.class,
                    Action.TakeOver.class,
                    Action.Start.class,
                    Action.Stop.class,
                    Action.Request.class));
  }

  @Test
  void changesNothingWhilePaused() {
    never(
        c ->
            c.desired().paused()
                && !isAnyOf(c.action(), Action.Pause.class, Action.Keep.class)
                && !c.action().equals(new Action.Release(Why.NOTHING_THERE)));
  }

  @Test
  void pausesOnlyWhatIsPaused() {
    never(c -> !c.desired().paused() && c.action() instanceof Action.Pause);
  }

  @Test
  void pushesNothingThatMoves() {
    never(
        c ->
            c.moves()
                && isAnyOf(
                    c.action(), Action.Start.class, Action.Stop.class, Action.Request.class));
  }

  @Test
  void createsOnlyWhereNothingIsBoundOrOpenAndNothingIsToBeTakenOver() {
    never(
        c ->
            c.action() instanceof Action.Create
                && (c.isBound()
                    || c.status().create() != null
                    || c.desired().takeover().isPresent()
                    || !(c.observation() instanceof Observation.Orderable)));
  }

  @Test
  void deletesOnlyWhatIsBoundAndThereAndNobodyElsesAndItsToDelete() {
    never(
        c ->
            c.action() instanceof Action.Delete
                && !(c.desired().deleting()
                    && c.isBound()
                    && c.observation() instanceof Observation.Found
                    && !c.isRivalled()
                    && Decider.policy(c.desired(), c.status()) == DeletionPolicy.DELETE));
  }

  @Test
  void letsGoOnlyWhatIsDeletedAndHasNothingThatShouldGoFirst() {
    never(
        c ->
            c.action() instanceof Action.Release(Why why)
                && !(c.desired().deleting()
                    && switch (why) {
                      case NOTHING_THERE -> !c.isBound() && c.status().create() == null;
                      case RETAINED ->
                          c.isRivalled()
                              || Decider.policy(c.desired(), c.status()) == DeletionPolicy.RETAIN;
                      case GONE -> c.observation().equals(new Observation.Absent(true, true));
                      case UNINSTALLING -> c.observation() instanceof Observation.Uninstalling;
                    }));
  }

  @Test
  void actsOnNothingThatItCantReadOrUnderstand() {
    never(
        c ->
            (c.status().problem() != null && !(c.action() instanceof Action.Keep))
                || (c.desired().problem().isPresent()
                    && !c.desired().deleting()
                    && c.action().isChange()));
  }

  @Test
  void touchesNoPowerThatNobodyAskedFor() {
    never(
        c ->
            switch (c.action()) {
              case Action.Start s -> !c.desired().wantsRunning();
              case Action.Stop s -> !c.desired().wantsStopped();
              case Action.Request r -> !PowerRequest.standing(c.desired()).contains(r.request());
              default -> false;
            });
  }

  @Test
  void comesToRestAsAskedAndStaysThere() {
    for (Desired desired : Cases.wishes().map(Asked::desired).toList()) {
      for (Model model : beginnings(desired)) {
        Action last = run(model);

        assertThat(model.sent()).as("sent for %s", desired).doesNotHaveDuplicates();
        if (desired.deleting()) {
          assertThat(last).as("the end of %s", desired).isInstanceOf(Action.Release.class);
        } else {
          assertThat(last).as("the end of %s", desired).isInstanceOf(Action.Rest.class);
          assertThat(model.pass()).as("after the end of %s", desired).isEqualTo(last);
          if (desired.wantsRunning()) {
            assertThat(model.state()).as("%s", desired).isEqualTo(InstanceState.RUNNING);
          }
          if (desired.wantsStopped()) {
            assertThat(model.state())
                .as("%s", desired)
                .isIn(InstanceState.TERMINATED, InstanceState.SUSPENDED);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89})
  void sendsNoRequestWithANameTwiceWhateverIsReverted(long seed) {
    var random = new Random(seed);
    // As many as are remembered of each source: five for each of its two operations.
    List<@Nullable String> names = Arrays.asList(null, "a", "b", "c", "d", "e");
    Model model = new Model(asked().desired()).holding(InstanceState.RUNNING).bound();

    for (int i = 0; i < 2_000; i++) {
      model.ask(
          asked()
              .power(Cases.POWERS.get(random.nextInt(Cases.POWERS.size())))
              .requestId(names.get(random.nextInt(names.size())))
              .restart(names.get(random.nextInt(names.size())))
              .reset(names.get(random.nextInt(names.size())))
              .desired());
      for (int passes = random.nextInt(6); passes > 0; passes--) {
        model.pass();
        model.settle();
      }
    }

    List<PowerRequest> named = model.sent().stream().filter(r -> r.id().isPresent()).toList();
    assertThat(named).doesNotHaveDuplicates().hasSizeGreaterThan(10);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void sendsOneRequestForEachChangeToAValueWithoutAName(long seed) {
    var random = new Random(seed);
    Model model = new Model(asked().desired()).holding(InstanceState.RUNNING).bound();
    @Nullable Power before = null;
    List<Power> changes = new ArrayList<>();

    for (int i = 0; i < 500; i++) {
      Power power = Cases.POWERS.get(random.nextInt(Cases.POWERS.size()));
      if (power != before && power != null && power.isRequest()) {
        changes.add(power);
      }
      before = power;
      model.ask(asked().power(power).desired());
      run(model);
    }

    assertThat(model.sent()).extracting(PowerRequest::operation).isEqualTo(changes);
  }

  /** Passes until nothing is left to do. */
  private static Action run(Model model) {
    Action last = model.pass();
    for (int i = 0; i < PASSES; i++) {
      if (last instanceof Action.Rest || last instanceof Action.Release) {
        return last;
      }
      model.settle();
      last = model.pass();
    }
    return last;
  }

  /** Every way in which a resource can begin, or be found again. */
  private static List<Model> beginnings(Desired desired) {
    List<Model> beginnings = new ArrayList<>();
    if (desired.takeover().isEmpty()) {
      beginnings.add(new Model(desired));
      beginnings.add(new Model(desired).open());
    }
    for (InstanceState state : InstanceState.values()) {
      if (state != InstanceState.UNKNOWN) {
        beginnings.add(new Model(desired).holding(state));
        beginnings.add(new Model(desired).holding(state).open());
        beginnings.add(new Model(desired).holding(state).bound());
        beginnings.add(
            new Model(desired).holding(state).bound().handled(PowerRequest.standing(desired)));
      }
    }
    return beginnings;
  }

  private static void never(Predicate<Case> fault) {
    assertThat(Cases.all().filter(fault).limit(3)).isEmpty();
  }

  private static boolean isAnyOf(Action action, Class<?>... kinds) {
    return Arrays.stream(kinds).anyMatch(kind -> kind.isInstance(action));
  }
}
