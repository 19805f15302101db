package com.threatwinds.compute.operator.simulator;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the {@link Journal}: a call of the API, or a change made behind its back.
 *
 * @param number the order of arrival
 * @param commit the order of commits, on the same count as {@code number}; 0 if nothing changed
 * @param committedAt null if nothing changed
 * @param completedAt null while it is under way
 * @param path with the query
 * @param instanceId null if the path names none; see {@link #subject}
 * @param account the user id whose credentials it carried, or {@code none}
 * @param authentication {@code bearer}, {@code key}, {@code both} or {@code none}
 * @param status what was answered; null if nothing (yet)
 * @param faults what was done to it, in order
 * @param outOfBand made by hand, not by a client of the API
 */
public record Call(
    long number,
    long commit,
    Instant receivedAt,
    @Nullable Instant committedAt,
    @Nullable Instant completedAt,
    Operation operation,
    String method,
    String path,
    @Nullable String instanceId,
    String account,
    String authentication,
    @Nullable Integer status,
    @Nullable Change change,
    List<String> faults,
    boolean outOfBand) {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

  public Call {
    faults = List.copyOf(faults);
  }

  /** Whether it changed something, whatever the client was told. */
  public boolean committed() {
    return change != null;
  }

  /** Whether it was answered, or given up, already. */
  public boolean completed() {
    return completedAt != null;
  }

  /** Whether a success was answered (it need not have arrived). */
  public boolean succeeded() {
    return status != null && status / 100 == 2;
  }

  /** The instance that it named or made; null if there is none. */
  public @Nullable String subject() {
    return change != null ? change.instanceId() : instanceId;
  }

  /** One line of the journal, for people. */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(
            Locale.ROOT,
            "#%-5d %s %-9s %-4s %-6s %s",
            number,
            TIME.format(receivedAt),
            operation,
            status == null ? (completed() ? "none" : "...") : status,
            outOfBand ? "(hand)" : method,
            path));
    line.append(" account=").append(account);
    if (change != null) {
      line.append(" commit=#").append(commit).append(' ').append(change);
    }
    if (!faults.isEmpty()) {
      line.append(" faults=").append(faults);
    }
    return line.toString();
  }
}
