package com.threatwinds.compute.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes back is what was put in, or what nobody reads of it is left out. */
class PackingTest {

  private static final String READY =
      """
      apiVersion: compute.threatwinds.com/v1alpha1
      kind: ComputeInstance
      metadata:
        name: web
        namespace: prod
        uid: 3f1a6f6e-5d0c-4f0e-9e55-6a2f9f2b7c11
        resourceVersion: "81234"
        generation: 2
        creationTimestamp: "2026-11-25T10:00:00Z"
        finalizers: [compute.threatwinds.com/instance]
        labels: {team: red}
        annotations:
          compute.threatwinds.com/instance-id: tw-550e84-37983d4e
          kubectl.kubernetes.io/last-applied-configuration: '{"a":"very long text"}'
        managedFields:
          - {manager: kubectl, operation: Update, time: "2026-11-25T10:00:00Z"}
      spec: {templateId: ubuntu-22-standard, power: Running}
      status:
        observedGeneration: 2
        instanceId: tw-550e84-37983d4e
        name: tw-550e84-37983d4e
        state: RUNNING
        zone: us-central1-a
        machineType: n1-standard-2
        externalIp: 34.120.0.3
        internalIp: 10.128.0.2
        createdAt: "2026-11-25T10:00:01Z"
        userId: 550e8400-e29b-41d4-a716-446655440000
        credentials: 0123456789abcdef
        accepted: {templateId: ubuntu-22-standard}
        conditions:
          - {type: Ready, status: "True", reason: Running, message: the instance runs,
             observedGeneration: 2, lastTransitionTime: "2026-11-25T10:00:30Z"}
          - {type: Reconciling, status: "False", reason: Running, message: the instance runs,
             observedGeneration: 2, lastTransitionTime: "2026-11-25T10:00:30Z"}
      """;

  private final Packing packing = new Packing();

  @Test
  void whatComesBackIsWhatWasPutIn() {
    ComputeInstance resource = parse(READY);

    ComputeInstance back = packing.read(packing.keep(resource));

    assertThat(back.getSpec()).isEqualTo(resource.getSpec());
    assertThat(back.getStatus()).isEqualTo(resource.getStatus());
    assertThat(back.getMetadata().getFinalizers()).containsExactly(ComputeInstance.FINALIZER);
    assertThat(back.getMetadata().getLabels()).containsEntry("team", "red");
    assertThat(back.getMetadata().getAnnotations())
        .containsEntry(Annotations.INSTANCE_ID, "tw-550e84-37983d4e");
    assertThat(back.getMetadata().getResourceVersion()).isEqualTo("81234");
  }

  @Test
  void anOrdinaryOneIsPacked() {
    assertThat(packing.keep(parse(READY)))
        .isInstanceOfSatisfying(
            Packing.Packed.class, kept -> assertThat(kept.bytes()).hasSizeLessThan(700));
  }

  @Test
  void whatNobodyReadsIsLeftOut() {
    ComputeInstance back = packing.read(packing.keep(parse(READY)));

    assertThat(back.getMetadata().getManagedFields()).isEmpty();
    assertThat(back.getMetadata().getAnnotations())
        .as("a patch must know that there are annotations")
        .containsEntry("kubectl.kubernetes.io/last-applied-configuration", "");
  }

  @Test
  void theOriginalIsLeftAsItIs() {
    ComputeInstance resource = parse(READY);

    packing.keep(resource);

    assertThat(resource).isEqualTo(parse(READY));
  }

  @Test
  void eachReadIsAnObjectOfItsOwn() {
    Packing.Kept kept = packing.keep(parse(READY));

    packing.read(kept).getMetadata().setName("scribbled");

    assertThat(packing.read(kept).getMetadata().getName()).isEqualTo("web");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spec: {templateId: ubuntu-22-standard, power: Sideways}",
        "spec: 7",
        "spec: {}",
        "status: {instanceId: {a: 1}}",
        "status: {conditions: 7, instanceId: tw-1}",
        "status: text",
        "status: {}",
      })
  void whatIsOddComesBackAsOdd(String odd) {
    ComputeInstance resource =
        parse(
            """
            apiVersion: compute.threatwinds.com/v1alpha1
            kind: ComputeInstance
            metadata: {name: odd, namespace: prod, uid: u, resourceVersion: "7"}
            """
                + odd);

    ComputeInstance back = packing.read(packing.keep(resource));

    assertThat(back).isEqualTo(resource);
    assertThat(Pass.statusOf(back)).isEqualTo(Pass.statusOf(resource));
  }

  @Test
  void whatMetadataHasThatWeDoNotKnowComesBackToo() {
    ComputeInstance resource = parse(READY.replace("labels:", "new: {deep: [1]}\n  labels:"));

    ComputeInstance back = packing.read(packing.keep(resource));

    assertThat(back.getMetadata().getAdditionalProperties()).containsOnlyKeys("new");
  }

  @Test
  void manyReadAtTheSameTime() {
    List<Packing.Kept> kept =
        IntStream.range(0, 100)
            .mapToObj(i -> packing.keep(parse(READY.replace("name: web", "name: web-" + i))))
            .toList();

    List<CompletableFuture<String>> names =
        IntStream.range(0, 1_000)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> packing.read(kept.get(i % 100)).getMetadata().getName()))
            .toList();

    for (int i = 0; i < names.size(); i++) {
      assertThat(names.get(i).join()).isEqualTo("web-" + i % 100);
    }
  }

  private static ComputeInstance parse(String yaml) {
    return Serialization.unmarshal(yaml, ComputeInstance.class);
  }
}
