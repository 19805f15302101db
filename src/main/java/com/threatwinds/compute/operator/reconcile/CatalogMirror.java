package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeTemplate;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.Template;
import com.threatwinds.compute.operator.inventory.Catalog;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the ComputeTemplates as the API's catalogue is, at two calls a refresh: the templates, and
 * the zones of the one whose zones were read longest ago. One more for each template that is new to
 * this process, or changed.
 *
 * <p>No answer removes anything: what is missing is first marked, and goes only if it is still
 * missing an interval later, and no ComputeInstance names it.
 */
final class CatalogMirror implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(CatalogMirror.class);

  /** A list that somebody else has read that shortly before need not be read again. */
  private static final Duration JUST_READ = Duration.ofSeconds(15);

  private static final Duration FIRST_RETRY = Duration.ofSeconds(15);

  private final Catalog catalog;
  private final TemplateStore store;
  private final Supplier<Set<String>> wanted;
  private final BooleanSupplier mayWrite;
  private final Duration interval;
  private final LongSupplier nanoTime;

  /** Since when this process has known that they are missing. */
  private final Map<TemplateName, Long> missing = new HashMap<>();

  private int failures;
  private boolean toldOfAbsence;
  private List<Template> mirrored = List.of();
  private boolean hurried;
  private @Nullable Thread thread;

  /**
   * @param wanted ids of the templates that ComputeInstances name
   * @param mayWrite whether this process leads just now
   * @param interval between two refreshes; zero for none at all
   */
  CatalogMirror(
      Catalog catalog,
      TemplateStore store,
      Supplier<Set<String>> wanted,
      BooleanSupplier mayWrite,
      Duration interval,
      LongSupplier nanoTime) {
    this.catalog = catalog;
    this.store = store;
    this.wanted = wanted;
    this.mayWrite = mayWrite;
    this.interval = interval;
    this.nanoTime = nanoTime;
    catalog.listen(this::read);
  }

  /** Refreshes from now on; what was missing before, under another leader, begins anew. */
  synchronized void start() {
    close();
    if (interval.isPositive()) {
      missing.clear();
      thread = Thread.ofVirtual().name("catalog").start(this::run);
    }
  }

  @Override
  public synchronized void close() {
    if (thread != null) {
      thread.interrupt();
      thread = null;
    }
  }

  private void run() {
    try {
      await(beforeFirst());
      while (true) {
        Duration pause = refresh();
        await(pause);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * What another process has left is as old as if this one had written it: a restart reads nothing.
   */
  Duration beforeFirst() {
    try {
      List<ComputeTemplate> there = store.list();
      boolean whole = there.stream().allMatch(template -> template.getStatus() != null);
      return whole && !there.isEmpty() ? interval : Duration.ZERO;
    } catch (KubernetesClientException e) {
      return Duration.ZERO; // The refresh says why.
    }
  }

  /** Somebody who looked for a template has read them all. */
  private synchronized void read(List<Template> templates) {
    if (!templates.equals(mirrored)) {
      hurried = true;
      notifyAll();
    }
  }

  private synchronized void await(Duration pause) throws InterruptedException {
    long began = nanoTime.getAsLong();
    while (true) {
      Duration due = hurried && failures == 0 ? shorter(pause, JUST_READ) : pause;
      long left = due.minusNanos(nanoTime.getAsLong() - began).toMillis();
      if (left <= 0) {
        return;
      }
      wait(left);
    }
  }

  /**
   * Brings the ComputeTemplates up to date.
   *
   * @return how long until the next time
   */
  Duration refresh() {
    synchronized (this) {
      hurried = false;
    }
    try {
      List<ComputeTemplate> there = store.list();
      // Where only zones are still to be read, the templates are not, once more for each attempt.
      List<Template> offered = catalog.templates(failures > 0 ? interval : justRead());
      synchronized (this) {
        mirrored = offered;
        hurried = false;
      }
      Map<TemplateName, Template> shown = CatalogChange.shown(offered);
      Optional<ComputeApiException> failure = readZones(shown);
      noteMissing(there, shown);
      write(CatalogChange.between(there, shown, catalog::knownZones, mayGo()));
      return failure.map(this::failed).orElseGet(this::succeeded);
    } catch (ComputeApiException e) {
      return failed(e);
    } catch (KubernetesClientException e) {
      return failed(e);
    } catch (RuntimeException e) {
      log.error("catalog=failed", e);
      return backoff();
    }
  }

  private Duration justRead() {
    return shorter(JUST_READ, interval.dividedBy(2));
  }

  /** Of those that are new, and of one that is not: so each comes round. */
  private Optional<ComputeApiException> readZones(Map<TemplateName, Template> shown) {
    try {
      Optional<String> oldest = catalog.oldestZones(justRead());
      for (Template template : shown.values()) {
        if (catalog.knownZones(template.id()).isEmpty()) {
          readZones(template.id(), interval);
        }
      }
      if (oldest.isPresent()) {
        readZones(oldest.get(), Duration.ZERO);
      }
      return Optional.empty();
    } catch (ComputeApiException e) {
      return Optional.of(e);
    }
  }

  private void readZones(String templateId, Duration age) throws ComputeApiException {
    try {
      catalog.zones(templateId, age);
    } catch (ComputeApiException.NotFound e) {
      // It went meanwhile, or has no zones: the next list tells.
      log.debug("catalog=no-zones template={} error=\"{}\"", templateId, e.getMessage());
    }
  }

  private void noteMissing(List<ComputeTemplate> there, Map<TemplateName, Template> shown) {
    Set<TemplateName> gone =
        there.stream()
            .map(CatalogChange::nameOf)
            .filter(name -> !shown.containsKey(name))
            .collect(Collectors.toSet());
    missing.keySet().retainAll(gone);
    gone.forEach(name -> missing.putIfAbsent(name, nanoTime.getAsLong()));
  }

  private Predicate<TemplateName> mayGo() {
    long now = nanoTime.getAsLong();
    Set<TemplateName> due =
        missing.entrySet().stream()
            .filter(entry -> now - entry.getValue() >= interval.toNanos())
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet());
    if (due.isEmpty()) {
      return name -> false; // All resources are looked through only where it matters.
    }
    wanted.get().stream().map(TemplateName::of).forEach(due::remove);
    return due::contains;
  }

  private void write(List<CatalogChange> changes) {
    Map<String, Integer> written = new TreeMap<>();
    try {
      for (CatalogChange change : changes) {
        if (!mayWrite.getAsBoolean()) {
          return;
        }
        if (write(change)) {
          written.merge(verb(change), 1, Integer::sum);
        }
      }
    } finally {
      if (!written.isEmpty()) {
        log.info("catalog=written {}", written);
      }
    }
  }

  private boolean write(CatalogChange change) {
    try {
      switch (change) {
        case CatalogChange.Create(var name, var status) -> store.create(name, status);
        case CatalogChange.Update(var current, var status) -> store.update(current, status);
        case CatalogChange.Delete(var gone) -> store.delete(gone);
      }
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() != 409 && e.getCode() != 404) {
        throw e;
      }
      // Somebody else had a hand in it: it is as it should be after the next refresh.
      log.debug("catalog=conflict error=\"{}\"", e.getMessage());
      return false;
    }
  }

  private static String verb(CatalogChange change) {
    return switch (change) {
      case CatalogChange.Create c -> "added";
      case CatalogChange.Update(var current, var status) ->
          Boolean.TRUE.equals(status.available()) ? "changed" : "unavailable";
      case CatalogChange.Delete d -> "removed";
    };
  }

  private Duration succeeded() {
    failures = 0;
    toldOfAbsence = false;
    return interval;
  }

  private Duration failed(ComputeApiException e) {
    if (failures == 0 && !(e instanceof ComputeApiException.RateLimited)) {
      log.warn("catalog=failed error=\"{}\"", e.getMessage());
    }
    Duration backoff = backoff();
    return e.retryAfter().filter(asked -> asked.compareTo(backoff) > 0).orElse(backoff);
  }

  /** Where it is not installed, or not allowed, the rest of the operator has no use for it. */
  private Duration failed(KubernetesClientException e) {
    if (e.getCode() == 403 || e.getCode() == 404) {
      if (!toldOfAbsence) {
        toldOfAbsence = true;
        log.warn(
            "catalog=off why=\"{}\" error=\"{}\"",
            e.getCode() == 404
                ? "the definition of ComputeTemplate is not installed"
                : "no right to keep ComputeTemplates",
            e.getMessage());
      }
      return interval;
    }
    if (failures == 0) {
      log.warn("catalog=failed error=\"{}\"", e.getMessage());
    }
    return backoff();
  }

  private Duration backoff() {
    Duration pause = shorter(FIRST_RETRY, interval).multipliedBy(1L << Math.min(failures, 10));
    failures++;
    return shorter(pause, interval);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }
}
