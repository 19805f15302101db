package com.threatwinds.compute.operator.inventory;

import com.threatwinds.compute.operator.compute.ComputeApi;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.Template;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The templates that can be ordered and their zones, read when somebody asks and kept for a while,
 * so that a burst of orders costs two calls.
 *
 * <p>A template or zone that is missing is looked for again sooner, since it may have been added;
 * but not for each resource that asks for it.
 */
public final class Catalog {

  private static final Duration FRESH = Duration.ofMinutes(10);
  private static final Duration FRESH_ENOUGH_TO_REFUSE = Duration.ofSeconds(15);

  private final ComputeApi api;
  private final LongSupplier nanoTime;

  /** Held during a call, so not a monitor: on a JDK of 21 those who wait would pin their thread. */
  private final Lock lock = new ReentrantLock();

  private Optional<Kept<List<Template>>> templates = Optional.empty();
  private final Map<String, Kept<List<String>>> zones = new HashMap<>();

  private record Kept<T>(T value, long readAt) {}

  public Catalog(ComputeApi api, LongSupplier nanoTime) {
    this.api = api;
    this.nanoTime = nanoTime;
  }

  /** The template of that id; empty if there is none. */
  public Optional<Template> template(String id) throws ComputeApiException {
    lock.lock();
    try {
      if (!isYounger(templates, FRESH)) {
        readTemplates();
      }
      Optional<Template> found = find(id);
      if (found.isEmpty() && !isYounger(templates, FRESH_ENOUGH_TO_REFUSE)) {
        readTemplates();
        found = find(id);
      }
      return found;
    } finally {
      lock.unlock();
    }
  }

  /** The ids of all templates, as last read. */
  public List<String> templateIds() {
    lock.lock();
    try {
      return ids();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The zones of that template.
   *
   * @param wanted a zone that should be among them; if it is not, they are read anew before that
   *     counts
   */
  public List<String> zones(String templateId, String wanted) throws ComputeApiException {
    lock.lock();
    try {
      Optional<Kept<List<String>>> kept = Optional.ofNullable(zones.get(templateId));
      boolean missing = kept.isPresent() && !kept.get().value().contains(wanted);
      if (isYounger(kept, missing ? FRESH_ENOUGH_TO_REFUSE : FRESH)) {
        return kept.orElseThrow().value();
      }
      List<String> read = List.copyOf(api.zones(templateId));
      zones.put(templateId, new Kept<>(read, nanoTime.getAsLong()));
      return read;
    } catch (ComputeApiException.NotFound e) {
      if (!isYounger(templates, FRESH_ENOUGH_TO_REFUSE)) {
        templates = Optional.empty(); // The template itself seems to be gone: look again.
      }
      throw e;
    } finally {
      lock.unlock();
    }
  }

  private List<String> ids() {
    return templates.map(Kept::value).orElse(List.of()).stream()
        .map(Template::id)
        .sorted()
        .toList();
  }

  private void readTemplates() throws ComputeApiException {
    templates = Optional.of(new Kept<>(List.copyOf(api.templates()), nanoTime.getAsLong()));
    zones.keySet().retainAll(ids());
  }

  private Optional<Template> find(String id) {
    return templates.map(Kept::value).orElse(List.of()).stream()
        .filter(t -> t.id().equals(id))
        .findFirst();
  }

  private <T> boolean isYounger(Optional<Kept<T>> kept, Duration age) {
    return kept.filter(k -> nanoTime.getAsLong() - k.readAt() < age.toNanos()).isPresent();
  }
}
