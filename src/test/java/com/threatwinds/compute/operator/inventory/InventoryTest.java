package com.threatwinds.compute.operator.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.Fingerprint;
import com.threatwinds.compute.operator.compute.Instance;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.InstanceState;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.compute.Seen;
import com.threatwinds.compute.operator.inventory.GatedComputeApi.Kind;
import com.threatwinds.compute.operator.inventory.Inventory.Look;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InventoryTest {

  private static final Duration SLOW = Duration.ofSeconds(60);
  private static final Duration FAST = Duration.ofSeconds(5);
  private static final Duration LAG = Duration.ofSeconds(120);
  private static final InstanceId ONE = new InstanceId("i-1");
  private static final InstanceId TWO = new InstanceId("i-2");
  private static final Fingerprint OTHERS = new Fingerprint("00000000000000bb");

  private final NanoClock clock = new NanoClock();
  private final ModelApi api = new ModelApi();
  private final Heard heard = new Heard();
  private final Inventory inventory =
      new Inventory(api, new Inventory.Pace(SLOW, FAST, LAG), clock, heard);

  /** What the listener was told. */
  private static final class Heard implements Inventory.Listener {
    private final List<String> news = new CopyOnWriteArrayList<>();
    private boolean broken;

    @Override
    public void changed(Set<InstanceId> instances) {
      news.add(instances.stream().map(InstanceId::value).sorted().collect(Collectors.joining(" ")));
      if (broken) {
        throw new IllegalStateException("a bug in a listener");
      }
    }

    @Override
    public void readable() {
      news.add("readable");
    }

    List<String> take() {
      List<String> taken = new ArrayList<>(news);
      news.clear();
      return taken;
    }
  }

  @AfterEach
  void stop() {
    inventory.close();
  }

  private void read() {
    try {
      inventory.read();
    } catch (ComputeApiException e) {
      throw new AssertionError(e);
    }
  }

  private void readFails() {
    assertThatThrownBy(inventory::read).isInstanceOf(ComputeApiException.class);
  }

  // -- who is woken

  @Test
  void theFirstListTellsOfAllInstancesAndThatItCanBeRead() {
    api.put("i-1", InstanceState.RUNNING);
    api.put("i-2", InstanceState.TERMINATED);

    read();

    assertThat(heard.take()).containsExactly("i-1 i-2", "readable");
  }

  @Test
  void aListInWhichNothingChangedWakesNobody() {
    api.put("i-1", InstanceState.RUNNING);
    read();
    heard.take();

    read();

    assertThat(heard.take()).isEmpty();
  }

  @Test
  void wakesOnlyWhatCameWentOrLooksDifferent() {
    api.put("i-1", InstanceState.RUNNING);
    api.put("i-2", InstanceState.RUNNING);
    api.put("i-3", InstanceState.RUNNING);
    read();
    heard.take();

    api.move("i-1", InstanceState.TERMINATED);
    api.remove("i-2");
    api.put("i-4", InstanceState.PROVISIONING);
    read();

    assertThat(heard.take()).containsExactly("i-1 i-2 i-4");
  }

  @Test
  void anEmptyAccountIsReadableToo() {
    read();

    assertThat(heard.take()).containsExactly("readable");
    assertThat(inventory.look(ONE)).isEqualTo(new Look.Unlisted());
  }

  @Test
  void aListenerThatThrowsEndsNeitherTheReadNorThePolling() {
    api.put("i-1", InstanceState.RUNNING);
    heard.broken = true;

    read();

    assertThat(heard.take()).containsExactly("i-1", "readable");
    assertThat(inventory.listing()).isPresent();
  }

  // -- trouble

  @Test
  void nothingIsKnownBeforeTheFirstList() {
    assertThat(inventory.look(ONE)).isEqualTo(new Look.Unread());
    assertThat(inventory.listing()).isEmpty();
    assertThat(inventory.age()).isEmpty();
    assertThat(inventory.trouble()).isEmpty();
    assertThat(inventory.dueIn()).isZero();
  }

  @Test
  void troubleIsToldUntilAListCanBeReadAgain() {
    read();
    heard.take();
    api.fail(Errors.unavailable(Operation.LIST, 503));
    readFails();

    assertThat(inventory.trouble()).isPresent();
    assertThat(heard.take()).isEmpty();

    read();
    assertThat(inventory.trouble()).isEmpty();
    assertThat(heard.take()).containsExactly("readable");
  }

  @Test
  void whatWasListedStaysKnownInTrouble() {
    api.put("i-1", InstanceState.RUNNING);
    read();
    api.fail(Errors.unavailable(Operation.LIST, 503));

    readFails();

    assertThat(inventory.listing().flatMap(l -> l.find(ONE))).isPresent();
    assertThat(inventory.lastSeenWith(ONE)).hasValue(Errors.OURS);
  }

  @Test
  void failuresBackOffAndHeal() {
    List<Duration> pauses = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      api.fail(Errors.unavailable(Operation.LIST, 503));
      readFails();
      pauses.add(inventory.dueIn());
    }
    read();

    assertThat(pauses)
        .containsExactly(
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(20),
            Duration.ofSeconds(20),
            Duration.ofSeconds(20),
            Duration.ofSeconds(20));
    assertThat(inventory.dueIn()).isEqualTo(SLOW);

    api.fail(Errors.unavailable(Operation.LIST, 503));
    readFails();
    assertThat(inventory.dueIn()).as("a new streak begins anew").isEqualTo(FAST);
  }

  @Test
  void theTimeThatTheApiNamedIsWaitedFor() {
    api.fail(Errors.rateLimited(Operation.LIST, Duration.ofMinutes(3)));

    readFails();

    assertThat(inventory.dueIn()).isEqualTo(Duration.ofMinutes(3));
  }

  @Test
  void aLimitOfOurOwnIsNoTroubleOnceThereIsAList() {
    Map<Kind, Gate> gates = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      gates.put(kind, new Gate(kind == Kind.LIST ? Optional.of(3) : Optional.empty(), clock));
    }
    Inventory limited =
        new Inventory(
            new GatedComputeApi(api, gates, operation -> {}),
            new Inventory.Pace(SLOW, FAST, LAG),
            clock,
            heard);
    api.put("i-1", InstanceState.STAGING);
    limited.expect(ONE, true);
    reads(limited);
    clock.advance(FAST);
    heard.take();

    assertThatThrownBy(limited::read).isInstanceOf(ComputeApiException.RateLimited.class);

    assertThat(limited.trouble()).isEmpty();
    assertThat(limited.dueIn()).isEqualTo(Duration.ofMillis(15_200));
    clock.advance(Duration.ofMillis(15_200));
    reads(limited);
    assertThat(heard.take()).isEmpty();
    assertThat(api.count(Operation.LIST)).isEqualTo(2);
  }

  private static void reads(Inventory limited) {
    org.assertj.core.api.Assertions.assertThatCode(limited::read).doesNotThrowAnyException();
  }

  // -- when to read

  @Test
  void readsSlowlyWhileNothingMovesAndFastWhileSomethingDoes() {
    api.put("i-1", InstanceState.RUNNING);
    read();
    assertThat(inventory.dueIn()).isEqualTo(SLOW);

    inventory.expect(ONE, true);
    assertThat(inventory.dueIn()).isEqualTo(FAST);

    inventory.expect(TWO, true);
    inventory.expect(ONE, false);
    assertThat(inventory.dueIn()).isEqualTo(FAST);

    inventory.expect(TWO, false);
    assertThat(inventory.dueIn()).isEqualTo(SLOW);
  }

  @Test
  void theTimeThatPassedCounts() {
    read();

    clock.advance(Duration.ofSeconds(42));
    assertThat(inventory.dueIn()).isEqualTo(Duration.ofSeconds(18));

    clock.advance(Duration.ofSeconds(42));
    assertThat(inventory.dueIn()).isZero();
  }

  @Test
  void whatOthersReadNeedsNoReadOfItsOwn() {
    read();
    clock.advance(Duration.ofSeconds(59));

    read();

    assertThat(inventory.dueIn()).isEqualTo(SLOW);
  }

  @Test
  void aPowerCallAndACreateMakeItReadFast() {
    read();

    inventory.changed(ONE);
    assertThat(inventory.dueIn()).isEqualTo(FAST);

    inventory.expect(ONE, false);
    inventory.created(new Seen(ModelApi.instance("i-2", InstanceState.PROVISIONING), Errors.OURS));
    assertThat(inventory.dueIn()).isEqualTo(FAST);
  }

  @Test
  void aHurryIsOneReadSoonHoweverManyAskForIt() {
    read();

    inventory.hurry();
    inventory.hurry();
    assertThat(inventory.dueIn()).isEqualTo(Duration.ofSeconds(1));

    read();
    assertThat(inventory.dueIn()).isEqualTo(SLOW);
  }

  @Test
  void aHurryDoesNotHammerWhatIsBroken() {
    api.fail(Errors.rateLimited(Operation.LIST, Duration.ofSeconds(90)));
    readFails();

    inventory.hurry();

    assertThat(inventory.dueIn()).isEqualTo(Duration.ofSeconds(90));
  }

  @Test
  void otherCredentialsAreTriedAtOnce() {
    api.fail(Errors.unauthenticated(Operation.LIST));
    readFails();
    assertThat(inventory.dueIn()).isEqualTo(FAST);

    api.credentials(OTHERS);

    assertThat(inventory.dueIn()).isZero();
    read();
    assertThat(inventory.dueIn()).isEqualTo(SLOW);
  }

  @Test
  void credentialsThatWentAwayAreNoticedToo() {
    read();

    api.credentials(null);

    assertThat(inventory.dueIn()).isZero();
  }

  @Test
  void theThreadReadsWhenItIsTime() {
    inventory.start();
    await().until(() -> api.count(Operation.LIST) == 1);

    clock.advance(SLOW);
    inventory.expect(ONE, true);

    await().until(() -> api.count(Operation.LIST) == 2);
  }

  @Test
  void theThreadOutlivesWhatNobodyExpected() {
    api.during(
        Operation.LIST,
        () -> {
          throw new IllegalStateException("a bug in the client");
        });
    inventory.start();
    await().until(() -> inventory.dueIn().isPositive());

    clock.advance(SLOW);
    inventory.expect(ONE, true);

    await().until(() -> inventory.listing().isPresent());
  }

  // -- what an entry is worth

  @Test
  void anEntryIsDoubtfulUntilAListThatMustShowThePowerCall() {
    Instance running = api.put("i-1", InstanceState.RUNNING);
    read();

    inventory.changed(ONE);
    clock.advance(LAG.minusNanos(1));
    read();
    assertThat(inventory.look(ONE)).isEqualTo(new Look.Listed(running, true));

    clock.advance(SLOW);
    assertThat(inventory.look(ONE)).as("by age alone").isEqualTo(new Look.Listed(running, true));

    read();
    assertThat(inventory.look(ONE)).isEqualTo(new Look.Listed(running, false));
  }

  @Test
  void aListThatWasAskedForTooEarlyEndsNoDoubtHoweverLateItComes() {
    Instance running = api.put("i-1", InstanceState.RUNNING);
    inventory.changed(ONE);
    api.during(Operation.LIST, () -> clock.advance(LAG));

    read();

    assertThat(inventory.look(ONE)).isEqualTo(new Look.Listed(running, true));
  }

  @Test
  void anEntryIsWorthNothingWhileTheListCanNotBeRead() {
    Instance running = api.put("i-1", InstanceState.RUNNING);
    read();
    api.fail(Errors.unavailable(Operation.LIST, 503));

    readFails();
    assertThat(inventory.look(ONE)).isEqualTo(new Look.Outdated());

    read();
    assertThat(inventory.look(ONE)).isEqualTo(new Look.Listed(running, false));
  }

  @Test
  void anEntryIsWorthNothingWhenTwoPollsHavePassed() {
    Instance running = api.put("i-1", InstanceState.RUNNING);
    read();

    clock.advance(SLOW.multipliedBy(2));
    assertThat(inventory.look(ONE)).isEqualTo(new Look.Listed(running, false));

    clock.advance(Duration.ofNanos(1));
    assertThat(inventory.look(ONE)).isEqualTo(new Look.Outdated());
  }

  @Test
  void whatWasToldToChangeIsForgottenWithTheNextListThatMustShowIt() {
    read();
    inventory.changed(ONE);
    clock.advance(LAG.multipliedBy(10));
    api.fail(Errors.unavailable(Operation.LIST, 503));
    readFails();
    read();

    Instance running = api.put("i-1", InstanceState.RUNNING);
    read();

    assertThat(inventory.look(ONE)).isEqualTo(new Look.Listed(running, false));
  }

  @Test
  void aFreshInstanceThatTheListLacksCountsAsListed() {
    read();
    Instance fresh = ModelApi.instance("i-1", InstanceState.PROVISIONING);
    inventory.created(new Seen(fresh, Errors.OURS));

    read();
    assertThat(inventory.look(ONE)).isEqualTo(new Look.Listed(fresh, false));

    clock.advance(LAG);
    assertThat(inventory.look(ONE)).isEqualTo(new Look.Unlisted());
  }

  @Test
  void aFreshInstanceIsAsListedOnceItIs() {
    read();
    inventory.created(new Seen(ModelApi.instance("i-1", InstanceState.PROVISIONING), Errors.OURS));
    Instance running = api.put("i-1", InstanceState.RUNNING);

    read();

    assertThat(inventory.look(ONE)).isEqualTo(new Look.Listed(running, false));
  }

  @Test
  void aFreshInstanceThatWasToldToChangeMustBeLookedAt() {
    read();
    inventory.created(new Seen(ModelApi.instance("i-1", InstanceState.RUNNING), Errors.OURS));

    inventory.changed(ONE);

    assertThat(inventory.look(ONE)).isEqualTo(new Look.Unlisted());
  }

  // -- a list that is stuck

  @Test
  void whoIsSaidToMoveForTooLongMustBeLookedAt() {
    api.put("i-1", InstanceState.PROVISIONING);
    read();
    inventory.expect(ONE, true);

    pollFor(SLOW.multipliedBy(2));
    assertThat(isDoubtful(ONE)).isFalse();

    pollFor(FAST);
    assertThat(isDoubtful(ONE)).isTrue();
  }

  @Test
  void whoStillMovesIsLookedAtAgainAfterTwiceAsLong() {
    api.put("i-1", InstanceState.PROVISIONING);
    read();
    inventory.expect(ONE, true);
    pollFor(SLOW.multipliedBy(3));

    inventory.saw(new Seen(ModelApi.instance("i-1", InstanceState.PROVISIONING), Errors.OURS));
    assertThat(isDoubtful(ONE)).isFalse();

    pollFor(SLOW.multipliedBy(3));
    assertThat(isDoubtful(ONE)).isFalse();
    pollFor(FAST);
    assertThat(isDoubtful(ONE)).isTrue();
  }

  @Test
  void whatAGetFoundOutweighsAnEntryThatStaysTheSame() {
    api.put("i-1", InstanceState.PROVISIONING);
    read();
    inventory.expect(ONE, true);
    pollFor(SLOW.multipliedBy(3));

    Instance running = ModelApi.instance("i-1", InstanceState.RUNNING);
    inventory.saw(new Seen(running, Errors.OURS));
    inventory.expect(ONE, false);
    pollFor(SLOW.multipliedBy(30));

    assertThat(inventory.look(ONE)).isEqualTo(new Look.Listed(running, false));
  }

  @Test
  void anEntryThatChangesIsBelievedAgain() {
    api.put("i-1", InstanceState.PROVISIONING);
    read();
    inventory.saw(new Seen(ModelApi.instance("i-1", InstanceState.RUNNING), Errors.OURS));

    api.move("i-1", InstanceState.STOPPING);
    read();

    assertThat(inventory.look(ONE))
        .isEqualTo(
            new Look.Listed(inventory.listing().orElseThrow().find(ONE).orElseThrow(), false));
  }

  @Test
  void whatAGetFoundIsOldOnceTheInstanceIsToldToChange() {
    api.put("i-1", InstanceState.PROVISIONING);
    read();
    inventory.saw(new Seen(ModelApi.instance("i-1", InstanceState.RUNNING), Errors.OURS));

    inventory.changed(ONE);

    assertThat(isDoubtful(ONE)).isTrue();
  }

  private void pollFor(Duration time) {
    for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(FAST)) {
      clock.advance(FAST);
      read();
    }
  }

  private boolean isDoubtful(InstanceId id) {
    return inventory.look(id) instanceof Look.Listed(Instance listed, boolean doubtful) && doubtful;
  }

  // -- whose it is

  @Test
  void aListedInstanceWasSeenWithTheCredentialsOfTheList() {
    api.put("i-1", InstanceState.RUNNING);

    read();

    assertThat(inventory.lastSeenWith(ONE)).hasValue(Errors.OURS);
    assertThat(inventory.lastSeenWith(TWO)).isEmpty();
  }

  @Test
  void anInstanceThatVanishedKeepsItsMark() {
    api.put("i-1", InstanceState.RUNNING);
    read();
    api.remove("i-1");
    api.credentials(OTHERS);

    read();

    assertThat(inventory.lastSeenWith(ONE)).hasValue(Errors.OURS);
  }

  @Test
  void whatAnsweredOrWasMadeUnderRotatedCredentialsIsProofForThem() {
    api.put("i-1", InstanceState.RUNNING);
    read();
    api.credentials(OTHERS);

    inventory.saw(new Seen(ModelApi.instance("i-1", InstanceState.RUNNING), OTHERS));
    inventory.created(new Seen(ModelApi.instance("i-2", InstanceState.RUNNING), OTHERS));
    assertThat(inventory.lastSeenWith(ONE)).hasValue(OTHERS);
    assertThat(inventory.lastSeenWith(TWO)).hasValue(OTHERS);

    api.remove("i-1");
    read();
    assertThat(inventory.lastSeenWith(ONE)).as("gone from the next list").hasValue(OTHERS);
  }

  // -- reads that overlap

  @Test
  void aSlowReadThatWasAskedForEarlierOverwritesNothing() {
    api.put("i-1", InstanceState.PROVISIONING);
    api.during(
        Operation.LIST,
        () -> {
          clock.advance(Duration.ofSeconds(1));
          api.move("i-1", InstanceState.RUNNING);
          read();
          clock.advance(Duration.ofSeconds(1));
          api.move("i-1", InstanceState.PROVISIONING); // What the slow answer was made of.
        });

    read();

    assertThat(inventory.look(ONE))
        .isEqualTo(new Look.Listed(ModelApi.instance("i-1", InstanceState.RUNNING), false));
    assertThat(heard.take()).containsExactly("i-1", "readable");
    assertThat(inventory.age()).hasValue(Duration.ofSeconds(1));
  }

  @Test
  void aSlowFailureOfAnEarlierReadIsNoTrouble() {
    api.during(
        Operation.LIST,
        () -> {
          clock.advance(Duration.ofSeconds(1));
          read();
          api.fail(Errors.noAnswer(Operation.LIST));
          clock.advance(Duration.ofSeconds(29));
        });

    readFails();

    assertThat(inventory.trouble()).isEmpty();
  }

  // -- bounded

  @Test
  void whatStaysIsHeldOnce() {
    api.put("i-1", InstanceState.RUNNING);
    read();
    Instance first = inventory.listing().orElseThrow().find(ONE).orElseThrow();

    api.put("i-1", InstanceState.RUNNING);
    read();

    assertThat(inventory.listing().orElseThrow().find(ONE).orElseThrow()).isSameAs(first);
  }

  @Test
  void whatIsGoneIsNotWaitedForForEver() {
    api.put("i-1", InstanceState.RUNNING);
    read();
    inventory.changed(ONE);
    api.remove("i-1");
    read();
    assertThat(inventory.dueIn()).as("the list may lag").isEqualTo(FAST);

    clock.advance(LAG);
    read();

    assertThat(inventory.dueIn()).isEqualTo(SLOW);
  }

  @Test
  void marksOfWhatIsGoneAreBounded() {
    for (int i = 0; i < 10_001; i++) {
      inventory.saw(new Seen(ModelApi.instance("i-" + i, InstanceState.RUNNING), Errors.OURS));
      inventory.lastSeenWith(new InstanceId("i-0"));
    }

    assertThat(inventory.lastSeenWith(new InstanceId("i-0"))).as("in use").isPresent();
    assertThat(inventory.lastSeenWith(ONE)).as("the oldest that nobody asks for").isEmpty();
    assertThat(inventory.lastSeenWith(TWO)).isPresent();
  }
}
