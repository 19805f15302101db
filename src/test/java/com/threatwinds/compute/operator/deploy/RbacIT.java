package com.threatwinds.compute.operator.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceSpec;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeTemplate;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeTemplateStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ConditionType;
import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.simulator.Account;
import com.threatwinds.compute.operator.simulator.Call;
import com.threatwinds.compute.operator.simulator.ComputeSimulator;
import com.threatwinds.compute.operator.simulator.MachineState;
import com.threatwinds.compute.operator.simulator.MachineTemplate;
import com.threatwinds.compute.operator.simulator.Operation;
import com.threatwinds.compute.operator.testing.Kubectl;
import com.threatwinds.compute.operator.testing.OperatorProcess;
import com.threatwinds.compute.operator.testing.RealCluster;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * The packaged operator under the rights of {@code deploy/install.yaml} and no others: enough for a
 * whole life, and not one verb too many. Every verb is taken away in turn and given back.
 */
@Tag("real-cluster")
@TestMethodOrder(OrderAnnotation.class)
class RbacIT {

  private static final String NAME = "compute-operator";
  private static final String TEMPLATE = "ubuntu-22-standard";

  /** Each verb of the manifest, and what fails without it. */
  enum Right {
    GET("computeinstances", "get"),
    LIST("computeinstances", "list"),
    PATCH("computeinstances", "patch"),
    UPDATE_STATUS("computeinstances/status", "update"),
    LIST_TEMPLATES("computetemplates", "list"),
    CREATE_TEMPLATE("computetemplates", "create"),
    UPDATE_TEMPLATE_STATUS("computetemplates/status", "update"),
    DELETE_TEMPLATE("computetemplates", "delete"),
    CREATE_EVENT("events", "create"),
    GET_DEFINITION("customresourcedefinitions", "get"),
    PATCH_LEASE("leases", "patch"),
    WATCH("computeinstances", "watch"),
    GET_LEASE("leases", "get"),
    CREATE_LEASE("leases", "create");

    private final String resource;
    private final String verb;

    Right(String resource, String verb) {
      this.resource = resource;
      this.verb = verb;
    }

    /** What the operator's log says when it is refused. */
    private Pattern refusal() {
      return switch (this) {
        case GET,
            LIST,
            PATCH,
            UPDATE_STATUS,
            LIST_TEMPLATES,
            CREATE_TEMPLATE,
            UPDATE_TEMPLATE_STATUS,
            DELETE_TEMPLATE,
            CREATE_EVENT,
            GET_LEASE,
            CREATE_LEASE,
            PATCH_LEASE ->
            Pattern.compile("cannot " + verb + " resource \\\\?\"" + resource + "\\\\?\"");
        case WATCH -> Pattern.compile("listSyncAndWatch failed for .*Received 403");
        case GET_DEFINITION -> Pattern.compile("uninstall-defence=off");
      };
    }

    @Override
    public String toString() {
      return verb + " " + resource;
    }
  }

  @TempDir static Path credentials;

  private static InstallManifest manifest;
  private static RealCluster cluster;
  private static ComputeSimulator api;
  private static KubernetesClient admin;
  private static KubernetesClient account;
  private static OperatorProcess operator;

