package com.threatwinds.compute.operator.reconcile;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceSpec;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a resource in a few hundred bytes instead of some thousand: as JSON, deflated with a
 * dictionary of what all resources have in common. Reading one back takes some ten microseconds,
 * and thousands that wait for nothing are read hardly ever.
 *
 * <p>What does not come back equal is not packed. Left out is only what nobody reads: who manages
 * which field, and what kubectl applied last.
 */
final class Packing {

  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  /** Its buffers are lent, not kept by each of a few hundred virtual threads. */
  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder().recyclerPool(JsonRecyclerPools.newBoundedPool(8)).build())
          .addMixIn(ComputeInstanceSpec.class, Ordinary.class)
          .addMixIn(ComputeInstanceStatus.class, Ordinary.class)
          .build();

  /** As the mapper writes it. Frequent text stands last, where the distance to it is shortest. */
  private static final String COMMON =
      """
      {"apiVersion":"compute.threatwinds.com/v1alpha1","kind":"ComputeInstance","metadata":{\
      "annotations":{"argocd.argoproj.io/tracking-id":"\
      ","kubectl.kubernetes.io/last-applied-configuration":"",\
      "compute.threatwinds.com/restart-requested":"2026","compute.threatwinds.com/instance-id":"tw-"},\
      "creationTimestamp":"2026-01-01T00:00:00Z","deletionGracePeriodSeconds":0,\
      "deletionTimestamp":"2026-","finalizers":["compute.threatwinds.com/instance"],"generation":1,\
      "labels":{"app.kubernetes.io/name":"","app.kubernetes.io/instance":"",\
      "app.kubernetes.io/managed-by":""},"name":"","namespace":"default","ownerReferences":[],\
      "resourceVersion":"1","uid":""},\
      "spec":{"templateId":"debian-12-standard","zone":"us-central1-a","power":"Restart",\
      "powerRequestId":"","instanceId":"","deletionPolicy":"Retain"},\
      "status":{"observedGeneration":1,"instanceId":"tw-","takenOver":true,"name":"tw-",\
      "state":"TERMINATED","zone":"us-central1-a","machineType":"n1-standard-2",\
      "externalIp":"34.","internalIp":"10.128.0.","createdAt":"2026-01-01T00:00:00Z",\
      "userId":"","credentials":"","conditions":[{"lastTransitionTime":"2026-01-01T00:00:00Z",\
      "message":"the instance is stopped, as asked","observedGeneration":1,"reason":"Stopped",\
      "status":"True","type":"Ready"},{"lastTransitionTime":"2026-01-01T00:00:00Z",\
      "message":"the instance runs, as asked","observedGeneration":1,"reason":"Running",\
      "status":"False","type":"Reconciling"},{"lastTransitionTime":"2026-01-01T00:00:00Z",\
      "message":"the instance runs, as asked","observedGeneration":1,"reason":"Running",\
      "status":"False","type":"Stalled"}],"accepted":{"templateId":"ubuntu-22-standard",\
      "zone":"us-central1-a"},"power":{"operation":"Restart","requestId":"",\
      "outcome":"Accepted","time":"2026-01-01T00:00:00Z","handledRequestIds":[]}}}""";

  /** Without the readers that take anything: what they made of it is what is packed. */
  @JsonDeserialize(using = JsonDeserializer.None.class)
  private interface Ordinary {}

  /** A resource as it is kept: in one of two forms. */
  sealed interface Kept {}

  record Packed(byte[] bytes) implements Kept {}

  private record Whole(ComputeInstance resource) implements Kept {}

  private final byte[] dictionary = COMMON.getBytes(StandardCharsets.UTF_8);
  private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);

  /** One for each thread that reads at the same time: each holds memory that the JVM can't see. */
  private final Queue<Inflater> inflaters = new ConcurrentLinkedQueue<>();

  Kept keep(ComputeInstance resource) {
    ComputeInstance essential = Resources.withMetadata(resource, essential(resource.getMetadata()));
    return packed(essential).<Kept>map(Packed::new).orElseGet(() -> new Whole(essential));
  }

  /** That resource; each time another object. */
  ComputeInstance read(Kept kept) {
    return switch (kept) {
      case Whole(ComputeInstance resource) -> Resources.copyOf(resource, resource.getStatus());
      case Packed(byte[] bytes) -> {
        try {
          yield unpack(bytes);
        } catch (IOException e) {
          throw new UncheckedIOException(e); // It could be read when it was packed.
        }
      }
    };
  }

  /** That there was an annotation is kept: a patch must know whether there are any. */
  private static ObjectMeta essential(ObjectMeta all) {
    ObjectMetaBuilder essential = new ObjectMetaBuilder(all).withManagedFields();
    Map<String, String> annotations = all.getAnnotations();
    if (annotations != null && annotations.containsKey(LAST_APPLIED)) {
      essential.addToAnnotations(LAST_APPLIED, "");
    }
    return essential.build();
  }

  private Optional<byte[]> packed(ComputeInstance resource) {
    try {
      byte[] bytes = pack(resource);
      return unpack(bytes).equals(resource) ? Optional.of(bytes) : Optional.empty();
    } catch (IOException | RuntimeException | StackOverflowError e) {
      return Optional.empty(); // Too odd for the mapper: kept as it is.
    }
  }

  private byte[] pack(ComputeInstance resource) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    synchronized (deflater) {
      deflater.reset();
      deflater.setDictionary(dictionary);
      try (var out = new DeflaterOutputStream(bytes, deflater, 512)) {
        JSON.writeValue(out, resource);
      }
    }
    return bytes.toByteArray();
  }

  private ComputeInstance unpack(byte[] bytes) throws IOException {
    @Nullable Inflater free = inflaters.poll();
    Inflater inflater = free == null ? new Inflater(true) : free;
    try {
      inflater.setDictionary(dictionary);
      var in = new InflaterInputStream(new ByteArrayInputStream(bytes), inflater, 512);
      return JSON.readValue(in, ComputeInstance.class);
    } finally {
      inflater.reset();
      inflaters.add(inflater);
    }
  }
}
