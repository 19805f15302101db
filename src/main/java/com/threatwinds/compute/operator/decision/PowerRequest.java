package com.threatwinds.compute.operator.decision;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.PowerRecord;
import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.compute.Operation;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One restart or reset that somebody asked for, and how it is remembered so that nothing but a new
 * request repeats it.
 *
 * <p>The memory is a list of marks, {@code source/operation/id}. A request by spec without an id
 * has the mark {@code spec/operation} alone, which stands for as long as the value does: when the
 * value changes the mark goes, so that the next change to it is a request again.
 *
 * @param source {@code spec} or {@code annotation}
 * @param operation {@link Power#RESTART} or {@link Power#RESET}
 * @param id names the request; empty for a request by spec without one
 */
public record PowerRequest(Source source, Power operation, Optional<String> id) {

  /** How many marks of one source are remembered. */
  static final int REMEMBERED = 10;

  /** A longer value, an empty one and one that can't be printed is remembered by its hash. */
  private static final int LONGEST_ID = 63;

  /** Where a request can be made. */
  public enum Source {
    SPEC("spec"),
    ANNOTATION("annotation");

    private final String word;

    Source(String word) {
      this.word = word;
    }

    @Override
    public String toString() {
      return word;
    }
  }

  /** How this request is remembered. */
  public String mark() {
    return source + "/" + operation + id.map(value -> "/" + value).orElse("");
  }

  /** The call that it asks for on an instance that runs. */
  public Operation call() {
    return operation == Power.RESTART ? Operation.RESTART : Operation.RESET;
  }

  /** Whether it is the one whose outcome the status tells. */
  boolean isRecordedIn(ComputeInstanceStatus status) {
    PowerRecord power = status.power();
    return power != null
        && operation.toString().equals(power.operation())
        && id.equals(Optional.ofNullable(power.requestId()));
  }

  /** The requests that stand in the resource, handled or not, in the order of their handling. */
  public static List<PowerRequest> standing(Desired desired) {
    List<PowerRequest> requests = new ArrayList<>();
    desired
        .power()
        .filter(Power::isRequest)
        .ifPresent(
            power ->
                requests.add(
                    new PowerRequest(
                        Source.SPEC, power, desired.powerRequestId().map(PowerRequest::shortId))));
    desired.restartRequested().ifPresent(v -> requests.add(byAnnotation(Power.RESTART, v)));
    desired.resetRequested().ifPresent(v -> requests.add(byAnnotation(Power.RESET, v)));
    return requests;
  }

  private static PowerRequest byAnnotation(Power operation, String value) {
    return new PowerRequest(Source.ANNOTATION, operation, Optional.of(shortId(value)));
  }

  private static String shortId(String value) {
    boolean plain =
        !value.isEmpty()
            && value.length() <= LONGEST_ID
            && value.codePoints().allMatch(PowerRequest::isPrintable);
    if (plain) {
      return value;
    }
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8));
      return "sha256:" + HexFormat.of().formatHex(hash, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  private static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /** The requests that stand and were not handled yet. */
  public static List<PowerRequest> pending(Desired desired, ComputeInstanceStatus status) {
    Set<String> handled = Set.copyOf(handled(status));
    return standing(desired).stream().filter(r -> !handled.contains(r.mark())).toList();
  }

  /**
   * What is remembered once {@code done} is handled, given what stands now: marks of a spec value
   * that no longer stands are dropped, marks that stand are kept, of the marks with an id the last
   * {@value #REMEMBERED} of each source.
   */
  public static List<String> remember(
      Desired desired, ComputeInstanceStatus status, List<PowerRequest> done) {
    Set<String> marks = new LinkedHashSet<>(handled(status));
    done.forEach(
        request -> {
          marks.remove(request.mark());
          marks.add(request.mark());
        });
    // The value itself stands, under whatever id: to take the id away is no change to the value.
    Optional<String> standingValue =
        desired.power().filter(Power::isRequest).map(p -> Source.SPEC + "/" + p);
    boolean valueHandled =
        standing(desired).stream()
            .anyMatch(r -> r.source() == Source.SPEC && marks.contains(r.mark()));
    marks.removeIf(mark -> isBareValue(mark) && !Optional.of(mark).equals(standingValue));
    if (valueHandled) {
      standingValue.ifPresent(marks::add);
    }
    Set<String> kept = new LinkedHashSet<>();
    standing(desired).stream().map(PowerRequest::mark).filter(marks::contains).forEach(kept::add);
    standingValue.filter(marks::contains).ifPresent(kept::add);
    for (Source source : Source.values()) {
      List<String> own =
          marks.stream()
              .filter(mark -> mark.startsWith(source + "/") && !isBareValue(mark))
              .toList();
      kept.addAll(own.subList(Math.max(0, own.size() - REMEMBERED), own.size()));
    }
    return marks.stream().filter(kept::contains).toList();
  }

  private static boolean isBareValue(String mark) {
    return mark.startsWith(Source.SPEC + "/") && mark.indexOf('/') == mark.lastIndexOf('/');
  }

  private static List<String> handled(ComputeInstanceStatus status) {
    PowerRecord power = status.power();
    return power == null || power.handledRequestIds() == null
        ? List.of()
        : power.handledRequestIds();
  }
}
