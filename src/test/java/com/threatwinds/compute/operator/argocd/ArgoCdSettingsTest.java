package com.threatwinds.compute.operator.argocd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ArgoCdSettingsTest {

  private static final String HEALTH =
      "resource.customizations.health.compute.threatwinds.com_ComputeInstance";
  private static final String ACTIONS =
      "resource.customizations.actions.compute.threatwinds.com_ComputeInstance";
  private static final String IGNORED =
      "resource.customizations.ignoreResourceUpdates.compute.threatwinds.com_ComputeInstance";

  private static final YAMLMapper YAML = new YAMLMapper();

  private static JsonNode read(Path file) throws IOException {
    return YAML.readTree(file.toFile());
  }

  private static JsonNode data() throws IOException {
    return read(ArgoCdSettings.CONFIG_MAP).path("data");
  }

  @Test
  void theFilesAreThoseThatMakeArgocdWrites() {
    assertThat(ArgoCdSettings.CONFIG_MAP).hasContent(ArgoCdSettings.configMap());
    assertThat(ArgoCdSettings.HELM_VALUES).hasContent(ArgoCdSettings.helmValues());
  }

  @Test
  void theConfigMapHoldsTheScriptsAsTheyAre() throws IOException {
    JsonNode data = data();

    assertThat(data.properties())
        .extracting(Map.Entry::getKey)
        .containsOnly(HEALTH, ACTIONS, IGNORED);
    assertThat(data.path(HEALTH).textValue()).isEqualTo(Customization.text(Customization.HEALTH));
    JsonNode actions = YAML.readTree(data.path(ACTIONS).textValue());
    assertThat(actions.path("discovery.lua").textValue())
        .isEqualTo(Customization.text(Customization.DISCOVERY));
    Map<String, String> definitions = new TreeMap<>();
    actions
        .path("definitions")
        .forEach(
            d -> definitions.put(d.path("name").textValue(), d.path("action.lua").textValue()));
    Map<String, String> files = new TreeMap<>();
    Customization.actionFiles().forEach((name, file) -> files.put(name, Customization.text(file)));
    assertThat(definitions).isEqualTo(files);
  }

  @Test
  void theHelmValuesHoldTheSame() throws IOException {
    assertThat(read(ArgoCdSettings.HELM_VALUES).path("configs").path("cm")).isEqualTo(data());
  }

  @Test
  void allOfAStatusButItsConditionsIsNoReasonToCompareAnApplication() throws IOException {
    JsonNode ignored = YAML.readTree(data().path(IGNORED).textValue());
    List<String> pointers = new ArrayList<>();
    ignored.path("jsonPointers").forEach(pointer -> pointers.add(pointer.textValue()));

    List<String> bookkeeping =
        new ArrayList<>(
            Arrays.stream(ComputeInstanceStatus.class.getRecordComponents())
                .map(RecordComponent::getName)
                .filter(name -> !name.equals("conditions") && !name.equals("problem"))
                .map(name -> "/status/" + name)
                .toList());
    bookkeeping.add("/metadata/finalizers");
    bookkeeping.add("/metadata/annotations/" + Annotations.INSTANCE_ID.replace("/", "~1"));
    assertThat(pointers).containsExactlyInAnyOrderElementsOf(bookkeeping);
  }
}
