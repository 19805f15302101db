package com.threatwinds.compute.operator.compute;

import java.util.Optional;

/**
 * Where the credentials of the next call come from; asked before each one, so that rotated
 * credentials need no restart. Never throws. Safe for use by many threads.
 */
@FunctionalInterface
public interface CredentialsSource {

  /** The credentials to use now; empty if there are none that can be used. */
  Optional<Credentials> current();

  /** Why {@link #current()} is empty now, as a sentence without any secret; else empty. */
  default Optional<String> problem() {
    return Optional.empty();
  }

  /** Always the same. */
  static CredentialsSource fixed(Credentials credentials) {
    Optional<Credentials> current = Optional.of(credentials);
    return () -> current;
  }
}
