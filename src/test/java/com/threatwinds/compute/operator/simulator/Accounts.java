package com.threatwinds.compute.operator.simulator;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Who holds which credentials; they can be added, moved and revoked at any time. */
public final class Accounts {

  private final ReentrantLock lock = new ReentrantLock();
  private final Set<String> userIds = new LinkedHashSet<>();
  private final Map<String, String> userByToken = new HashMap<>();
  private final Map<String, Key> keys = new HashMap<>();

  Accounts() {}

  /** A new account, or more credentials for one that is there. */
  public Accounts add(Account account) {
    account.tokens().forEach(token -> addToken(account.userId(), token));
    account.keys().forEach((key, secret) -> addKey(account.userId(), key, secret));
    return locked(() -> userIds.add(account.userId()));
  }

  /** The token means this account from now on, whatever it meant before. */
  public Accounts addToken(String userId, String token) {
    return locked(
        () -> {
          userIds.add(userId);
          userByToken.put(token, userId);
        });
  }

  /** The key means this account, with this secret, from now on. */
  public Accounts addKey(String userId, String key, String secret) {
    return locked(
        () -> {
          userIds.add(userId);
          keys.put(key, new Key(userId, secret));
        });
  }

  public Accounts revokeToken(String token) {
    return locked(() -> userByToken.remove(token));
  }

  public Accounts revokeKey(String key) {
    return locked(() -> keys.remove(key));
  }

  /** No credentials are left; the account and its instances stay. */
  public Accounts revokeAll(String userId) {
    return locked(
        () -> {
          userByToken.values().removeIf(userId::equals);
          keys.values().removeIf(key -> key.userId().equals(userId));
        });
  }

  /** The next token of whoever holds the old one, which is revoked. */
  public Accounts rotateToken(String old, String next) {
    return locked(
        () -> {
          String userId = userByToken.remove(old);
          if (userId == null) {
            throw new IllegalArgumentException("no such token");
          }
          userByToken.put(next, userId);
        });
  }

  public List<String> userIds() {
    lock.lock();
    try {
      return List.copyOf(userIds);
    } finally {
      lock.unlock();
    }
  }

  /** Who calls, without any judgement: see {@link Caller#require}. */
  Caller identify(Request request) {
    String authorization = text(request.header("authorization"));
    String key = text(request.header("api-key"));
    String secret = text(request.header("api-secret"));
    if (authorization != null && (key != null || secret != null)) {
      return new Caller(null, Method.BOTH);
    }
    lock.lock();
    try {
      if (authorization != null) {
        String token =
            authorization.regionMatches(true, 0, "Bearer ", 0, 7)
                ? authorization.substring(7).strip()
                : "";
        return new Caller(userByToken.get(token), Method.BEARER);
      }
      if (key != null || secret != null) {
        Key known = key == null ? null : keys.get(key);
        boolean right = known != null && known.secret().equals(secret);
        return new Caller(right ? known.userId() : null, Method.KEY);
      }
      return new Caller(null, Method.NONE);
    } finally {
      lock.unlock();
    }
  }

  private static @Nullable String text(@Nullable String header) {
    return header == null || header.isBlank() ? null : header.strip();
  }

  private Accounts locked(Runnable change) {
    lock.lock();
    try {
      change.run();
      return this;
    } finally {
      lock.unlock();
    }
  }

  private record Key(String userId, String secret) {}

  /** How a call authenticates itself. */
  enum Method {
    NONE,
    BEARER,
    KEY,
    BOTH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * @param userId null if the credentials are of nobody
   */
  record Caller(@Nullable String userId, Method method) {

    /** The account, or the API's refusal. */
    String require(Settings settings) throws Refusal {
      if (userId != null) {
        return userId;
      }
      throw switch (method) {
        case BOTH -> new Refusal(400, "use either Authorization or api-key and api-secret");
        case NONE ->
            new Refusal(
                settings.has(Quirk.MISSING_CREDENTIALS_403) ? 403 : 401, "missing authentication");
        case BEARER -> new Refusal(401, "invalid or expired token");
        case KEY -> new Refusal(401, "invalid api key or secret");
      };
    }
  }
}
