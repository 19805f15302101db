package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes events ({@code events.k8s.io/v1}), one object each, outside of the pass: an event that
 * can't be written costs nothing but itself.
 */
final class EventWriter implements Events {

  private static final Logger log = LoggerFactory.getLogger(EventWriter.class);
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
  private static final String CONTROLLER = ComputeInstance.GROUP + "/compute-operator";

  /** The API server's limit for a note. */
  private static final int LONGEST_NOTE = 1024;

  private final KubernetesClient client;
  private final ExecutorService executor;
  private final String reporter;

  /**
   * @param reporter names this process among its replicas
   */
  EventWriter(KubernetesClient client, ExecutorService executor, String reporter) {
    this.client = client;
    this.executor = executor;
    this.reporter = reporter;
  }

  @Override
  public void write(ComputeInstance about, List<EventReport.Note> notes) {
    if (notes.isEmpty()) {
      return;
    }
    try {
      executor.execute(() -> notes.forEach(note -> write(about, note)));
    } catch (RejectedExecutionException e) {
      log.debug("event=dropped why=shutdown");
    }
  }

  private void write(ComputeInstance about, EventReport.Note note) {
    var meta = about.getMetadata();
    var event =
        new EventBuilder()
            .withNewMetadata()
            .withName(prefix(meta.getName()) + "." + UUID.randomUUID())
            .withNamespace(meta.getNamespace())
            .endMetadata()
            .withEventTime(new MicroTime(MICROS.format(Instant.now())))
            .withType(note.warning() ? "Warning" : "Normal")
            .withReason(note.reason())
            .withAction(note.action())
            .withNote(
                note.text().length() > LONGEST_NOTE
                    ? note.text().substring(0, LONGEST_NOTE)
                    : note.text())
            .withReportingController(CONTROLLER)
            .withReportingInstance(reporter)
            .withRegarding(
                new ObjectReferenceBuilder()
                    .withApiVersion(about.getApiVersion())
                    .withKind(about.getKind())
                    .withNamespace(meta.getNamespace())
                    .withName(meta.getName())
                    .withUid(meta.getUid())
                    .withResourceVersion(meta.getResourceVersion())
                    .build())
            .build();
    try {
      client.resource(event).create();
    } catch (KubernetesClientException e) {
      log.debug("event=failed reason={} error={}", note.reason(), e.getMessage());
    }
  }

  /** The name of an event may have 253 characters, and a UUID needs 37 of them. */
  private static String prefix(String name) {
    return name.length() > 200 ? name.substring(0, 200) : name;
  }
}
