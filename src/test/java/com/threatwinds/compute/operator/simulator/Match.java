package com.threatwinds.compute.operator.simulator;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which calls a fault is for, counted from the moment that the fault is put in. Unless told
 * otherwise, the next one only.
 *
 * @param instanceId null for any; a create names none
 * @param account null for any
 * @param first the first call that it is for, from 1
 * @param count how many from that one on
 */
public record Match(
    Set<Operation> operations,
    @Nullable String instanceId,
    @Nullable String account,
    int first,
    int count) {

  public Match {
    operations = Set.copyOf(operations);
    if (operations.isEmpty() || first < 1 || count < 1) {
      throw new IllegalArgumentException("a match is for at least one call of one operation");
    }
  }

  public static Match on(Operation operation, Operation... more) {
    return on(EnumSet.of(operation, more));
  }

  public static Match on(Set<Operation> operations) {
    return new Match(operations, null, null, 1, 1);
  }

  /** Whatever is asked. */
  public static Match any() {
    return on(EnumSet.allOf(Operation.class));
  }

  public Match instance(String id) {
    return new Match(operations, id, account, first, count);
  }

  public Match account(String userId) {
    return new Match(operations, instanceId, userId, first, count);
  }

  /** The n-th such call, and the next ones if {@link #times} says so. */
  public Match nth(int n) {
    return new Match(operations, instanceId, account, n, count);
  }

  public Match times(int calls) {
    return new Match(operations, instanceId, account, first, calls);
  }

  public Match always() {
    return times(Integer.MAX_VALUE);
  }

  boolean covers(Operation operation, @Nullable String id, @Nullable String userId) {
    return operations.contains(operation)
        && (instanceId == null || instanceId.equals(id))
        && (account == null || account.equals(userId));
  }

  /**
   * @param n the how many-th covered call it is, from 1
   */
  boolean strikes(long n) {
    return n >= first && n - first < count;
  }
}
