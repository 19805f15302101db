package com.threatwinds.compute.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.InstanceState;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.inventory.Errors;
import com.threatwinds.compute.operator.inventory.ModelApi;
import com.threatwinds.compute.operator.inventory.NanoClock;
import java.time.Duration;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A deletion in an outage of ten minutes, in virtual time: it ends within a minute of the outage,
 * whatever the outage was like, and nobody is hammered meanwhile.
 */
class OutageTest {

  private static final Duration OUTAGE = Duration.ofMinutes(10);
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** What the client makes of a {@code Retry-After} of 10^9 seconds. */
  private static final Duration LONGEST_RETRY_AFTER = Duration.ofMinutes(10);

  /** The pauses are spread by chance. */
  private static final int ROUNDS = 25;

  /** Calls and passes in all of an outage, of which the first few come soon. */
  private static final int MOST_TRIES = 60;

  private static final Logger LOG = Logger.getLogger("com.threatwinds.compute.operator");
  private static Level level = Level.INFO;

  /** How an outage of the Compute API looks to those who call. */
  enum Kind {
    REFUSED(Errors::notSent),
    TIME_OUT(Errors::noAnswer),
    UNAVAILABLE(operation -> Errors.unavailable(operation, 503)),
    OVERLOADED(operation -> Errors.overloaded(operation, LONGEST_RETRY_AFTER)),
    RATE_LIMITED(operation -> Errors.rateLimited(operation, LONGEST_RETRY_AFTER)),
    UNAUTHENTICATED(Errors::unauthenticated);

    private final Function<Operation, ComputeApiException> error;

    Kind(Function<Operation, ComputeApiException> error) {
      this.error = error;
    }
  }

  @BeforeAll
  static void silence() {
    level = LOG.getLevel();
    LOG.setLevel(Level.OFF);
  }

  @AfterAll
  static void tellAgain() {
    LOG.setLevel(level);
  }

  @ParameterizedTest
  @EnumSource
  void aDeletionEndsSoonAfterAnOutageOfTheComputeApi(Kind kind) {
    Tally tally = new Tally();
    for (int round = 0; round < ROUNDS; round++) {
      var deletion = new Deletion();
      deletion.begin(kind);
      deletion.course.last(Duration.ofSeconds(7L * round));

      deletion.ask();
      deletion.course.last(OUTAGE);
      deletion.end();

      deletion.conclude(tally);
    }
    tally.tell(kind.toString());
  }

  @ParameterizedTest
  @EnumSource
  void aDeletionEndsSoonAfterAnOutageInWhichTheOperatorWasRestarted(Kind kind) {
    Tally tally = new Tally();
    for (int round = 0; round < ROUNDS; round++) {
      var deletion = new Deletion();
      deletion.begin(kind);

      deletion.ask();
      deletion.sitOut(round, true);
      deletion.end();

      deletion.conclude(tally);
    }
    tally.tell(kind + " and a restart");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aDeletionEndsSoonAfterAnOutageOfTheKubernetesApi(boolean restart) {
    Tally tally = new Tally();
    for (int round = 0; round < ROUNDS; round++) {
      var deletion = new Deletion();

      deletion.ask();
      deletion.cluster.reachable(false);
      deletion.sitOut(round, restart);
      deletion.cluster.reachable(true);

      deletion.conclude(tally);
    }
    tally.tell("no Kubernetes API" + (restart ? " and a restart" : ""));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aDeletionEndsSoonAfterAnOutageOfTheKubernetesApiThatBeganBehindTheCall(boolean restart) {
    Tally tally = new Tally();
    for (int round = 0; round < ROUNDS; round++) {
      var deletion = new Deletion();
      deletion.api.after(Operation.DELETE, () -> deletion.cluster.reachable(false));

      deletion.ask();
      deletion.sitOut(round, restart);
      deletion.cluster.reachable(true);

      deletion.conclude(tally);
    }
    tally.tell("no Kubernetes API after the call" + (restart ? " and a restart" : ""));
  }

  /** What a kind of outage came to. */
  private static final class Tally {
    private Duration longest = Duration.ZERO;
    private int most;

    void tell(String outage) {
      System.out.printf(
          "outage: %s: gone %d s after it, %d tries in %d min%n",
          outage, longest.toSeconds(), most, OUTAGE.toMinutes());
    }
  }

  /** A resource whose instance runs beside others, until it is deleted. */
  private static final class Deletion {
    private final ModelApi api = new ModelApi();
    private final ModelCluster cluster = new ModelCluster();
    private final NanoClock clock = new NanoClock();
    private final Course course = new Course("web", api, cluster, clock);
    private final String id;
    private long limitedUntil = clock.getAsLong();
    private int triesBefore;

    Deletion() {
      ModelOperator operator = course.operator();
      id = String.valueOf(operator.running(Wish.plain()).instanceId());
      operator.running(Wish.named("other"));
      api.put("x-foreign", InstanceState.RUNNING);
      course.last(Duration.ofMinutes(2));
      api.witness(this::called);
    }

    /** A limit that the API named is kept, even if the API forgets it. */
    private void called(ModelApi.Call call) {
      if (call.answer().startsWith("429")) {
        limitedUntil = clock.getAsLong() + LONGEST_RETRY_AFTER.toNanos();
      }
    }

    void begin(Kind kind) {
      for (Operation operation : Operation.values()) {
        api.outage(kind.error.apply(operation));
      }
      course.hang(kind == Kind.TIME_OUT ? SampleSettings.TIMEOUT : Duration.ZERO);
    }

    void end() {
      api.endOutages();
      course.hang(Duration.ZERO);
    }

    void ask() {
      triesBefore = course.tries();
      cluster.delete("web");
      course.wake();
    }

    /** The operator may be another in the middle of it, in each round at another time. */
    void sitOut(int round, boolean restart) {
      Duration before = Duration.ofSeconds(23L * round);
      course.last(before);
      if (restart) {
        course.restart();
      }
      course.last(OUTAGE.minus(before));
    }

    void conclude(Tally tally) {
      int tries = course.tries() - triesBefore;
      long free = Math.max(clock.getAsLong(), limitedUntil);

      course.last(Duration.ofHours(1));

      Duration late = Duration.ofNanos(clock.getAsLong() - free);
      assertThat(cluster.exists("web")).as("the resource").isFalse();
      assertThat(late).isLessThanOrEqualTo(LIMIT);
      assertThat(api.changes())
          .filteredOn(call -> !call.startsWith("create"))
          .containsOnly("delete " + id);
      assertThat(api.ids()).hasSize(2).contains("x-foreign").doesNotContain(id);
      assertThat(cluster.names()).containsExactly("other");
      assertThat(tries).isLessThanOrEqualTo(MOST_TRIES);
      tally.longest = late.compareTo(tally.longest) > 0 ? late : tally.longest;
      tally.most = Math.max(tally.most, tries);
    }
  }
}
