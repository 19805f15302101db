package com.threatwinds.compute.operator.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;

/**
 * One ComputeInstance in the hands of its user, who applies, edits, looks and waits.
 *
 * <p>Reads plain JSON, not the operator's own types: they would hide what others can't read.
 */
public final class Subject {

  public static final ResourceDefinitionContext TYPE =
      new ResourceDefinitionContext.Builder()
          .withGroup("compute.threatwinds.com")
          .withVersion("v1alpha1")
          .withKind("ComputeInstance")
          .withPlural("computeinstances")
          .withNamespaced(true)
          .build();

  public static final String PREFIX = "compute.threatwinds.com/";
  public static final String FINALIZER = PREFIX + "instance";

  /** Far beyond what anything here takes: a test that fails waits, one that passes does not. */
  public static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final KubernetesClient client;
  private final History history;
  private final String namespace;
  private final String name;
  private final String uid;

  private Subject(
      KubernetesClient client, History history, String namespace, String name, String uid) {
    this.client = client;
    this.history = history;
    this.namespace = namespace;
    this.name = name;
    this.uid = uid;
  }

  /** Creates one from JSON without {@code apiVersion} and {@code kind}. */
  public static Subject create(
      KubernetesClient client, History history, String namespace, String name, ObjectNode json) {
    json.put("apiVersion", "compute.threatwinds.com/v1alpha1").put("kind", "ComputeInstance");
    json.withObject("/metadata").put("namespace", namespace).put("name", name);
    GenericKubernetesResource created =
        client
            .genericKubernetesResources(TYPE)
            .inNamespace(namespace)
            .resource(JSON.convertValue(json, GenericKubernetesResource.class))
            .create();
    return new Subject(client, history, namespace, name, created.getMetadata().getUid());
  }

  /** One that is there already. */
  public static Subject of(
      KubernetesClient client, History history, GenericKubernetesResource resource) {
    return new Subject(
        client,
        history,
        resource.getMetadata().getNamespace(),
        resource.getMetadata().getName(),
        resource.getMetadata().getUid());
  }

  public static JsonNode json(GenericKubernetesResource resource) {
    return JSON.valueToTree(resource);
  }

  public String namespace() {
    return namespace;
  }

  public String name() {
    return name;
  }

  public String uid() {
    return uid;
  }

  private Resource<GenericKubernetesResource> resource() {
    return client.genericKubernetesResources(TYPE).inNamespace(namespace).withName(name);
  }

  // -- what a user does

  /** A merge patch of the spec; null removes a field. */
  public Subject set(String field, @Nullable Object value) {
    ObjectNode patch = JSON.createObjectNode();
    patch.putObject("spec").set(field, JSON.valueToTree(value));
    return patch(patch);
  }

  public Subject power(String power) {
    return set("power", power);
  }

  /** Both at once, as a manifest has them. */
  public Subject power(String power, String requestId) {
    ObjectNode patch = JSON.createObjectNode();
    patch.putObject("spec").put("power", power).put("powerRequestId", requestId);
    return patch(patch);
  }

  /**
   * @param key without our prefix; null as value removes it
   */
  public Subject annotate(String key, @Nullable String value) {
    ObjectNode patch = JSON.createObjectNode();
    patch.putObject("metadata").putObject("annotations").put(PREFIX + key, value);
    return patch(patch);
  }

  public Subject patch(ObjectNode mergePatch) {
    resource().patch(PatchContext.of(PatchType.JSON_MERGE), mergePatch.toString());
    return this;
  }

  /** Replaces the status, as nobody but the operator should. */
  public Subject forgeStatus(JsonNode status) {
    GenericKubernetesResource forged = resource().require();
    forged.setAdditionalProperty("status", JSON.convertValue(status, Object.class));
    client.resource(forged).updateStatus();
    return this;
  }

  public Subject delete() {
    resource().delete();
    return this;
  }

  /** Out of the cluster at once, without the operator's consent. */
  public void tearOut() {
    resource().delete();
    ObjectNode patch = JSON.createObjectNode();
    patch.putObject("metadata").putNull("finalizers");
    try {
      patch(patch);
    } catch (KubernetesClientException e) {
      if (e.getCode() != 404) {
        throw e;
      }
    }
  }

  // -- what a user sees

  /** As it is stored; missing if it is gone, or another one of this name is there. */
  public JsonNode now() {
    GenericKubernetesResource resource = resource().get();
    return resource == null || !resource.getMetadata().getUid().equals(uid)
        ? MissingNode.getInstance()
        : json(resource);
  }

  public JsonNode status() {
    return now().path("status");
  }

  public String instanceId() {
    return status().path("instanceId").asText();
  }

  public String resourceVersion() {
    return now().at("/metadata/resourceVersion").asText();
  }

  public static JsonNode condition(JsonNode resource, String type) {
    for (JsonNode condition : resource.at("/status/conditions")) {
      if (condition.path("type").asText().equals(type)) {
        return condition;
      }
    }
    return MissingNode.getInstance();
  }

  /** The message of the condition Ready. */
  public String message() {
    return condition(now(), "Ready").path("message").asText();
  }

  /** Every version that was stored, in their order. */
  public List<JsonNode> versions() {
    return history.versions(uid);
  }

