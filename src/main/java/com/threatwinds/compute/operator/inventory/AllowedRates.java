package com.threatwinds.compute.operator.inventory;

import com.threatwinds.compute.operator.compute.Allowance;
import com.threatwinds.compute.operator.inventory.GatedComputeApi.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the account's limits mean for our calls.
 *
 * <p>No page lists the names of the limits. So a name is taken apart into its words, and means a
 * kind of call if its verbs are of that kind alone: {@code create}, {@code create_instance} and
 * {@code CreateInstance} are the same. Of several that mean one kind, the tightest counts: starts
 * and stops share a gate. What is not understood limits nothing, since a 429 still would.
 *
 * @param rates for those kinds that are limited
 * @param disabled names of those limits that allow no call at all
 * @param unrecognised names of those limits of the Compute API that were not understood
 */
public record AllowedRates(
    Map<Kind, Rate> rates, List<String> disabled, List<String> unrecognised) {

  /**
   * Where no call is allowed, one a minute is tried, and the API may refuse it itself: a wrong zero
   * must not keep a deletion waiting for ever.
   */
  static final Rate DISABLED = Rate.perMinute(1);

  private static final Map<Kind, Set<String>> VERBS = verbs();

  private static final Map<String, Duration> WINDOWS =
      Map.of(
          "second", Duration.ofSeconds(1),
          "minute", Duration.ofMinutes(1),
          "hour", Duration.ofHours(1),
          "day", Duration.ofDays(1),
          "month", Duration.ofDays(31));

  private static Map<Kind, Set<String>> verbs() {
    Map<Kind, Set<String>> verbs = new EnumMap<>(Kind.class);
    verbs.put(Kind.CREATE, Set.of("create", "launch", "post"));
    verbs.put(Kind.DELETE, Set.of("delete", "remove", "terminate"));
    verbs.put(Kind.POWER, Set.of("power", "start", "stop", "restart", "reset"));
    verbs.put(Kind.LIST, Set.of("list"));
    verbs.put(Kind.GET, Set.of("get", "read"));
    return Map.copyOf(verbs);
  }

  public AllowedRates {
    rates = Map.copyOf(rates);
    disabled = List.copyOf(disabled);
    unrecognised = List.copyOf(unrecognised);
  }

  static AllowedRates of(List<Allowance> limits) {
    Map<Kind, Rate> rates = new EnumMap<>(Kind.class);
    List<String> disabled = new ArrayList<>();
    List<String> unrecognised = new ArrayList<>();
    for (Allowance limit : limits) {
      if (!isOfCompute(limit)) {
        continue;
      }
      Optional<Kind> kind = kind(limit.feature());
      Optional<Duration> window = window(limit.window());
      if (kind.isEmpty() || limit.value() < Allowance.UNLIMITED) {
        unrecognised.add(limit.feature());
      } else if (limit.value() == 0) {
        disabled.add(limit.feature());
        rates.merge(kind.get(), DISABLED, AllowedRates::tighter);
      } else if (limit.value() != Allowance.UNLIMITED) {
        if (window.isEmpty()) {
          unrecognised.add(limit.feature());
        } else {
          int calls = (int) Math.min(limit.value(), Integer.MAX_VALUE);
          rates.merge(kind.get(), new Rate(calls, window.get()), AllowedRates::tighter);
        }
      }
    }
    return new AllowedRates(rates, disabled, unrecognised);
  }

  /** How many instances there may be; empty if that is not said, or not understood. */
  static Optional<Long> maxInstances(List<Allowance> quotas) {
    return quotas.stream()
        .filter(AllowedRates::isOfCompute)
        .filter(quota -> words(quota.feature()).equals(Set.of("max", "instance")))
        .map(Allowance::value)
        .filter(value -> value >= Allowance.UNLIMITED)
        .findFirst();
  }

  private static boolean isOfCompute(Allowance allowance) {
    return words(allowance.service()).contains("compute");
  }

  private static Optional<Kind> kind(String feature) {
    Set<String> words = words(feature);
    if (words.contains("zone")) {
      return Optional.of(Kind.ZONES);
    }
    if (words.contains("template")) {
      return Optional.of(Kind.TEMPLATES);
    }
    EnumSet<Kind> meant = EnumSet.noneOf(Kind.class);
    VERBS.forEach(
        (kind, verbs) -> {
          if (words.stream().anyMatch(verbs::contains)) {
            meant.add(kind);
          }
        });
    return meant.size() == 1 ? Optional.of(meant.iterator().next()) : Optional.empty();
  }

  /** In lower case and singular. */
  private static Set<String> words(String name) {
    String apart = name.replaceAll("([a-z0-9])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT);
    return Arrays.stream(apart.split("[^a-z0-9]+"))
        .filter(word -> !word.isEmpty())
        .map(word -> word.matches("(instance|template|zone)s") ? chopped(word) : word)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static String chopped(String word) {
    return word.substring(0, word.length() - 1);
  }

  private static Optional<Duration> window(@Nullable String word) {
    return Optional.ofNullable(word).map(w -> WINDOWS.get(w.strip().toLowerCase(Locale.ROOT)));
  }

  private static Rate tighter(Rate one, Rate other) {
    return one.meanPerMinute() <= other.meanPerMinute() ? one : other;
  }
}
