package com.threatwinds.compute.operator.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceSpec;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeTemplate;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeTemplateStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ConditionType;
import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.simulator.Account;
import com.threatwinds.compute.operator.simulator.Call;
import com.threatwinds.compute.operator.simulator.MachineState;
import com.threatwinds.compute.operator.simulator.MachineTemplate;
import com.threatwinds.compute.operator.simulator.Operation;
import com.threatwinds.compute.operator.testing.OperatorProcess;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * The packaged operator under the rights of each install and no others: enough for a whole life,
 * and not one verb too many. Every verb is taken away in turn and given back.
 */
@Tag("real-cluster")
@ParameterizedClass(name = "{0}")
@EnumSource(RbacIT.Install.class)
@TestMethodOrder(OrderAnnotation.class)
class RbacIT {

  private static final String NAME = Installation.NAME;
  private static final String TEMPLATE = "ubuntu-22-standard";

  /** Each with the namespace of the resources in these tests. */
  enum Install {
    /** The kustomize base is the same. */
    INSTALL_YAML("default"),
    /** The chart; the overlay of that name grants the same. */
    NAMESPACED("team-a");

    private final String namespace;

    Install(String namespace) {
      this.namespace = namespace;
    }

    private Installation into(Path directory) throws IOException {
      return switch (this) {
        case INSTALL_YAML -> Installation.of(InstallManifest.text(), directory);
        case NAMESPACED ->
            Installation.of(
                Chart.render("watch: {namespaces: [team-a]}"), directory, NAME, namespace);
      };
    }

    /** The catalogue belongs to the cluster. */
    private List<Right> rights() {
      return Stream.of(Right.values())
          .filter(right -> this == INSTALL_YAML || !right.isOfTheCatalogue())
          .toList();
    }
  }

  private static Install install;
  private static Installation installation;
  private static OperatorProcess operator;

  @BeforeParameterizedClassInvocation
  static void install(Install chosen, @TempDir Path directory) throws IOException {
    install = chosen;
    installation = install.into(directory);
    operator = start();
  }

  @AfterParameterizedClassInvocation
  static void end() {
    Stream.of(operator, installation).filter(Objects::nonNull).forEach(RbacIT::close);
  }

