package com.threatwinds.compute.operator.it;

import static com.threatwinds.compute.operator.simulator.Operation.TEMPLATES;
import static com.threatwinds.compute.operator.simulator.Operation.ZONES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.threatwinds.compute.operator.simulator.ActiveFault;
import com.threatwinds.compute.operator.simulator.Effect;
import com.threatwinds.compute.operator.simulator.MachineTemplate;
import com.threatwinds.compute.operator.simulator.Match;
import com.threatwinds.compute.operator.simulator.Phase;
import com.threatwinds.compute.operator.testing.Subject;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The API's templates, as people see them in the cluster; and what that costs. */
class CatalogIT {

  private static final ResourceDefinitionContext TYPE =
      new ResourceDefinitionContext.Builder()
          .withGroup("compute.threatwinds.com")
          .withVersion("v1alpha1")
          .withKind("ComputeTemplate")
          .withPlural("computetemplates")
          .withNamespaced(false)
          .build();

  private static final MachineTemplate ODD =
      MachineTemplate.of("Odd_Template.", "Odd", "e2-small", 10, "image", "us-east1");

  @RegisterExtension
  private static final OperatorFixture it =
      OperatorFixture.standard().with("COMPUTE_CATALOG_INTERVAL", "1s");

  private static Map<String, Map<String, Object>> templates() {
    Map<String, Map<String, Object>> byId = new TreeMap<>();
    for (GenericKubernetesResource template :
        it.client().genericKubernetesResources(TYPE).list().getItems()) {
      Map<String, Object> status = template.get("status");
      byId.put(status == null ? "" : String.valueOf(status.get("templateId")), status);
    }
    return byId;
  }

  private static void awaitTemplates(String... ids) {
    await()
        .atMost(Subject.PATIENCE)
        .untilAsserted(() -> assertThat(templates()).containsOnlyKeys(ids));
  }

  private static void awaitDefaults() {
    awaitTemplates(
        MachineTemplate.defaults().stream().map(MachineTemplate::id).toArray(String[]::new));
  }

  private static List<MachineTemplate> defaultsAnd(MachineTemplate more) {
    List<MachineTemplate> all = new ArrayList<>(MachineTemplate.defaults());
    all.add(more);
    return all;
  }

  private static void awaitRefreshes(int count) {
    long mark = it.journal().mark();
    await()
        .atMost(Subject.PATIENCE)
        .until(
            () ->
                it.journal().since(mark).stream()
                        .filter(call -> call.operation() == TEMPLATES && call.completed())
                        .count()
                    >= count);
  }

  private static boolean isAvailable(String id) {
    Map<String, Object> status = templates().get(id);
    return status != null && Boolean.TRUE.equals(status.get("available"));
  }

  @Test
  void showsEachTemplateWithItsZones() {
    it.operator();

    awaitDefaults();

    await()
        .atMost(Subject.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(templates().get("windows-2022-standard"))
                    .containsEntry("machineType", "n1-standard-4")
                    .containsEntry("diskSizeGb", 100)
                    .containsEntry("diskType", "pd-balanced")
                    .containsEntry("region", "us-east1")
                    .containsEntry("zones", List.of("us-east1-a", "us-east1-b", "us-east1-c"))
                    .containsEntry("defaultZone", "us-east1-a")
                    .containsEntry("available", true)
                    .containsKeys("name", "description", "image"));
  }

  @Test
  void followsWhatComesChangesAndGoes() {
    it.operator();
    awaitDefaults();

    it.api().settings().templates(defaultsAnd(ODD));
    await().atMost(Subject.PATIENCE).until(() -> isAvailable(ODD.id()));
    it.api()
        .settings()
        .templates(
            defaultsAnd(MachineTemplate.of(ODD.id(), "Odd", "e2-big", 10, "image", "us-west1")));
    await()
        .atMost(Subject.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(templates().get(ODD.id()))
                    .containsEntry("machineType", "e2-big")
                    .containsEntry("zones", List.of("us-west1-a", "us-west1-b", "us-west1-c")));
    it.api().settings().templates(MachineTemplate.defaults());

    awaitDefaults();
  }

