package com.threatwinds.compute.operator.kubeproxy;

import java.util.List;
import java.util.function.Predicate;

/**
 * Which calls a fault is for, counted from the moment that the fault is put in. Unless told
 * otherwise, the next one only.
 *
 * @param what the calls in words
 * @param calls asked when a call arrives, of which only the request is known then
 * @param first the first call that it is for, from 1
 * @param count how many from that one on
 */
public record KubeMatch(String what, Predicate<KubeCall> calls, int first, int count) {

  public KubeMatch {
    if (first < 1 || count < 1) {
      throw new IllegalArgumentException("a match is for at least one call");
    }
  }

  private static KubeMatch of(String what, Predicate<KubeCall> calls) {
    return new KubeMatch(what, calls, 1, 1);
  }

  /** Whatever is asked, watches included. */
  public static KubeMatch any() {
    return of("any", call -> true);
  }

  /** Calls with one of these methods; a GET may be a list or a watch. */
  public static KubeMatch on(String... methods) {
    List<String> wanted = List.of(methods);
    return of(String.join("|", wanted), call -> wanted.contains(call.method()));
  }

  /** Whatever may change something. */
  public static KubeMatch writes() {
    return of("write", KubeCall::isWrite);
  }

  /** A read of one object. */
  public static KubeMatch gets() {
    return of("get", KubeCall::isGet);
  }

  public static KubeMatch lists() {
    return of("list", KubeCall::isList);
  }

  /** The beginning of a watch; for its events see {@link Watches}. */
  public static KubeMatch watches() {
    return of("watch", KubeCall::isWatch);
  }

  /** Everything about leases, as leader election asks. */
  public static KubeMatch leases() {
    return any().plural("leases");
  }

  public KubeMatch plural(String plural) {
    return where(plural, call -> plural.equals(call.plural()));
  }

  /**
   * @param subresource empty for the object itself
   */
  public KubeMatch subresource(String subresource) {
    return where("/" + subresource, call -> subresource.equals(call.subresource()));
  }

  public KubeMatch namespace(String namespace) {
    return where("in " + namespace, call -> namespace.equals(call.namespace()));
  }

  /** Calls of that object, its creation included. */
  public KubeMatch name(String name) {
    return where("named " + name, call -> name.equals(call.name()));
  }

  /**
   * Calls of which this holds, too.
   *
   * @param words for people
   */
  public KubeMatch where(String words, Predicate<KubeCall> also) {
    return new KubeMatch(what + " " + words, calls.and(also), first, count);
  }

  /** The n-th such call, and the next ones if {@link #times} says so. */
  public KubeMatch nth(int n) {
    return new KubeMatch(what, calls, n, count);
  }

  public KubeMatch times(int number) {
    return new KubeMatch(what, calls, first, number);
  }

  public KubeMatch always() {
    return times(Integer.MAX_VALUE);
  }

  /**
   * @param n the how many-th covered call it is, from 1
   */
  boolean strikes(long n) {
    return n >= first && n - first < count;
  }

  @Override
  public String toString() {
    return what + " #" + first + (count == 1 ? "" : " and on");
  }
}
