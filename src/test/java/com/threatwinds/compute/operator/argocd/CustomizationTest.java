package com.threatwinds.compute.operator.argocd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The files {@code health_test.yaml} and {@code action_test.yaml}, as Argo CD's own tests read
 * them, so that the directory can be handed to Argo CD as it is. (There the time of an action is
 * the real one, and needs a normalizer.)
 */
class CustomizationTest {

  private static final ObjectMapper YAML =
      new ObjectMapper(new YAMLFactory()).enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
  private static final Customization SCRIPTS = new Customization();

  record HealthTests(List<HealthCase> tests) {}

  record HealthCase(String inputPath, HealthStatus healthStatus) {
    @Override
    public String toString() {
      return inputPath;
    }
  }

  record HealthStatus(String status, String message) {}

  record ActionTests(List<DiscoveryCase> discoveryTests, List<ActionCase> actionTests) {}

  record DiscoveryCase(String inputPath, List<Offered> result) {
    @Override
    public String toString() {
      return inputPath;
    }
  }

  record Offered(String name, boolean disabled, String displayName, String iconClass) {}

  record ActionCase(String action, String inputPath, String expectedOutputPath) {
    @Override
    public String toString() {
      return action + " " + inputPath;
    }
  }

  private static <T> T read(Path file, Class<T> type) {
    try {
      return YAML.readValue(file.toFile(), type);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode resource(Path directory, String path) {
    return read(directory.resolve(path), JsonNode.class);
  }

  static List<HealthCase> healthCases() {
    return read(Customization.DIRECTORY.resolve("health_test.yaml"), HealthTests.class).tests();
  }

  static List<DiscoveryCase> discoveryCases() {
    return actionTests().discoveryTests();
  }

  static List<ActionCase> actionCases() {
    return actionTests().actionTests();
  }

  private static ActionTests actionTests() {
    return read(Customization.ACTIONS.resolve("action_test.yaml"), ActionTests.class);
  }

  @ParameterizedTest
  @MethodSource("healthCases")
  void theHealthIsAsWritten(HealthCase test) {
    ResourceHealth health = SCRIPTS.health(resource(Customization.DIRECTORY, test.inputPath()));

    assertThat(health.status()).hasToString(test.healthStatus().status());
    assertThat(health.message()).isEqualTo(test.healthStatus().message());
  }

  @ParameterizedTest
  @MethodSource("discoveryCases")
  void theActionsOfferedAreAsWritten(DiscoveryCase test) {
    Map<String, JsonNode> offered =
        SCRIPTS.discover(resource(Customization.ACTIONS, test.inputPath()));

    assertThat(
            offered.entrySet().stream()
                .map(
                    e ->
                        new Offered(
                            e.getKey(),
                            e.getValue().path("disabled").asBoolean(),
                            e.getValue().path("displayName").asText(),
                            e.getValue().path("iconClass").asText())))
        .containsExactlyInAnyOrderElementsOf(test.result());
  }

  @ParameterizedTest
  @MethodSource("actionCases")
  void theActionsDoWhatIsWritten(ActionCase test) {
    JsonNode resource = resource(Customization.ACTIONS, test.inputPath());

    JsonNode changed = SCRIPTS.act(test.action(), resource);

    assertThat(changed).isEqualTo(resource(Customization.ACTIONS, test.expectedOutputPath()));
  }

  @ParameterizedTest
  @MethodSource("actionCases")
  void theActionsChangeAnnotationsOfOursOrThePowerAndNothingElse(ActionCase test) {
    ObjectNode before = (ObjectNode) resource(Customization.ACTIONS, test.inputPath());

    ObjectNode after = (ObjectNode) SCRIPTS.act(test.action(), before);

    Map<String, JsonNode> changes = new TreeMap<>();
    leaves("", before, changes);
    Map<String, JsonNode> now = new TreeMap<>();
    leaves("", after, now);
    Set<String> changed =
        Stream.concat(changes.keySet().stream(), now.keySet().stream())
            .filter(path -> !Objects.equals(changes.get(path), now.get(path)))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(changed)
        .singleElement()
        .asString()
        .matches("/metadata/annotations/compute\\.threatwinds\\.com/[a-z-]+|/spec/power");
  }

  private static void leaves(String path, JsonNode node, Map<String, JsonNode> into) {
    if (node.isObject()) {
      node.properties().forEach(e -> leaves(path + "/" + e.getKey(), e.getValue(), into));
    } else {
      into.put(path, node);
    }
  }

  @Test
  void everyActionIsOfferedShownAndTried() {
    Set<String> actions = Customization.actionFiles().keySet();

    assertThat(actions)
        .containsExactlyInAnyOrder("pause", "reset", "restart", "resume", "start", "stop");
    assertThat(discoveryCases())
        .allSatisfy(
            test ->
                assertThat(test.result())
                    .extracting(Offered::name)
                    .containsExactlyInAnyOrderElementsOf(actions));
    assertThat(actionCases()).extracting(ActionCase::action).containsAll(actions);
    for (String action : actions) {
      Set<Boolean> shown = new HashSet<>();
      discoveryCases()
          .forEach(
              test ->
                  test.result().stream()
                      .filter(o -> o.name().equals(action))
                      .forEach(o -> shown.add(o.disabled())));
      assertThat(shown).as(action + " is offered here and not there").hasSize(2);
    }
  }

  @Test
  void everyHealthIsTried() {
    assertThat(healthCases())
        .extracting(test -> test.healthStatus().status())
        .contains(
            Stream.of(ResourceHealth.Code.values()).map(Object::toString).toArray(String[]::new));
  }

  @Test
  void everyFileOfTestDataIsUsed() throws IOException {
    Set<Path> used = new HashSet<>();
    healthCases().forEach(test -> used.add(Customization.DIRECTORY.resolve(test.inputPath())));
    discoveryCases().forEach(test -> used.add(Customization.ACTIONS.resolve(test.inputPath())));
    actionCases()
        .forEach(
            test -> {
              used.add(Customization.ACTIONS.resolve(test.inputPath()));
              used.add(Customization.ACTIONS.resolve(test.expectedOutputPath()));
            });

    try (Stream<Path> files = Files.walk(Customization.DIRECTORY)) {
      assertThat(files.filter(file -> file.getParent().endsWith("testdata")))
          .containsExactlyInAnyOrderElementsOf(used);
    }
  }
}