  @Test
  void marksATemplateThatVanishesAndKeepsItForTheResourceThatNamesIt() {
    Subject web = it.running("web");
    awaitDefaults();
    it.api()
        .settings()
        .templates(
            MachineTemplate.defaults().stream()
                .filter(template -> !template.id().equals(OperatorFixture.TEMPLATE))
                .toList());
    await().atMost(Subject.PATIENCE).until(() -> !isAvailable(OperatorFixture.TEMPLATE));

    awaitRefreshes(4);
    assertThat(templates()).containsKey(OperatorFixture.TEMPLATE);
    web.delete().awaitGone();

    await()
        .atMost(Subject.PATIENCE)
        .until(() -> !templates().containsKey(OperatorFixture.TEMPLATE));
  }

  @Test
  void keepsAllThroughFailuresAndHostileAnswers() {
    it.operator();
    awaitDefaults();

    for (Effect effect :
        List.of(
            Effect.status(500), Effect.respond(200, "application/json", "{\"templates\":[]}"))) {
      try (ActiveFault fault =
          it.api().fault(Match.on(TEMPLATES).always(), Phase.AFTER_COMMIT, effect)) {
        fault.awaitHit(Subject.PATIENCE);
        assertThat(MachineTemplate.defaults())
            .allMatch(template -> isAvailable(template.id()), effect.toString());
      }
    }
    it.api().settings().templates(defaultsAnd(ODD));

    await().atMost(Subject.PATIENCE).until(() -> isAvailable(ODD.id()));
  }

  @Test
  void costsTwoCallsARefreshAndWritesNothingWhileNothingChanges() {
    it.operator();
    awaitDefaults();
    awaitRefreshes(2);
    List<String> before = versions();
    long mark = it.journal().mark();

    awaitRefreshes(4);

    var calls = it.journal().since(mark);
    long lists = calls.stream().filter(call -> call.operation() == TEMPLATES).count();
    assertThat(calls.stream().filter(call -> call.operation() == ZONES).count())
        .isBetween(lists - 1, lists + 1);
    assertThat(versions()).isEqualTo(before);
  }

  private static List<String> versions() {
    return it.client().genericKubernetesResources(TYPE).list().getItems().stream()
        .map(template -> template.getMetadata().getResourceVersion())
        .toList();
  }

  @Test
  void mendsWhatSomebodyDeletesAndRemovesWhatSomebodyMakes() {
    it.operator();
    awaitDefaults();
    var all = it.client().genericKubernetesResources(TYPE);

    all.withName(OperatorFixture.TEMPLATE).delete();
    GenericKubernetesResource forged = new GenericKubernetesResource();
    forged.setApiVersion("compute.threatwinds.com/v1alpha1");
    forged.setKind("ComputeTemplate");
    forged.setMetadata(new ObjectMetaBuilder().withName("forged").build());
    it.client().resource(forged).create();

    await()
        .atMost(Subject.PATIENCE)
        .until(() -> all.withName("forged").get() == null && isAvailable(OperatorFixture.TEMPLATE));
    awaitDefaults();
  }

  @Test
  void looksSoonerThanUsualWhenAnUnknownTemplateIsAskedFor() {
    it.operator();
    awaitDefaults(); // A restart takes what is there for as old as its own.
    it.operatorWith(Map.of("COMPUTE_CATALOG_INTERVAL", "1h"));
    it.api().settings().templates(defaultsAnd(ODD));

    it.apply("odd", "templateId", ODD.id());

    await().atMost(Subject.PATIENCE.multipliedBy(2)).until(() -> isAvailable(ODD.id()));
  }

  @Test
  void asksForNoTemplateByItselfWhereItIsOff() {
    it.stopOperator();
    long mark = it.journal().mark();
    it.operatorWith(Map.of("COMPUTE_CATALOG_INTERVAL", "0"));

    it.awaitLists(3);

    assertThat(it.journal().since(mark)).noneMatch(call -> call.operation() == TEMPLATES);
  }
}