  @BeforeAll
  static void install() throws IOException {
    manifest = InstallManifest.read();
    cluster = RealCluster.start();
    admin = cluster.adminClient();
    var applied =
        Kubectl.of(cluster).orElseThrow().run("apply", "-f", InstallManifest.FILE.toString());
    assertThat(applied.exitCode()).as(applied.output()).isZero();
    api = ComputeSimulator.start();
    Files.writeString(
        credentials.resolve("token"), Account.DEFAULT.tokens().iterator().next() + "\n");
    account =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(cluster.kubeconfigOf(NAME, NAME).toFile()))
            .build();
    operator = start();
  }

  @AfterAll
  static void end() {
    for (AutoCloseable started : Stream.of(operator, account, api, cluster).toList()) {
      close(started);
    }
  }

  private static void close(AutoCloseable started) {
    try {
      if (started != null) {
        started.close();
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** The manifest's environment, with what only a pod has replaced. */
  private static OperatorProcess start() {
    Map<String, String> environment = new HashMap<>();
    manifest
        .container()
        .getEnv()
        .forEach(
            variable ->
                environment.put(
                    variable.getName(), variable.getValue() == null ? NAME : variable.getValue()));
    environment.put("COMPUTE_API_CREDENTIALS_DIR", credentials.toString());
    environment.put("COMPUTE_API_URL", api.url().toString());
    environment.put("COMPUTE_POLL_INTERVAL", "2s");
    environment.put("COMPUTE_POLL_FAST_INTERVAL", "200ms");
    environment.put("KUBECONFIG", cluster.kubeconfigOf(NAME, NAME).toString());
    environment.put("COMPUTE_TAKEOVER_NAMESPACES", "default");
    environment.put("COMPUTE_CATALOG_INTERVAL", "1s");
    // An event that could not be written is told at this level only.
    return OperatorProcess.start(
        environment, List.of("-Dquarkus.log.category.\"com.threatwinds\".level=DEBUG"));
  }

  @Test
  @Order(1)
  void grantsTheseVerbsAndNoOthers() {
    assertThat(manifest.rules())
        .flatExtracting(
            rule ->
                rule.getResources().stream()
                    .flatMap(
                        resource -> rule.getVerbs().stream().map(verb -> verb + " " + resource))
                    .toList())
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(Right.values()).map(Right::toString).toList());
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

    assertThat(api.journal().committed(Operation.CREATE, Operation.STOP, Operation.DELETE))
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
    String name = "without-" + right.name().toLowerCase(Locale.ROOT).replace('_', '-');
    boolean deletes = right == Right.GET_DEFINITION;
    String existing = null;
    if (right == Right.LIST) {
      existing =
          api.world().add(Account.DEFAULT.userId(), TEMPLATE, null, MachineState.RUNNING).id();
    }
    if (deletes) {
      create(name, null);
      awaitReady(name, "RUNNING");
    }

    take(right);
    try {
      if (deletes) {
        instance(name).delete();
      } else {
        create(name, existing);
      }
      awaitLog(operator, right.refusal());
    } finally {
      giveBack(right);
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
    String name = "without-" + right.name().toLowerCase(Locale.ROOT).replace('_', '-');
    awaitTemplates();

    take(right);
    try {
      List<MachineTemplate> other = new ArrayList<>(MachineTemplate.defaults());
      other.add(MachineTemplate.of(name, name, "e2-small", 10, "image", "us-east1"));
      api.settings().templates(other);
      awaitLog(operator, right.refusal());
    } finally {
      giveBack(right);
    }

    awaitTemplates();
  }

  private static void awaitTemplates() {
    await("the catalogue")
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(admin.resources(ComputeTemplate.class).list().getItems())
                    .extracting(template -> Optional.ofNullable(template.getStatus()))
                    .extracting(status -> status.map(ComputeTemplateStatus::templateId).orElse(""))
                    .containsExactlyInAnyOrderElementsOf(
                        api.settings().templates().stream().map(MachineTemplate::id).toList()));
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
    take(right);
    try {
      if (right == Right.CREATE_LEASE) {
        admin.leases().inNamespace(NAME).withName(NAME).delete();
      }
      awaitLog(operator, right.refusal());
    } finally {
      giveBack(right);
    }

    String name = "without-" + right.name().toLowerCase(Locale.ROOT).replace('_', '-');
    create(name, null);
    awaitReady(name, "RUNNING");
  }

  @Test
  @Order(6)
  void isMissedAtTheStartWhereNothingMayBeWatched() {
    take(Right.WATCH);

    try (OperatorProcess starting = start()) {
      awaitLog(starting, Right.WATCH.refusal());
      assertThat(starting.isReady()).isFalse();
      // Its graceful end would first wait for what it can't have.
      starting.kill();
    } finally {
      giveBack(Right.WATCH);
    }
  }

  private static void take(Right right) {
    editRules(
        right.resource,
        rule -> {
          List<String> verbs = new ArrayList<>(rule.getVerbs());
          verbs.remove(right.verb);
          rule.setVerbs(verbs);
        });
    await(right + " taken").until(() -> !isAllowed(right));
  }

  private static void giveBack(Right right) {
    admin.resource(manifest.only(ClusterRole.class)).update();
    admin.resource(manifest.only(Role.class)).update();
    await(right + " given back").until(() -> isAllowed(right));
  }

  private static void editRules(String resource, Consumer<PolicyRule> change) {
    admin
        .rbac()
        .clusterRoles()
        .withName(NAME)
        .edit(
            role -> {
              changed(role.getRules(), resource, change);
              return role;
            });
    admin
        .rbac()
        .roles()
        .inNamespace(NAME)
        .withName(NAME)
        .edit(
            role -> {
              changed(role.getRules(), resource, change);
              return role;
            });
  }

  /** A rule without verbs would be refused. */
  private static void changed(
      List<PolicyRule> rules, String resource, Consumer<PolicyRule> change) {
    rules.stream().filter(rule -> rule.getResources().contains(resource)).forEach(change);
    rules.removeIf(rule -> rule.getVerbs().isEmpty());
  }

  /** As the API server's authorizer, which learns of a change a moment later, sees it. */
  private static boolean isAllowed(Right right) {
    PolicyRule rule =
        manifest.rules().stream()
            .filter(r -> r.getResources().contains(right.resource))
            .filter(r -> r.getVerbs().contains(right.verb))
            .findFirst()
            .orElseThrow();
    String[] parts = right.resource.split("/", 2);
    return account
        .resource(
            new SelfSubjectAccessReviewBuilder()
                .withNewSpec()
                .withNewResourceAttributes()
                .withGroup(rule.getApiGroups().getFirst())
                .withResource(parts[0])
                .withSubresource(parts.length > 1 ? parts[1] : null)
                .withName(rule.getResourceNames().stream().findFirst().orElse(null))
                .withNamespace(NAME)
                .withVerb(right.verb)
                .endResourceAttributes()
                .endSpec()
                .build())
        .create()
        .getStatus()
        .getAllowed();
  }

  private static void awaitLog(OperatorProcess process, Pattern line) {
    await(line.pattern())
        .atMost(Duration.ofSeconds(30))
        .until(() -> line.matcher(process.log()).find());
  }

  private static void create(String name, String takenOver) {
    var resource = new ComputeInstance();
    resource.setMetadata(new ObjectMetaBuilder().withName(name).withNamespace("default").build());
    resource.setSpec(new ComputeInstanceSpec(TEMPLATE, null, null, null, takenOver, null, null));
    admin.resource(resource).create();
  }

  private static ComputeInstance with(ComputeInstance resource, Power power) {
    resource.setSpec(new ComputeInstanceSpec(TEMPLATE, null, power, null, null, null, null));
    return resource;
  }

  private static Resource<ComputeInstance> instance(String name) {
    return admin.resources(ComputeInstance.class).inNamespace("default").withName(name);
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
    return admin.events().v1().events().inNamespace("default").list().getItems().stream()
        .filter(event -> event.getRegarding().getName().equals(name))
        .map(event -> event.getReason())
        .toList();
  }
}
