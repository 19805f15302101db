package com.threatwinds.compute.operator.compute;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * What a call proves its account with: one of the two methods of the API's reference, never both.
 *
 * <p>Every value is one to 8,192 visible ASCII characters, so that it can stand in a header line;
 * constructors throw {@link IllegalArgumentException} otherwise. No text made here, exceptions
 * included, ever contains one.
 */
public sealed interface Credentials {

  /** {@code Authorization: Bearer}. */
  record Token(String token) implements Credentials {

    public Token {
      requireHeaderSafe("token", token);
    }

    @Override
    public Fingerprint fingerprint() {
      return Credentials.fingerprint("token", token);
    }

    @Override
    public String redact(String text) {
      return text.replace(token, MASK);
    }

    @Override
    public String toString() {
      return "Token[" + MASK + "]";
    }
  }

  /** {@code api-key} and {@code api-secret}. */
  record KeyPair(String key, String secret) implements Credentials {

    public KeyPair {
      requireHeaderSafe("api-key", key);
      requireHeaderSafe("api-secret", secret);
    }

    @Override
    public Fingerprint fingerprint() {
      return Credentials.fingerprint("key-pair", key, secret);
    }

    @Override
    public String redact(String text) {
      return text.replace(secret, MASK).replace(key, MASK);
    }

    @Override
    public String toString() {
      return "KeyPair[" + MASK + "]";
    }
  }

  /** What stands in the place of a secret. */
  String MASK = "***";

  /**
   * The first 16 hexadecimal digits of SHA-256 over the method and its values, each ended by a zero
   * byte, under a prefix of our own: no other program's hash of the same secret equals it.
   */
  Fingerprint fingerprint();

  /** The text without these secrets: a server may echo them in its error message. */
  String redact(String text);

  private static Fingerprint fingerprint(String... parts) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    digest.update("compute.threatwinds.com/credentials/v1\0".getBytes(StandardCharsets.US_ASCII));
    for (String part : parts) {
      digest.update(part.getBytes(StandardCharsets.US_ASCII));
      digest.update((byte) 0);
    }
    return new Fingerprint(HexFormat.of().formatHex(digest.digest(), 0, 8));
  }

  private static void requireHeaderSafe(String name, String value) {
    if (!HeaderSafe.VALUE.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "the " + name + " must be 1 to 8192 visible ASCII characters, without spaces");
    }
  }

  /** Keeps the pattern out of what the interface shows. */
  final class HeaderSafe {
    private static final Pattern VALUE = Pattern.compile("[\\x21-\\x7E]{1,8192}");

    private HeaderSafe() {}
  }
}
