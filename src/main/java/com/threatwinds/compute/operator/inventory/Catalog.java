package com.threatwinds.compute.operator.inventory;

import com.threatwinds.compute.operator.compute.ComputeApi;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.Template;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The templates that can be ordered and their zones, read when somebody asks and kept for a while,
 * so that a burst of orders costs two calls.
 *
 * <p>A template or zone that is missing is looked for again sooner, since it may have been added;
 * but not for each resource that asks for it. A call that hangs keeps only those waiting who need
 * its answer.
 */
public final class Catalog {

  private static final Duration FRESH = Duration.ofMinutes(10);
  private static final Duration FRESH_ENOUGH_TO_REFUSE = Duration.ofSeconds(15);

  private final ComputeApi api;
  private final LongSupplier nanoTime;
  private final SharedRead<List<Template>> templates;
  private final Map<String, SharedRead<List<String>>> zones = new ConcurrentHashMap<>();
  private volatile List<Template> previous = List.of();
  private volatile Consumer<List<Template>> listener = read -> {};

  public Catalog(ComputeApi api, LongSupplier nanoTime) {
    this.api = api;
    this.nanoTime = nanoTime;
    this.templates = new SharedRead<>(this::readTemplates, nanoTime);
  }

  /** The template of that id; empty if there is none. */
  public Optional<Template> template(String id) throws ComputeApiException {
    Optional<Template> found = find(id, templates.get(FRESH));
    return found.isPresent() ? found : find(id, templates.get(FRESH_ENOUGH_TO_REFUSE));
  }

  /** Tells of the templates from now on, each time that they were read, whoever asked. */
  public void listen(Consumer<List<Template>> whoever) {
    listener = whoever;
  }

  /** All templates, read no longer ago than that. */
  public List<Template> templates(Duration age) throws ComputeApiException {
    return templates.get(age);
  }

  /** The ids of all templates, as last read. */
  public List<String> templateIds() {
    return ids(templates.last().orElse(List.of()));
  }

  /**
   * The zones of that template.
   *
   * @param wanted a zone that should be among them; if it is not, they are read anew before that
   *     counts
   */
  public List<String> zones(String templateId, String wanted) throws ComputeApiException {
    SharedRead<List<String>> ofTemplate = zonesOf(templateId);
    try {
      List<String> found = ofTemplate.get(FRESH);
      return found.contains(wanted) ? found : ofTemplate.get(FRESH_ENOUGH_TO_REFUSE);
    } catch (ComputeApiException.NotFound e) {
      // The template itself seems to be gone: look again.
      templates.forgetUnlessYoungerThan(FRESH_ENOUGH_TO_REFUSE);
      throw e;
    }
  }

  /** The zones of that template, read no longer ago than that. */
  public List<String> zones(String templateId, Duration age) throws ComputeApiException {
    return zonesOf(templateId).get(age);
  }

  /** The zones of that template as last read; empty if they were not, since it is as it is. */
  public Optional<List<String>> knownZones(String templateId) {
    return Optional.ofNullable(zones.get(templateId)).flatMap(SharedRead::last);
  }

  /** The template whose zones were read longest ago, and longer than that. */
  public Optional<String> oldestZones(Duration age) {
    Map<String, Duration> ages = new HashMap<>();
    zones.forEach((id, read) -> read.age().ifPresent(a -> ages.put(id, a)));
    return ages.entrySet().stream()
        .filter(entry -> entry.getValue().compareTo(age) >= 0)
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey);
  }

  private SharedRead<List<String>> zonesOf(String templateId) {
    return zones.computeIfAbsent(
        templateId, id -> new SharedRead<>(() -> List.copyOf(api.zones(id)), nanoTime));
  }

  /** What is known of a template that is gone, or another than it was, is forgotten. */
  private List<Template> readTemplates() throws ComputeApiException {
    List<Template> read = List.copyOf(api.templates());
    Set<Template> same = new HashSet<>(read);
    previous.stream()
        .filter(template -> !same.contains(template))
        .forEach(template -> zones.remove(template.id()));
    zones.keySet().retainAll(new HashSet<>(ids(read)));
    previous = read;
    listener.accept(read);
    return read;
  }

  private static List<String> ids(List<Template> some) {
    return some.stream().map(Template::id).sorted().toList();
  }

  private static Optional<Template> find(String id, List<Template> some) {
    return some.stream().filter(t -> t.id().equals(id)).findFirst();
  }
}
