package com.threatwinds.compute.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import io.fabric8.kubernetes.api.model.DefaultKubernetesResourceList;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Resources that an API server keeps where the schema was loosened by hand: it nests as deep as
 * 10,000. None of them may stop a list or a watch, which all other resources share.
 */
class HostileResourcesTest {

  private static final KubernetesSerialization JSON =
      new Wiring().serialization(new ObjectMapper(), new Class<?>[] {ComputeInstance.class});

  record Hostile(String sentence, String metadata, String spec, String status) {
    String json() {
      return "{\"apiVersion\":\"compute.threatwinds.com/v1alpha1\",\"kind\":\"ComputeInstance\","
          + "\"metadata\":{\"name\":\"web\",\"namespace\":\"a\""
          + metadata
          + "},\"spec\":"
          + spec
          + ",\"status\":"
          + status
          + "}";
    }

    @Override
    public String toString() {
      return sentence;
    }
  }

  private static String nested(int depth) {
    return "{\"a\":[".repeat(depth / 2) + "]}".repeat(depth / 2);
  }

  private static final String SPEC = "{\"templateId\":\"small\"}";
  private static final String LONG = "a".repeat(1_400_000);

  static final List<Hostile> resources =
      List.of(
          new Hostile("a deep spec", "", nested(1_200), "{}"),
          new Hostile("the deepest spec", "", nested(9_990), "{}"),
          new Hostile("a deep field", "", "{\"templateId\":" + nested(9_990) + "}", "{}"),
          new Hostile("a deep status", "", SPEC, nested(9_990)),
          new Hostile("deep conditions", "", SPEC, "{\"conditions\":" + nested(9_990) + "}"),
          new Hostile("a deep condition", "", SPEC, "{\"conditions\":[" + nested(9_990) + "]}"),
          new Hostile("a deep create", "", SPEC, "{\"create\":{\"known\":" + nested(9_990) + "}}"),
          new Hostile(
              "deep managed fields",
              ",\"managedFields\":[{\"manager\":\"m\",\"fieldsV1\":" + nested(9_990) + "}]",
              SPEC,
              "{}"),
          new Hostile("a long name", "", "{\"" + LONG + "\":1}", "{\"" + LONG + "\":1}"),
          new Hostile(
              "a long text",
              "",
              "{\"templateId\":\"" + LONG + "\"}",
              "{\"name\":\"" + LONG + "\"}"),
          new Hostile(
              "a long number", "", "{\"zone\":" + "1".repeat(300) + "}", "{\"name\":1e999999}"));

  @ParameterizedTest
  @FieldSource("resources")
  void stopNoList(Hostile hostile) {
    DefaultKubernetesResourceList<ComputeInstance> list =
        JSON.unmarshal(
            stream("{\"kind\":\"List\",\"items\":[" + hostile.json() + "]}"),
            new TypeReference<DefaultKubernetesResourceList<ComputeInstance>>() {});

    assertThat(list.getItems()).extracting(r -> r.getMetadata().getName()).containsExactly("web");
    assertThat(list.getItems().getFirst().getSpec()).isNotNull();
  }

  @ParameterizedTest
  @FieldSource("resources")
  void stopNoWatch(Hostile hostile) {
    WatchEvent event =
        JSON.unmarshal(
            stream("{\"type\":\"MODIFIED\",\"object\":" + hostile.json() + "}"), WatchEvent.class);

    assertThat(event.getObject())
        .isInstanceOfSatisfying(
            ComputeInstance.class, r -> assertThat(r.getMetadata().getName()).isEqualTo("web"));
  }

  private static ByteArrayInputStream stream(String json) {
    return new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8));
  }
}
