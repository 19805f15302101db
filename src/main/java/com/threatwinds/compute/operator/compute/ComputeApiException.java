package com.threatwinds.compute.operator.compute;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call of the API that did not answer what was asked, classified once, here, by its status code
 * and by how far it came - never by its text. Checked, because each of them is expected.
 *
 * <p>The one question that decides everything later is {@link #mayHaveHappened()}: whether the call
 * may have changed something although it failed.
 */
public abstract sealed class ComputeApiException extends Exception {

  private static final long serialVersionUID = 1L;

  private final Operation operation;
  private final int httpStatus;
  private final transient @Nullable String errorId;
  private final transient @Nullable Duration retryAfter;
  private final transient @Nullable Fingerprint credentials;
  private final boolean explained;

  private ComputeApiException(Answer answer) {
    super(answer.message, answer.cause, false, false);
    this.operation = answer.operation;
    this.httpStatus = answer.httpStatus;
    this.errorId = answer.errorId;
    this.retryAfter = answer.retryAfter;
    this.credentials = answer.credentials;
    this.explained = answer.explained;
  }

  /** Which call it was. */
  public Operation operation() {
    return operation;
  }

  /** The status code, or 0 if there was no answer. */
  public int httpStatus() {
    return httpStatus;
  }

  /** {@code x-error-id}, cut and printable: the vendor's support asks for it. */
  public Optional<String> errorId() {
    return Optional.ofNullable(errorId);
  }

  /** How long the API asked to be left alone, within sane bounds. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /** The credentials that the call was made with; empty if there were none. */
  public Optional<Fingerprint> credentials() {
    return Optional.ofNullable(credentials);
  }

  /**
   * Whether the answer carried the API's own error message (header {@code x-error} or its body
   * form). An answer without one may come from any gateway on the way, and proves nothing.
   */
  public boolean isExplained() {
    return explained;
  }

  /** {@code x-error} or a sentence of ours: at most 256 printable characters, never a secret. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  /** Whether the call may have changed something at the API although it failed. */
  public abstract boolean mayHaveHappened();

  /** The bytes never left: refused connection, unknown host, failed handshake, closed fence. */
  public static final class NotSent extends ComputeApiException {
    private static final long serialVersionUID = 1L;

    public NotSent(Answer answer) {
      super(answer);
    }

    @Override
    public boolean mayHaveHappened() {
      return false;
    }
  }

  /** An answer that says no: {@code 400}, {@code 401}, {@code 403}, {@code 404}, {@code 429}. */
  public abstract static sealed class Refused extends ComputeApiException {
    private static final long serialVersionUID = 1L;

    private Refused(Answer answer) {
      super(answer);
    }

    /** Only the API's own refusal proves that nothing happened; a gateway's does not. */
    @Override
    public boolean mayHaveHappened() {
      return !isExplained();
    }
  }

  /** {@code 400}: what was asked is refused, and will be again. */
  public static final class Rejected extends Refused {
    private static final long serialVersionUID = 1L;

    public Rejected(Answer answer) {
      super(answer);
    }
  }

  /** {@code 401}, {@code 403} on anything but a create, or no credentials at hand at all. */
  public static final class Unauthenticated extends Refused {
    private static final long serialVersionUID = 1L;

    public Unauthenticated(Answer answer) {
      super(answer);
    }
  }

  /** {@code 403} on a create: the quota of instances is used up. */
  public static final class QuotaExceeded extends Refused {
    private static final long serialVersionUID = 1L;

    public QuotaExceeded(Answer answer) {
      super(answer);
    }
  }

  /** {@code 404}: "not found or access denied", so alone it proves that nothing is gone. */
  public static final class NotFound extends Refused {
    private static final long serialVersionUID = 1L;

    public NotFound(Answer answer) {
      super(answer);
    }
  }

  /** {@code 429}: too many of these calls; {@link #retryAfter()} says until when. */
  public static final class RateLimited extends Refused {
    private static final long serialVersionUID = 1L;

    public RateLimited(Answer answer) {
      super(answer);
    }
  }

  /**
   * No answer, or none that means anything: time-out, reset connection, 5xx, other 3xx and 4xx, a
   * body that can't be read. The call may have happened.
   */
  public static final class Unavailable extends ComputeApiException {
    private static final long serialVersionUID = 1L;

    public Unavailable(Answer answer) {
      super(answer);
    }

    @Override
    public boolean mayHaveHappened() {
      return true;
    }
  }

  /**
   * What was answered, before it is classified.
   *
   * @param httpStatus 0 if there was no answer
   * @param message at most 256 printable characters, never a secret
   * @param explained whether the message is the API's own
   */
  public record Answer(
      Operation operation,
      int httpStatus,
      String message,
      boolean explained,
      @Nullable String errorId,
      @Nullable Duration retryAfter,
      @Nullable Fingerprint credentials,
      @Nullable Throwable cause) {}
}
