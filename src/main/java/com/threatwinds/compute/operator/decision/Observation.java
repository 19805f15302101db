package com.threatwinds.compute.operator.decision;

import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.Fingerprint;
import com.threatwinds.compute.operator.compute.Instance;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What was seen of the one thing that the resource is about. Observing changes nothing. */
public sealed interface Observation {

  /** Nothing yet: the first list of the account has not been read. */
  record NotYet() implements Observation {}

  /** It could not be looked at. */
  record Failed(ComputeApiException error) implements Observation {}

  /** Credentials at hand are provably of another account than the instance or the attempt. */
  record OtherAccount() implements Observation {}

  /**
   * The instance exists.
   *
   * @param rival the other resource that is bound to it by an older claim, as a person may be told
   *     of it
   * @param seenWith the credentials that it was read with live; empty if the list showed it
   */
  record Found(Instance instance, Optional<String> rival, Optional<Fingerprint> seenWith)
      implements Observation {

    /** As the list showed it. */
    public Found(Instance instance, Optional<String> rival) {
      this(instance, rival, Optional.empty());
    }
  }

  /**
   * The API answers 404 for the instance, which alone proves nothing.
   *
   * @param confirmed whether a second read, a poll later, agreed
   * @param proven whether the credentials are provably of the account that owns it
   */
  record Absent(boolean confirmed, boolean proven) implements Observation {}

  /** There is no instance, and one can be ordered. */
  record Orderable(Optional<String> defaultZone) implements Observation {}

  /**
   * There is no instance, and no such template.
   *
   * @param valid the templates that there are
   */
  record NoSuchTemplate(List<String> valid) implements Observation {}

  /**
   * There is no instance, and the template is not to be had in that zone.
   *
   * @param valid the zones that there are
   */
  record NoSuchZone(List<String> valid) implements Observation {}

  /** A create is open, and it is too early to settle it. */
  record Unsettled(Duration remaining) implements Observation {}

  /** A create is open, and whatever it did must show by now. */
  record Due() implements Observation {}

  /** An instance should be taken over, and the settings do not allow it in this namespace. */
  record TakeoverForbidden() implements Observation {}

  /**
   * An instance should be taken over, and another resource has a claim to it.
   *
   * @param holder that resource, as a person may be told of it
   */
  record Claimed(String holder) implements Observation {}

  /** The resource definition itself is being deleted: an uninstall, which destroys nothing. */
  record Uninstalling() implements Observation {}
}
