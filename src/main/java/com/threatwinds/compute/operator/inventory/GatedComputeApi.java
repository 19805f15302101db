package com.threatwinds.compute.operator.inventory;

import com.threatwinds.compute.operator.compute.ComputeApi;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.Fingerprint;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.Listing;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.compute.Seen;
import com.threatwinds.compute.operator.compute.Template;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The Compute API behind its gates: a call whose gate is closed is answered as the API would answer
 * it, with {@link ComputeApiException.RateLimited}, but never leaves; a 429 closes the gate of its
 * kind for everybody.
 */
public final class GatedComputeApi implements ComputeApi {

  /** How long a kind of call rests after a 429 that names no time. */
  static final Duration DEFAULT_PAUSE = Duration.ofSeconds(15);

  private final ComputeApi api;
  private final Map<Kind, Gate> gates;
  private final Consumer<Operation> throttled;
  private volatile Consumer<Kind> refusal = kind -> {};

  /** The calls that share a limit. */
  public enum Kind {
    CREATE,
    DELETE,
    POWER,
    GET,
    LIST,
    TEMPLATES,
    ZONES;

    static Kind of(Operation operation) {
      return switch (operation) {
        case CREATE -> CREATE;
        case DELETE -> DELETE;
        case START, STOP, RESTART, RESET -> POWER;
        case GET -> GET;
        case LIST -> LIST;
        case TEMPLATES -> TEMPLATES;
        case ZONES -> ZONES;
        case BILLING -> throw new IllegalArgumentException("the Billing API has no gate");
      };
    }
  }

  /**
   * @param throttled told of each call that a limit puts off, ours or the API's
   */
  public GatedComputeApi(ComputeApi api, Map<Kind, Gate> gates, Consumer<Operation> throttled) {
    this.api = api;
    this.gates = Map.copyOf(gates);
    this.throttled = throttled;
  }

  /** Tells of each call that the API refused for its limit, from now on. */
  public void whenRefused(Consumer<Kind> listener) {
    refusal = listener;
  }

  /** The gate of that kind of call. */
  public Gate gate(Kind kind) {
    return Objects.requireNonNull(gates.get(kind));
  }

  /**
   * Whether that call for that instance may go now, as the next; and otherwise when to ask again:
   * it keeps its place until then.
   */
  public Optional<Duration> turn(Operation operation, InstanceId id) {
    Optional<Duration> wait = gate(Kind.of(operation)).turn(id);
    if (wait.isPresent()) {
      throttled.accept(operation);
    }
    return wait;
  }

  /** That call for that instance is not made after all. */
  public void giveUp(Operation operation, InstanceId id) {
    gate(Kind.of(operation)).giveUp(id);
  }

  private interface Call<T> {
    T make() throws ComputeApiException;
  }

  /**
   * @param who has a place of its own where it must wait
   */
  private <T> T through(Operation operation, Object who, Call<T> call) throws ComputeApiException {
    Gate gate = gate(Kind.of(operation));
    Optional<Duration> wait = gate.enter(who);
    if (wait.isPresent()) {
      throttled.accept(operation);
      throw new ComputeApiException.RateLimited(
          new ComputeApiException.Answer(
              operation,
              0,
              "not sent: this kind of call is limited",
              true,
              null,
              wait.get(),
              api.credentials().orElse(null),
              null));
    }
    Optional<Duration> refused = Optional.empty();
    try {
      return call.make();
    } catch (ComputeApiException.RateLimited e) {
      throttled.accept(operation);
      refused = e.retryAfter().or(() -> Optional.of(DEFAULT_PAUSE));
      refusal.accept(Kind.of(operation));
      throw e;
    } finally {
      refused.ifPresentOrElse(gate::refused, gate::leave);
    }
  }

  private void run(Operation operation, InstanceId id, Change change) throws ComputeApiException {
    through(
        operation,
        id,
        () -> {
          change.make(id);
          return id;
        });
  }

  private interface Change {
    void make(InstanceId id) throws ComputeApiException;
  }

  @Override
  public Seen create(String templateId, @Nullable String zone, BooleanSupplier fence)
      throws ComputeApiException {
    return through(Operation.CREATE, Operation.CREATE, () -> api.create(templateId, zone, fence));
  }

  @Override
  public Listing list() throws ComputeApiException {
    return through(Operation.LIST, Operation.LIST, api::list);
  }

  @Override
  public Seen get(InstanceId id) throws ComputeApiException {
    return through(Operation.GET, id, () -> api.get(id));
  }

  @Override
  public void delete(InstanceId id) throws ComputeApiException {
    run(Operation.DELETE, id, api::delete);
  }

  @Override
  public void start(InstanceId id) throws ComputeApiException {
    run(Operation.START, id, api::start);
  }

  @Override
  public void stop(InstanceId id) throws ComputeApiException {
    run(Operation.STOP, id, api::stop);
  }

  @Override
  public void restart(InstanceId id) throws ComputeApiException {
    run(Operation.RESTART, id, api::restart);
  }

  @Override
  public void reset(InstanceId id) throws ComputeApiException {
    run(Operation.RESET, id, api::reset);
  }

  @Override
  public List<Template> templates() throws ComputeApiException {
    return through(Operation.TEMPLATES, Operation.TEMPLATES, api::templates);
  }

  @Override
  public List<String> zones(String templateId) throws ComputeApiException {
    return through(Operation.ZONES, templateId, () -> api.zones(templateId));
  }

  @Override
  public Optional<Instant> now() {
    return api.now();
  }

  @Override
  public Optional<Fingerprint> credentials() {
    return api.credentials();
  }
}
