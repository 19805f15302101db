package com.threatwinds.compute.operator.simulator;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * An account and the credentials that it starts with.
 *
 * @param userId a UUID
 * @param keys API secrets by API key
 */
public record Account(String userId, Set<String> tokens, Map<String, String> keys) {

  /** The account of the reference's examples, which a simulator has unless told otherwise. */
  public static final Account DEFAULT =
      of("550e8400-e29b-41d4-a716-446655440000")
          .withToken("sim-token")
          .withKey("sim-key", "sim-secret");

  public Account {
    tokens = Set.copyOf(tokens);
    keys = Map.copyOf(keys);
  }

  public static Account of(String userId) {
    return new Account(userId, Set.of(), Map.of());
  }

  public Account withToken(String token) {
    Set<String> more = new HashSet<>(tokens);
    more.add(token);
    return new Account(userId, more, keys);
  }

  public Account withKey(String key, String secret) {
    Map<String, String> more = new HashMap<>(keys);
    more.put(key, secret);
    return new Account(userId, tokens, more);
  }

  /** Without the credentials: an account may be logged. */
  @Override
  public String toString() {
    return userId + "{tokens=" + tokens.size() + ", keys=" + keys.size() + "}";
  }
}
