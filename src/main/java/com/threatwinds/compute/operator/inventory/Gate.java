package com.threatwinds.compute.operator.inventory;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Lets calls of one kind through at the rate that the account may make them, for all resources
 * together and in the order in which they asked; closed for as long as the API asked to be left
 * alone.
 *
 * <p>Nobody waits in it: who may not pass is told when to come back, and keeps a place until then.
 * Where no rate is set, it learns one from the first refusal: everybody who comes back at once,
 * each to be refused, is a storm.
 */
public final class Gate {

  /** A place whose time came that long ago is passed by: whoever had it went away. */
  static final Duration GRACE = Duration.ofSeconds(2);

  /** A hair slower than the limit, so that one call's delay puts none too many into a minute. */
  private static final double CAUTION = 1.01;

  /** Fewer calls than that before a refusal tell nothing of a limit. */
  private static final int TELLING = 10;

  /** No slower for what was learned: where it was learned wrongly, calls still flow. */
  private static final Duration SLOWEST_LEARNED = Duration.ofSeconds(15);

  /** What was learned is tried to be bettered after that long without a refusal. */
  private static final Duration LEARNED_HOLDS = Duration.ofMinutes(10);

  private static final double BETTER = 0.9;

  /** The look back in which calls are counted, the usual unit of the API's limits. */
  private static final Duration COUNTED = Duration.ofMinutes(1);

  private static final int MOST_COUNTED = 4_096;

  /** After a refusal so many go in at a time, and twice as many after each that was not refused. */
  private static final int FIRST_ROOM = 1;

  private static final int UNBOUNDED = 1 << 20;

  /** For a place inside, where there is no pace. */
  private static final Duration RETRY = Duration.ofMillis(200);

  /** However tight a limit is, so long at most after the last call: it may be wrong. */
  private static final Duration LONGEST_CLOSED = Duration.ofHours(1);

  private final LongSupplier nanoTime;
  private final Map<Object, Place> queue = new LinkedHashMap<>();
  private final ArrayDeque<Long> entered = new ArrayDeque<>();
  private final ArrayDeque<Long> spent = new ArrayDeque<>();
  private Optional<Rate> rate = Optional.empty();
  private long setInterval;
  private long interval;
  private long learnedAt;
  private long openAt;
  private long nextTicket;
  private int inside;
  private int room = UNBOUNDED;

  /**
   * Where somebody stands in the queue.
   *
   * @param due when it was told to come back
   */
  private record Place(long ticket, long due) {}

  /**
   * @param perMinute calls a minute; empty for no limit of ours
   * @param nanoTime a monotonic clock
   */
  public Gate(Optional<Integer> perMinute, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.openAt = nanoTime.getAsLong();
    pace(perMinute.map(Rate::perMinute));
  }

  /**
   * From now on calls go at that rate. One of a minute is spread over it; of a longer window, as
   * many as it allows go at once, and the next when it is over.
   *
   * @param limit empty for none of ours
   */
  public synchronized void pace(Optional<Rate> limit) {
    if (limit.equals(rate)) {
      return; // What was learned beside it stays.
    }
    rate = limit;
    setInterval =
        limit
            .filter(r -> !isBudget(r))
            .map(r -> (long) (r.window().toNanos() * CAUTION / r.calls()))
            .orElse(0L);
    interval = setInterval;
  }

  private static boolean isBudget(Rate rate) {
    return rate.window().compareTo(COUNTED) > 0 && rate.calls() <= MOST_COUNTED;
  }

  /** How long until the limit of a long window lets the next one in. */
  private long exhausted(long now) {
    Optional<Rate> budget = rate.filter(Gate::isBudget);
    if (budget.isEmpty()) {
      spent.clear();
      return 0;
    }
    long window = (long) (budget.get().window().toNanos() * CAUTION);
    while (!spent.isEmpty() && now - spent.getFirst() >= window) {
      spent.removeFirst();
    }
    if (spent.size() < budget.get().calls()) {
      return 0;
    }
    long last = spent.getLast() + LONGEST_CLOSED.toNanos() - now;
    return Math.max(0, Math.min(spent.getFirst() + window - now, last));
  }

  private void spend(long now) {
    if (rate.filter(Gate::isBudget).isPresent()) {
      spent.add(now);
      if (spent.size() > MOST_COUNTED) {
        spent.removeFirst();
      }
    }
  }