  private static void close(AutoCloseable started) {
    try {
      started.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static OperatorProcess start() {
    Map<String, String> more = new HashMap<>();
    more.put("COMPUTE_TAKEOVER_NAMESPACES", install.namespace);
    if (install == Install.INSTALL_YAML) {
      more.put("COMPUTE_CATALOG_INTERVAL", "1s");
    }
    return installation.start(more);
  }

  RbacIT(Install install) {}

  @Test
  @Order(1)
  void grantsTheseVerbsAndNoOthers() {
    assertThat(installation.granted())
        .containsExactlyInAnyOrderElementsOf(
            install.rights().stream().map(Right::toString).toList());
  }

  @Test
  @Order(2)
  void areEnoughForAWholeLife() {
    operator.awaitReady();
    create("whole", null);
    awaitReady("whole", "RUNNING");

    instance("whole").edit(r -> with(r, Power.STOPPED));
    awaitReady("whole", "TERMINATED");
    instance("whole").delete();
    awaitGone("whole");

    assertThat(
            installation
                .api()
                .journal()
                .committed(Operation.CREATE, Operation.STOP, Operation.DELETE))
        .extracting(Call::operation)
        .containsExactly(Operation.CREATE, Operation.STOP, Operation.DELETE);
    await()
        .untilAsserted(
            () ->
                assertThat(events("whole"))
                    .contains("Created", "Provisioned", "Stopped", "Deleted"));
    assertThat(operator.log()).doesNotContainIgnoringCase("forbidden");
    assertThat(operator.log().lines()).allMatch(line -> line.startsWith("{"), "is JSON");
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {
        "WATCH",
        "PATCH_LEASE",
        "GET_LEASE",
        "CREATE_LEASE",
        "LIST_TEMPLATES",
        "CREATE_TEMPLATE",
        "UPDATE_TEMPLATE_STATUS",
        "DELETE_TEMPLATE"
      })
  @Order(3)
  void areEachMissedByTheRunningOperatorWhichHeals(Right right) {
    String name = right.without();
    boolean deletes = right == Right.GET_DEFINITION;
    String existing = null;
    if (right == Right.LIST) {
      existing =
          installation
              .api()
              .world()
              .add(Account.DEFAULT.userId(), TEMPLATE, null, MachineState.RUNNING)
              .id();
    }
    if (deletes) {
      create(name, null);
      awaitReady(name, "RUNNING");
    }

    installation.take(right);
    try {
      if (deletes) {
        instance(name).delete();
      } else {
        create(name, existing);
      }
      awaitLog(operator, right.refusal());
    } finally {
      installation.giveBack(right);
    }

    if (deletes) {
      awaitGone(name);
    } else {
      awaitReady(name, "RUNNING");
    }
  }

  /** One template comes and another goes, which takes all four. */
  @ParameterizedTest
  @EnumSource(
      names = {"LIST_TEMPLATES", "CREATE_TEMPLATE", "UPDATE_TEMPLATE_STATUS", "DELETE_TEMPLATE"})
  @Order(3)
  void areEachMissedByTheCatalogueWhichHeals(Right right) {
    assumeThat(install.rights()).as("what an install for namespaces grants").contains(right);
    String name = right.without();
    awaitTemplates();

    installation.take(right);
    try {
      List<MachineTemplate> other = new ArrayList<>(MachineTemplate.defaults());
      other.add(MachineTemplate.of(name, name, "e2-small", 10, "image", "us-east1"));
      installation.api().settings().templates(other);
      awaitLog(operator, right.refusal());
    } finally {
      installation.giveBack(right);
    }

    awaitTemplates();
  }

  private static void awaitTemplates() {
    await("the catalogue")
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(installation.admin().resources(ComputeTemplate.class).list().getItems())
                    .extracting(template -> Optional.ofNullable(template.getStatus()))
                    .extracting(status -> status.map(ComputeTemplateStatus::templateId).orElse(""))
                    .containsExactlyInAnyOrderElementsOf(
                        installation.api().settings().templates().stream()
                            .map(MachineTemplate::id)
                            .toList()));
  }

  /** As a rolling update does it: the new pod must be ready before the old one goes. */
  @Test
  @Order(4)
  void areEnoughForOneThatStandsBy() {
    OperatorProcess old = operator;
    operator = start();
    operator.awaitReady();

    old.terminate();
    old.awaitExit(Duration.ofSeconds(30));
    old.close();

    create("handed-over", null);
    awaitReady("handed-over", "RUNNING");
  }

  @ParameterizedTest
  @EnumSource(names = {"PATCH_LEASE", "GET_LEASE", "CREATE_LEASE"})
  @Order(5)
  void areEachMissedByTheLeaderWhichLeadsAgainOnceItIsBack(Right right) {
    installation.take(right);
    try {
      if (right == Right.CREATE_LEASE) {
        installation.admin().leases().inNamespace(NAME).withName(NAME).delete();
      }
      awaitLog(operator, right.refusal());
    } finally {
      installation.giveBack(right);
    }
    // Of failures one after the other only the first is told: the next case begins a streak anew.
    awaitLeaseWritten();

    String name = right.without();
    create(name, null);
    awaitReady(name, "RUNNING");
  }

  private static void awaitLeaseWritten() {
    Optional<Object> before = renewed();
    await("the Lease is written")
        .atMost(Duration.ofSeconds(30))
        .until(() -> !renewed().equals(before));
  }

  private static Optional<Object> renewed() {
    return Optional.ofNullable(installation.admin().leases().inNamespace(NAME).withName(NAME).get())
        .map(lease -> lease.getSpec().getRenewTime());
  }

  @Test
  @Order(6)
  void isMissedAtTheStartWhereNothingMayBeWatched() {
    installation.take(Right.WATCH);

    try (OperatorProcess starting = start()) {
      awaitLog(starting, Right.WATCH.refusal());
      assertThat(starting.isReady()).isFalse();
      // Its graceful end would first wait for what it can't have.
      starting.kill();
    } finally {
      installation.giveBack(Right.WATCH);
    }
  }

  @Test
  @Order(7)
  void isMissedAtTheStartWhereTheDefinitionMayNotBeSeen() {
    installation.take(Right.GET_DEFINITION);

    try (OperatorProcess starting = start()) {
      awaitLog(starting, Right.GET_DEFINITION.refusal());
    } finally {
      installation.giveBack(Right.GET_DEFINITION);
    }
  }

  @Test
  @Order(8)
  void areOfNoUseInANamespaceThatIsNotListed() {
    assumeThat(install).as("an install for namespaces").isEqualTo(Install.NAMESPACED);
    var elsewhere = new ComputeInstance();
    elsewhere.setMetadata(
        new ObjectMetaBuilder().withName("elsewhere").withNamespace("default").build());
    elsewhere.setSpec(new ComputeInstanceSpec(TEMPLATE, null, null, null, null, null, null));
    var created = installation.admin().resource(elsewhere).create();

    create("here", null);
    awaitReady("here", "RUNNING");

    assertThat(installation.admin().resource(elsewhere).get()).isEqualTo(created);
    assertThat(installation.isAllowed(Right.LIST, "default")).isFalse();
    assertThat(installation.isAllowed(Right.CREATE_EVENT, "default")).isFalse();
  }

  private static void awaitLog(OperatorProcess process, Pattern line) {
    await(line.pattern())
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(process.log()).containsPattern(line));
  }

  private static void create(String name, String takenOver) {
    var resource = new ComputeInstance();
    resource.setMetadata(
        new ObjectMetaBuilder().withName(name).withNamespace(install.namespace).build());
    resource.setSpec(new ComputeInstanceSpec(TEMPLATE, null, null, null, takenOver, null, null));
    installation.admin().resource(resource).create();
  }

  private static ComputeInstance with(ComputeInstance resource, Power power) {
    resource.setSpec(new ComputeInstanceSpec(TEMPLATE, null, power, null, null, null, null));
    return resource;
  }

  private static Resource<ComputeInstance> instance(String name) {
    return installation
        .admin()
        .resources(ComputeInstance.class)
        .inNamespace(install.namespace)
        .withName(name);
  }

  private static void awaitReady(String name, String state) {
    await(name)
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              var status = instance(name).get().getStatus();
              return status != null
                  && state.equals(status.state())
                  && status
                      .condition(ConditionType.READY)
                      .filter(c -> c.getStatus().equals("True"))
                      .isPresent();
            });
  }

  private static void awaitGone(String name) {
    await(name).atMost(Duration.ofSeconds(30)).until(() -> instance(name).get() == null);
  }

  private static List<String> events(String name) {
    return installation
        .admin()
        .events()
        .v1()
        .events()
        .inNamespace(install.namespace)
        .list()
        .getItems()
        .stream()
        .filter(event -> event.getRegarding().getName().equals(name))
        .map(event -> event.getReason())
        .toList();
  }
}