  /** The reasons of Ready over time, each once until it changes. */
  public List<String> reasons() {
    List<String> reasons = new ArrayList<>();
    for (JsonNode version : versions()) {
      String reason = condition(version, "Ready").path("reason").asText();
      if (!reason.isEmpty() && (reasons.isEmpty() || !reasons.getLast().equals(reason))) {
        reasons.add(reason);
      }
    }
    return reasons;
  }

  /** The events about it. */
  public List<Event> events() {
    return client.events().v1().events().inNamespace(namespace).list().getItems().stream()
        .filter(event -> event.getRegarding() != null)
        .filter(event -> uid.equals(event.getRegarding().getUid()))
        .toList();
  }

  public List<String> eventReasons() {
    return events().stream().map(Event::getReason).toList();
  }

  // -- what a user waits for

  /** {@code Ready=True} for that reason and for the spec as it is. */
  public Subject awaitReady(String reason) {
    return awaitConditions("True", "False", "False", reason);
  }

  /** {@code Reconciling=True} for that reason: the operator goes on by itself. */
  public Subject awaitReconciling(String reason) {
    return awaitConditions("False", "True", "False", reason);
  }

  /** {@code Stalled=True} for that reason: somebody must act. */
  public Subject awaitStalled(String reason) {
    return awaitConditions("False", "False", "True", reason);
  }

  private Subject awaitConditions(String ready, String reconciling, String stalled, String reason) {
    await()
        .alias(name + " " + reason)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(
            () -> {
              JsonNode now = now();
              assertThat(told(now)).isEqualTo(List.of(ready, reconciling, stalled, reason));
              assertThat(condition(now, "Ready").path("observedGeneration").asLong())
                  .as("observedGeneration")
                  .isEqualTo(now.at("/metadata/generation").asLong());
            });
    return this;
  }

  /** Ready, Reconciling, Stalled, and the reason of Ready. */
  public static List<String> told(JsonNode resource) {
    return List.of(
        condition(resource, "Ready").path("status").asText(),
        condition(resource, "Reconciling").path("status").asText(),
        condition(resource, "Stalled").path("status").asText(),
        condition(resource, "Ready").path("reason").asText());
  }

  /** The last request is told of in {@code status.power} with that outcome. */
  public Subject awaitRequest(String operation, @Nullable String id, String outcome) {
    await()
        .alias(name + " " + operation + " " + id + " " + outcome)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(
            () -> {
              JsonNode power = status().path("power");
              assertThat(power.path("operation").asText()).isEqualTo(operation);
              assertThat(power.path("requestId").asText(null)).isEqualTo(id);
              assertThat(power.path("outcome").asText()).isEqualTo(outcome);
            });
    return this;
  }

  public Subject awaitBound() {
    await()
        .alias(name + " bound")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> !instanceId().isEmpty());
    return this;
  }

  public Subject awaitEvent(String reason) {
    await()
        .alias(name + " event " + reason)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(() -> assertThat(eventReasons()).contains(reason));
    return this;
  }

  public void awaitGone() {
    await()
        .alias(name + " gone")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(() -> assertThat(now()).isEqualTo(MissingNode.getInstance()));
  }

  // -- what must hold for every version

  /** The rules for conditions that hold whatever happens. */
  public static void checkConditions(List<JsonNode> versions, SoftAssertions softly) {
    for (JsonNode version : versions) {
      if (version.at("/status/conditions").isEmpty()) {
        continue;
      }
      String what = version.at("/metadata/name").asText() + ": " + version.path("status");
      List<String> types = new ArrayList<>();
      for (JsonNode condition : version.at("/status/conditions")) {
        types.add(condition.path("type").asText());
        softly.assertThat(condition.path("reason").asText()).as(what).isNotEmpty();
        softly.assertThat(condition.path("message").asText()).as(what).isNotEmpty();
        softly.assertThat(condition.has("observedGeneration")).as(what).isTrue();
        softly
            .assertThat(condition.path("observedGeneration").asLong())
            .as(what)
            .isLessThanOrEqualTo(version.at("/metadata/generation").asLong());
        softly.assertThat(condition.path("lastTransitionTime").asText()).as(what).isNotEmpty();
      }
      softly.assertThat(types).as(what).containsExactly("Ready", "Reconciling", "Stalled");
      List<String> told = told(version);
      softly
          .assertThat(told.get(1).equals("True") && told.get(2).equals("True"))
          .as("both Reconciling and Stalled: " + what)
          .isFalse();
      softly
          .assertThat(told.getFirst().equals("True") && told.get(2).equals("True"))
          .as("both Ready and Stalled: " + what)
          .isFalse();
    }
    for (int i = 1; i < versions.size(); i++) {
      JsonNode before = versions.get(i - 1);
      JsonNode after = versions.get(i);
      for (String type : List.of("Ready", "Reconciling", "Stalled")) {
        JsonNode was = condition(before, type);
        JsonNode is = condition(after, type);
        if (was.path("status").equals(is.path("status")) && !was.isMissingNode()) {
          softly
              .assertThat(is.path("lastTransitionTime"))
              .as(type + " moved without its status: " + after.path("status"))
              .isEqualTo(was.path("lastTransitionTime"));
        }
      }
    }
  }

  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