  /**
   * Goes in, if it may go now; otherwise takes a place and says how long it must wait. Whoever went
   * in must {@link #leave}, or tell that it was {@link #refused}.
   *
   * @param who comes back under the same name, to its place
   */
  public synchronized Optional<Duration> enter(Object who) {
    Optional<Duration> wait = ask(who);
    if (wait.isEmpty()) {
      long now = nanoTime.getAsLong();
      queue.remove(who);
      inside++;
      count(now);
      spend(now);
      // From when it might have gone, if that was just now: small delays must not add up.
      openAt = (now - openAt < interval / 2 ? openAt : now) + interval;
    }
    return wait;
  }

  /**
   * As {@link #enter}, but it stays outside: if it may go, it is the next to, until it enters or
   * {@linkplain #giveUp gives up}. So a crowd that asks at once does not all prepare for one call.
   */
  public synchronized Optional<Duration> turn(Object who) {
    Optional<Duration> wait = ask(who);
    if (wait.isEmpty() && !queue.containsKey(who)) {
      queue.put(who, new Place(nextTicket++, nanoTime.getAsLong()));
    }
    return wait;
  }

  /** Its place, if it has one, is the next one's. */
  public synchronized void giveUp(Object who) {
    queue.remove(who);
  }

  private Optional<Duration> ask(Object who) {
    long now = nanoTime.getAsLong();
    passBy(now);
    Place place = queue.get(who);
    long ahead = place == null ? queue.size() : place.ticket() - headTicket();
    long closed = Math.max(exhausted(now), Math.max(0, openAt - now));
    boolean paced = interval > 0;
    if (closed == 0 && (paced ? ahead == 0 : inside + ahead < room)) {
      return Optional.empty();
    }
    long each = paced ? interval : RETRY.toNanos() / room;
    long wait = Math.max(closed + ahead * each, paced ? 1 : RETRY.toNanos());
    long ticket = place == null ? nextTicket++ : place.ticket();
    queue.put(who, new Place(ticket, now + wait));
    return Optional.of(Duration.ofNanos(wait));
  }

  private void passBy(long now) {
    var places = queue.values().iterator();
    while (places.hasNext() && now - places.next().due() > GRACE.toNanos()) {
      places.remove();
    }
  }

  private long headTicket() {
    return queue.values().iterator().next().ticket();
  }

  /** A call is over, whatever came of it, except that it was {@link #refused}. */
  public synchronized void leave() {
    inside--;
    room = Math.min(room * 2, UNBOUNDED);
  }

  /** A call was refused by a limit of the API: nobody goes in for that long. */
  public synchronized void refused(Duration pause) {
    inside--;
    room = FIRST_ROOM;
    learn(pause);
    close(pause);
  }

  private void count(long now) {
    entered.add(now);
    while (entered.size() > MOST_COUNTED || now - entered.getFirst() > COUNTED.toNanos()) {
      entered.removeFirst();
    }
    if (interval > setInterval && now - learnedAt > LEARNED_HOLDS.toNanos()) {
      interval = Math.max(setInterval, (long) (interval * BETTER));
      learnedAt = now;
    }
  }

  /** So many calls went well until the limit begins anew: that is what it allows. */
  private void learn(Duration pause) {
    entered.pollLast();
    if (entered.size() >= TELLING) {
      long now = nanoTime.getAsLong();
      long window = now - entered.getFirst() + pause.toNanos();
      long each = (long) (window * CAUTION / entered.size());
      interval = Math.max(setInterval, Math.min(each, SLOWEST_LEARNED.toNanos()));
      learnedAt = now;
    }
  }

  /** How long it stays closed; empty if it is open. */
  public synchronized Optional<Duration> closedFor() {
    long now = nanoTime.getAsLong();
    long left = Math.max(exhausted(now), openAt - now);
    return left > 0 ? Optional.of(Duration.ofNanos(left)) : Optional.empty();
  }

  /** Lets nothing through for that long. */
  public synchronized void close(Duration pause) {
    long until = nanoTime.getAsLong() + pause.toNanos();
    if (until - openAt > 0) {
      openAt = until;
    }
  }

  /** Lets the next call through at once. */
  public synchronized void open() {
    openAt = nanoTime.getAsLong();
  }
}
