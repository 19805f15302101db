package com.threatwinds.compute.operator.compute;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The port to the ThreatWinds Compute API, one method for each call of its reference.
 *
 * <p>Every method that changes something sends its request at most once, and every method blocks
 * until the answer, the time-out of one call ({@code COMPUTE_API_TIMEOUT}) at the most. There are
 * no retries inside: the next pass is the retry. Any 2xx is a success, whatever the reference's
 * table says of the code (both SDKs accept it). Every failure is a {@link ComputeApiException};
 * nothing else is thrown for anything that a server can answer. Credentials are read anew for each
 * call. Safe for use by many threads.
 */
public interface ComputeApi {

  /**
   * {@code POST /instances}. Can't be repeated safely: it carries no client token.
   *
   * @param zone null for the API's default
   * @param fence asked on the open connection, just before the body goes; false stops the request
   *     there, as {@link ComputeApiException.NotSent}
   * @return the new instance, from any 2xx with a usable id; a 2xx without one is {@link
   *     ComputeApiException.Unavailable}, since something was made
   */
  Seen create(String templateId, @Nullable String zone, BooleanSupplier fence)
      throws ComputeApiException;

  /**
   * {@code GET /instances}. An empty array, {@code null} and 404 are all "none"; the listing says
   * whether that may be believed.
   */
  Listing list() throws ComputeApiException;

  /** {@code GET /instances/{id}}, the only live read that the reference promises. */
  Seen get(InstanceId id) throws ComputeApiException;

  /** {@code DELETE /instances/{id}}. */
  void delete(InstanceId id) throws ComputeApiException;

  /** {@code POST /instances/{id}/start}. */
  void start(InstanceId id) throws ComputeApiException;

  /** {@code POST /instances/{id}/stop}: a graceful shutdown. */
  void stop(InstanceId id) throws ComputeApiException;

  /** {@code POST /instances/{id}/restart}: a hard reset. Can't be repeated safely. */
  void restart(InstanceId id) throws ComputeApiException;

  /** {@code POST /instances/{id}/reset}: a hard reset. Can't be repeated safely. */
  void reset(InstanceId id) throws ComputeApiException;

  /**
   * {@code GET /templates}; entries without an id are left out. A 404 is "none" if it carries the
   * API's own message, else {@link ComputeApiException.NotFound}.
   */
  List<Template> templates() throws ComputeApiException;

  /**
   * {@code GET /templates/{id}/zones}: names of zones. A 404 means that there is no such template.
   */
  List<String> zones(String templateId) throws ComputeApiException;

  /**
   * The time by the API's clock: the {@code Date} of its last answer that could be used, and the
   * time since. Empty until there was one.
   */
  Optional<Instant> now();

  /** The credentials that a call would be made with now; empty if there are none. */
  Optional<Fingerprint> credentials();
}
