package com.threatwinds.compute.operator.simulator;

import static com.threatwinds.compute.operator.simulator.ApiClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.io.ByteArrayInputStream;
import java.net.ConnectException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The simulator against the API's reference, call by call. */
class ComputeSimulatorTest {

  private static final String OTHER_USER = "0a0b0c0d-0000-4000-8000-000000000001";

  private final ManualClock clock = new ManualClock(Instant.parse("2026-01-02T03:04:05.678Z"));
  private final ComputeSimulator simulator =
      ComputeSimulator.builder()
          .clock(clock)
          .account(Account.DEFAULT)
          .account(Account.of(OTHER_USER).withToken("other-token"))
          .settings(settings -> settings.delays(Duration.ofSeconds(10)))
          .start();
  private final ApiClient api = ApiClient.withToken(simulator, "sim-token");
  private final ApiClient other = ApiClient.withToken(simulator, "other-token");

  @AfterEach
  void close() {
    api.close();
    other.close();
    simulator.close();
  }

  private String runningId() throws Exception {
    String id = api.createdId();
    clock.advance(Duration.ofSeconds(10));
    return id;
  }

  private String stoppedId() throws Exception {
    String id = runningId();
    api.post("/instances/" + id + "/stop");
    clock.advance(Duration.ofSeconds(10));
    return id;
  }

  private String status(String id) throws Exception {
    return json(api.get("/instances/" + id)).path("status").asText();
  }

  private static void assertRefused(HttpResponse<String> response, int status) {
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("x-error")).isPresent();
    assertThat(response.headers().firstValue("x-error-id")).isPresent();
    assertThat(response.body()).isEmpty();
  }

  @Test
  void dependsOnNothingOfTheOperator() {
    ArchRuleDefinition.noClasses()
        .that()
        .resideInAPackage("..simulator..")
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe(
                "are the operator's",
                type ->
                    type.getPackageName().startsWith("com.threatwinds.")
                        && !type.getPackageName().endsWith(".simulator")))
        .check(
            new ClassFileImporter().importPackages("com.threatwinds.compute.operator.simulator"));
  }

  @Nested
  class Creating {

    @Test
    void answersTheNewInstanceAsTheReferenceHasIt() throws Exception {
      HttpResponse<String> response =
          api.send(
              "POST",
              "/instances",
              "{\"template_id\":\"ubuntu-22-standard\",\"zone\":\"us-central1-b\"}");

      assertThat(response.statusCode()).isEqualTo(201);
      JsonNode instance = json(response);
      assertThat(instance.path("id").asText()).matches("tw-550e84-[0-9a-f]{8}");
      assertThat(instance.path("name")).isEqualTo(instance.path("id"));
      assertThat(instance.path("userId").asText()).isEqualTo(Account.DEFAULT.userId());
      assertThat(instance.path("zone").asText()).isEqualTo("us-central1-b");
      assertThat(instance.path("machineType").asText())
          .isEqualTo("zones/us-central1-b/machineTypes/n1-standard-2");
      assertThat(instance.path("externalIp").asText("absent")).isEmpty();
      assertThat(instance.path("internalIp").asText("absent")).isEmpty();
      assertThat(instance.path("status").asText()).isEqualTo("PROVISIONING");
      assertThat(instance.path("templateId").asText()).isEqualTo("ubuntu-22-standard");
      assertThat(instance.path("createdAt").asText()).isEqualTo("2026-01-02T03:04:05Z");
      assertThat(instance.size()).isEqualTo(10);
    }

    @Test
    void goesToTheFirstZoneOfTheRegionWhenNoneIsNamed() throws Exception {
      JsonNode instance = json(api.create("windows-2022-standard"));

      assertThat(instance.path("zone").asText()).isEqualTo("us-east1-a");
    }

    @Test
    void acceptsTheSpellingOfTheSdks() throws Exception {
      HttpResponse<String> response =
          api.send("POST", "/instances", "{\"templateID\":\"debian-12-standard\"}");

      assertThat(response.statusCode()).isEqualTo(201);
    }

    @Test
    void acceptsAChunkedBody() throws Exception {
      String body = "{\"template_id\":\"ubuntu-22-small\"}";
      HttpResponse<String> response =
          api.http()
              .send(
                  api.request("POST", "/instances", "")
                      .POST(
                          BodyPublishers.ofInputStream(
                              () ->
                                  new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8))))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());

      assertThat(response.statusCode()).isEqualTo(201);
    }

    @Test
    void acceptsABodyThatWaitsToBeAskedFor() throws Exception {
      HttpResponse<String> response =
          api.http()
              .send(
                  api.request("POST", "/instances", "{\"template_id\":\"ubuntu-22-small\"}")
                      .expectContinue(true)
                      .build(),
                  HttpResponse.BodyHandlers.ofString());

      assertThat(response.statusCode()).isEqualTo(201);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "nonsense",
          "[]",
          "null",
          "{}",
          "{\"template_id\":\"\"}",
          "{\"template_id\":7}",
          "{\"template_id\":\"ubuntu-22-standard\"} and more",
          "{\"template_id\":\"ubuntu-22-standard\",\"zone\":\"mars-1\"}",
          "{\"template_id\":\"ubuntu-22-standard\",\"zone\":[]}"
        })
    void refusesABadRequest(String body) throws Exception {
      assertRefused(api.send("POST", "/instances", body), 400);

      assertThat(simulator.journal().changes()).isEmpty();
    }

    @Test
    void refusesNoBodyAtAll() throws Exception {
      assertRefused(api.post("/instances"), 400);
    }

    @Test
    void refusesAnUnknownTemplate() throws Exception {
      assertRefused(api.create("no-such-template"), 404);
    }

    @Test
    void refusesMoreThanTheQuotaUntilOneIsDeleted() throws Exception {
      simulator.settings().maxInstances(1);
      String id = stoppedId();

      assertRefused(api.create("ubuntu-22-standard"), 403);

      assertThat(other.create("ubuntu-22-standard").statusCode()).isEqualTo(201);
      api.delete("/instances/" + id);
      assertThat(api.create("ubuntu-22-standard").statusCode()).isEqualTo(201);
    }

    @Test
    void isDisabledByAQuotaOfZero() throws Exception {
      simulator.settings().maxInstances(0);

      assertRefused(api.create("ubuntu-22-standard"), 403);
    }
  }

  @Nested
  class States {

    @Test
    void runsWithAddressesWhenItIsProvisioned() throws Exception {
      String id = api.createdId();

      clock.advance(Duration.ofSeconds(9));
      assertThat(status(id)).isEqualTo("PROVISIONING");

      clock.advance(Duration.ofSeconds(1));
      JsonNode instance = json(api.get("/instances/" + id));
      assertThat(instance.path("status").asText()).isEqualTo("RUNNING");
      assertThat(instance.path("externalIp").asText()).matches("34\\.120\\.\\d+\\.\\d+");
      assertThat(instance.path("internalIp").asText()).matches("10\\.128\\.\\d+\\.\\d+");
    }

    @Test
    void isStagedInBetweenWhereThatIsAskedFor() throws Exception {
      simulator.settings().staging(Duration.ofSeconds(5));
      String id = api.createdId();

      clock.advance(Duration.ofSeconds(10));
      assertThat(status(id)).isEqualTo("STAGING");

      clock.advance(Duration.ofSeconds(5));
      assertThat(status(id)).isEqualTo("RUNNING");
    }

    @Test
    void losesItsExternalAddressWhenItIsStopped() throws Exception {
      String id = runningId();

      HttpResponse<String> response = api.post("/instances/" + id + "/stop");

      assertThat(response.statusCode()).isEqualTo(202);
      assertThat(response.body()).isEmpty();
      assertThat(status(id)).isEqualTo("STOPPING");
      clock.advance(Duration.ofSeconds(10));
      JsonNode instance = json(api.get("/instances/" + id));
      assertThat(instance.path("status").asText()).isEqualTo("TERMINATED");
      assertThat(instance.path("externalIp").asText("absent")).isEmpty();
      assertThat(instance.path("internalIp").asText()).isNotEmpty();
    }

    @Test
    void hasAnotherExternalAddressWhenItIsStartedAgain() throws Exception {
      String id = runningId();
      JsonNode before = json(api.get("/instances/" + id));
      api.post("/instances/" + id + "/stop");
      clock.advance(Duration.ofSeconds(10));

      HttpResponse<String> response = api.post("/instances/" + id + "/start");

      assertThat(response.statusCode()).isEqualTo(202);
      assertThat(status(id)).isEqualTo("STAGING");
      clock.advance(Duration.ofSeconds(10));
      JsonNode after = json(api.get("/instances/" + id));
      assertThat(after.path("status").asText()).isEqualTo("RUNNING");
      assertThat(after.path("externalIp").asText())
          .isNotEmpty()
          .isNotEqualTo(before.path("externalIp").asText());
      assertThat(after.path("internalIp")).isEqualTo(before.path("internalIp"));
    }

    @Test
    void startsASuspendedInstance() throws Exception {
      String id = runningId();
      simulator.world().force(id, MachineState.SUSPENDED);

      assertThat(api.post("/instances/" + id + "/start").statusCode()).isEqualTo(202);

      assertThat(status(id)).isEqualTo("STAGING");
    }

    @ParameterizedTest
    @ValueSource(strings = {"restart", "reset"})
    void showsNoTraceOfAHardResetButCountsIt(String operation) throws Exception {
      String id = runningId();
      String before = api.get("/instances/" + id).body();

      HttpResponse<String> response = api.post("/instances/" + id + "/" + operation);

      assertThat(response.statusCode()).isEqualTo(202);
      assertThat(api.get("/instances/" + id).body()).isEqualTo(before);
      Machine machine = simulator.world().find(id).orElseThrow();
      assertThat(machine.restarts() + machine.resets()).isEqualTo(1);
      assertThat(machine.resets()).isEqualTo(operation.equals("reset") ? 1 : 0);
      assertThat(simulator.journal().committed(Operation.RESTART, Operation.RESET)).hasSize(1);
    }

    @Test
    void acceptsWhatIsAlreadySoAndChangesNothing() throws Exception {
      String running = runningId();
      String stopped = stoppedId();
      int before = simulator.journal().changes().size();

      assertThat(api.post("/instances/" + running + "/start").statusCode()).isEqualTo(202);
      assertThat(api.post("/instances/" + stopped + "/stop").statusCode()).isEqualTo(202);

      assertThat(simulator.journal().changes()).hasSize(before);
    }

    @Test
    void refusesToPushWhatMovesAndToResetWhatIsStopped() throws Exception {
      String stopped = stoppedId();
      String provisioning = api.createdId();

      assertRefused(api.post("/instances/" + stopped + "/reset"), 400);
      assertRefused(api.post("/instances/" + stopped + "/restart"), 400);
      assertRefused(api.post("/instances/" + provisioning + "/stop"), 400);
      assertRefused(api.post("/instances/" + provisioning + "/reset"), 400);
      clock.advance(Duration.ofSeconds(10));
      api.post("/instances/" + provisioning + "/stop");
      assertRefused(api.post("/instances/" + provisioning + "/start"), 400);
    }

    @Test
    void isGoneWhenItIsDeleted() throws Exception {
      String id = api.createdId();

      HttpResponse<String> response = api.delete("/instances/" + id);

      assertThat(response.statusCode()).isEqualTo(204);
      assertThat(response.body()).isEmpty();
      assertRefused(api.get("/instances/" + id), 404);
      assertRefused(api.delete("/instances/" + id), 404);
      assertRefused(api.post("/instances/" + id + "/start"), 404);
      clock.advance(Duration.ofHours(1));
      assertRefused(api.get("/instances/" + id), 404);
    }
  }

  @Nested
  class Reading {

    @Test
    void listsTheAccountsOwnInstances() throws Exception {
      String first = api.createdId();
      String second = api.createdId();
      other.createdId();

      JsonNode list = json(api.get("/instances"));

      assertThat(list.findValuesAsText("id")).containsExactly(first, second);
      assertThat(list.get(0)).isEqualTo(json(api.get("/instances/" + first)));
    }

    @Test
    void answers404ForAnEmptyList() throws Exception {
      assertRefused(api.get("/instances"), 404);
    }

    @Test
    void hidesTheInstancesOfOtherAccounts() throws Exception {
      String id = other.createdId();

      assertRefused(api.get("/instances/" + id), 404);
      assertRefused(api.delete("/instances/" + id), 404);
      assertThat(simulator.world().find(id)).isPresent();
    }

    @Test
    void refusesAnEmptyId() throws Exception {
      assertRefused(api.get("/instances/"), 400);
      assertRefused(api.delete("/instances/"), 400);
      assertRefused(api.post("/instances//start"), 400);
      assertRefused(api.get("/instances/%20"), 400);
    }

    @Test
    void refusesWhatIsNoEndpoint() throws Exception {
      assertRefused(api.get("/nonsense"), 404);
      assertRefused(api.post("/instances/tw-1/explode"), 404);
      assertRefused(api.get("/api/elsewhere"), 404);
    }

    @Test
    void answersTheTemplatesAndTheirZones() throws Exception {
      JsonNode templates = json(api.get("/templates"));

      assertThat(templates.findValuesAsText("id"))
          .contains("ubuntu-22-standard", "ubuntu-22-small", "debian-12-standard");
      assertThat(templates.get(0).properties().stream().map(Map.Entry::getKey))
          .containsExactly(
              "id",
              "name",
              "description",
              "machineType",
              "diskSizeGb",
              "diskType",
              "image",
              "region");
      assertThat(api.get("/templates/ubuntu-22-standard/zones").body())
          .isEqualTo("[\"us-central1-a\",\"us-central1-b\",\"us-central1-c\"]");
      assertRefused(api.get("/templates/no-such/zones"), 404);
    }

    @Test
    void carriesTheTimeOfItsOwnClock() throws Exception {
      HttpResponse<String> response = api.get("/templates");

      assertThat(response.headers().firstValue("Date")).contains("Fri, 02 Jan 2026 03:04:05 GMT");
    }

    @Test
    void answersLimitsAndQuotas() throws Exception {
      simulator.settings().maxInstances(7).limit(Operation.CREATE, 5, Duration.ofHours(1));

      JsonNode limits = json(api.get("/api/billing/v1/limits"));
      JsonNode quotas = json(api.get("/api/billing/v1/quotas"));

      JsonNode create = limits.at("/limits/compute-api/create");
      assertThat(create.path("value").asInt()).isEqualTo(5);
      assertThat(create.path("window").asText()).isEqualTo("hour");
      assertThat(limits.at("/limits/compute-api/list/value").asInt()).isEqualTo(-1);
      assertThat(quotas.at("/quotas/compute-api/max_instances/value").asInt()).isEqualTo(7);
      assertThat(quotas.path("customerId").asText()).isEqualTo(Account.DEFAULT.userId());
      assertThat(quotas.path("tierName").asText()).isNotEmpty();
    }
  }

  @Nested
  class Lagging {

    @BeforeEach
    void lag() {
      simulator.settings().listLag(Duration.ofSeconds(30));
    }

    @Test
    void missesAFreshInstanceThatAGetShows() throws Exception {
      String id = api.createdId();

      assertThat(api.get("/instances").statusCode()).isEqualTo(404);
      assertThat(api.get("/instances/" + id).statusCode()).isEqualTo(200);

      clock.advance(Duration.ofSeconds(30));
      assertThat(json(api.get("/instances")).findValuesAsText("id")).containsExactly(id);
    }

    @Test
    void showsTheOldStatus() throws Exception {
      String id = runningId();
      clock.advance(Duration.ofSeconds(30));
      api.post("/instances/" + id + "/stop");
      clock.advance(Duration.ofSeconds(10));

      assertThat(json(api.get("/instances")).at("/0/status").asText()).isEqualTo("RUNNING");
      assertThat(status(id)).isEqualTo("TERMINATED");

      clock.advance(Duration.ofSeconds(20));
      assertThat(json(api.get("/instances")).at("/0/status").asText()).isEqualTo("STOPPING");
    }

    @Test
    void showsADeletedInstance() throws Exception {
      String id = runningId();
      clock.advance(Duration.ofSeconds(30));
      api.delete("/instances/" + id);

      assertThat(json(api.get("/instances")).findValuesAsText("id")).containsExactly(id);

      clock.advance(Duration.ofSeconds(30));
      assertThat(api.get("/instances").statusCode()).isEqualTo(404);
    }
  }

  @Nested
  class Authenticating {

    @Test
    void acceptsAKeyPairWithHeaderNamesInAnyCase() throws Exception {
      try (ApiClient key =
          new ApiClient(simulator, "API-Key", "sim-key", "Api-SECRET", "sim-secret")) {
        assertThat(key.create("ubuntu-22-standard").statusCode()).isEqualTo(201);
      }

      Call call = simulator.journal().calls().getFirst();
      assertThat(call.account()).isEqualTo(Account.DEFAULT.userId());
      assertThat(call.authentication()).isEqualTo("key");
    }

    @Test
    void refusesBothMethodsAtOnce() throws Exception {
      try (ApiClient both =
          new ApiClient(
              simulator,
              "Authorization",
              "Bearer sim-token",
              "api-key",
              "sim-key",
              "api-secret",
              "sim-secret")) {
        assertRefused(both.get("/instances"), 400);
      }
    }

    @ParameterizedTest
    @CsvSource({
      "Authorization,Bearer wrong",
      "Authorization,Basic sim-token",
      "Authorization,sim-token",
      "api-key,sim-key",
      "api-secret,sim-secret",
      "x-other,nothing"
    })
    void refusesWhatIsMissingOrWrong(String name, String value) throws Exception {
      try (ApiClient wrong = new ApiClient(simulator, name, value)) {
        assertRefused(wrong.get("/instances"), 401);
        assertRefused(wrong.create("ubuntu-22-standard"), 401);
        assertRefused(wrong.get("/templates"), 401);
        assertRefused(wrong.get("/api/billing/v1/limits"), 401);
      }

      assertThat(simulator.journal().calls()).extracting(Call::account).containsOnly("none");
    }

    @Test
    void refusesAWrongSecret() throws Exception {
      try (ApiClient wrong =
          new ApiClient(simulator, "api-key", "sim-key", "api-secret", "other")) {
        assertRefused(wrong.get("/instances"), 401);
      }
    }

    @Test
    void followsRotationAndRevocation() throws Exception {
      try (ApiClient rotated = ApiClient.withToken(simulator, "next-token")) {
        simulator.accounts().rotateToken("sim-token", "next-token");

        assertRefused(api.get("/templates"), 401);
        assertThat(rotated.get("/templates").statusCode()).isEqualTo(200);

        simulator.accounts().revokeAll(Account.DEFAULT.userId());
        assertRefused(rotated.get("/templates"), 401);
      }
    }

    @Test
    void letsATokenBecomeAnotherAccounts() throws Exception {
      String id = api.createdId();

      simulator.accounts().addToken(OTHER_USER, "sim-token");

      assertRefused(api.get("/instances/" + id), 404);
      assertThat(simulator.journal().calls().getLast().account()).isEqualTo(OTHER_USER);
    }
  }

  @Nested
  class Limiting {

    @Test
    void refusesOneCallTooManyUntilTheWindowEnds() throws Exception {
      simulator.settings().limit(Operation.LIST, 2, Duration.ofMinutes(1));
      api.get("/instances");
      clock.advance(Duration.ofMillis(20_500));
      api.get("/instances");

      HttpResponse<String> third = api.get("/instances");

      assertRefused(third, 429);
      assertThat(third.headers().firstValue("Retry-After")).contains("40");
      clock.advance(Duration.ofSeconds(40));
      assertThat(api.get("/instances").statusCode()).isEqualTo(404);
    }

    @Test
    void countsAccountsAndOperationsApart() throws Exception {
      simulator.settings().limit(Operation.CREATE, 1, Duration.ofMinutes(1));
      api.createdId();

      assertRefused(api.create("ubuntu-22-standard"), 429);

      assertThat(other.create("ubuntu-22-standard").statusCode()).isEqualTo(201);
      assertThat(api.get("/instances").statusCode()).isEqualTo(200);
    }

    @Test
    void canBeChangedWhileItRuns() throws Exception {
      simulator.settings().limit(Operation.CREATE, 0, Duration.ofMinutes(1));
      assertRefused(api.create("ubuntu-22-standard"), 429);

      simulator.settings().unlimited(Operation.CREATE);

      assertThat(api.create("ubuntu-22-standard").statusCode()).isEqualTo(201);
    }
  }

  @Nested
  class Dialects {

    @Test
    void saysTheStatusInLowerCase() throws Exception {
      simulator.settings().quirks(Quirk.LOWER_CASE_STATUS);
      String id = stoppedId();

      assertThat(status(id)).isEqualTo("stopped");
      api.post("/instances/" + id + "/start");
      assertThat(status(id)).isEqualTo("staging");
    }

    @ParameterizedTest
    @CsvSource({
      "CUSTOMER_ID,userID customerID",
      "NO_USER_ID,",
    })
    void namesTheOwnerOtherwise(Quirk quirk, String fields) throws Exception {
      simulator.settings().quirks(quirk);

      JsonNode instance = json(api.create("ubuntu-22-standard"));

      assertThat(instance.has("userId")).isFalse();
      for (String field : fields == null ? new String[0] : fields.split(" ")) {
        assertThat(instance.path(field).asText()).isEqualTo(Account.DEFAULT.userId());
      }
    }

    @Test
    void writesFieldsOtherwise() throws Exception {
      simulator
          .settings()
          .quirks(Quirk.SHORT_MACHINE_TYPE, Quirk.OFFSET_CREATED_AT, Quirk.UNKNOWN_FIELDS);

      JsonNode instance = json(api.create("ubuntu-22-standard"));

      assertThat(instance.path("machineType").asText()).isEqualTo("n1-standard-2");
      assertThat(instance.path("createdAt").asText()).isEqualTo("2026-01-02T05:04:05.678+02:00");
      assertThat(instance.size()).isGreaterThan(10);
      simulator.settings().quirks(Quirk.NO_CREATED_AT);
      assertThat(json(api.create("ubuntu-22-standard")).has("createdAt")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
      "CREATE_200,200,202,204",
      "POWER_200,201,200,204",
      "POWER_204,201,204,204",
      "DELETE_200,201,202,200",
      "DELETE_202,201,202,202"
    })
    void succeedsWithOtherCodes(Quirk quirk, int create, int power, int delete) throws Exception {
      simulator.settings().quirks(quirk);

      HttpResponse<String> created = api.create("ubuntu-22-standard");
      String path = "/instances/" + json(created).path("id").asText();
      clock.advance(Duration.ofSeconds(10));
      HttpResponse<String> powered = api.post(path + "/reset");
      HttpResponse<String> deleted = api.delete(path);

      assertThat(created.statusCode()).isEqualTo(create);
      assertThat(powered.statusCode()).isEqualTo(power);
      assertThat(powered.body().isEmpty()).isEqualTo(power != 200);
      assertThat(deleted.statusCode()).isEqualTo(delete);
      assertThat(deleted.body().isEmpty()).isEqualTo(delete != 200);
    }

    @ParameterizedTest
    @CsvSource({"EMPTY_LIST_ARRAY,[]", "EMPTY_LIST_NULL,null"})
    void answersAnEmptyListOtherwise(Quirk quirk, String body) throws Exception {
      simulator.settings().quirks(quirk);

      HttpResponse<String> response = api.get("/instances");

      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).isEqualTo(body);
    }

    @Test
    void explainsErrorsInTheBodyOnly() throws Exception {
      simulator.settings().quirks(Quirk.ERRORS_IN_BODY_ONLY);

      HttpResponse<String> response = api.get("/instances");

      assertThat(response.headers().firstValue("x-error")).isEmpty();
      JsonNode error = json(response).path("error");
      assertThat(error.path("message").asText()).contains("no instances");
      assertThat(error.path("code").asInt()).isEqualTo(404);
      assertThat(error.path("type").asText()).isNotEmpty();
    }

    @Test
    void explainsErrorsInBothPlacesOrNowhere() throws Exception {
      simulator.settings().quirks(Quirk.ERRORS_IN_BODY_TOO);
      HttpResponse<String> both = api.get("/instances");
      simulator.settings().quirks(Quirk.ERRORS_UNEXPLAINED);
      HttpResponse<String> none = api.get("/instances");

      assertThat(both.headers().firstValue("x-error")).isPresent();
      assertThat(json(both).at("/error/message").asText()).isNotEmpty();
      assertThat(none.statusCode()).isEqualTo(404);
      assertThat(none.headers().firstValue("x-error")).isEmpty();
      assertThat(none.body()).isEmpty();
    }

    @Test
    void followsTheFirstOfTwoThatContradictEachOther() throws Exception {
      simulator.settings().quirks(Quirk.values());

      HttpResponse<String> created = api.create("ubuntu-22-standard");
      String path = "/instances/" + json(created).path("id").asText();
      clock.advance(Duration.ofSeconds(10));

      assertThat(json(created).has("userID")).isTrue();
      assertThat(api.post(path + "/reset").statusCode()).isEqualTo(200);
      assertThat(api.delete(path).statusCode()).isEqualTo(200);
      assertThat(api.get("/instances").body()).isEqualTo("[]");
      assertThat(json(api.get(path)).at("/error/code").asInt()).isEqualTo(404);
    }

    @Test
    void answersMissingCredentialsAsTheTableOfCreateSays() throws Exception {
      simulator.settings().quirks(Quirk.MISSING_CREDENTIALS_403);

      try (ApiClient nobody = new ApiClient(simulator)) {
        assertRefused(nobody.create("ubuntu-22-standard"), 403);
      }
    }
  }

  @Nested
  class BehindTheBack {

    @Test
    void changesTheWorldAndSaysSo() throws Exception {
      String id = runningId();
      simulator.world().stop(id);
      assertThat(status(id)).isEqualTo("STOPPING");
      clock.advance(Duration.ofSeconds(10));
      simulator.world().start(id);
      assertThat(status(id)).isEqualTo("STAGING");
      simulator.world().force(id, MachineState.SUSPENDED);
      assertThat(status(id)).isEqualTo("SUSPENDED");
      simulator.world().delete(id);
      assertRefused(api.get("/instances/" + id), 404);

      assertThat(simulator.journal().outOfBand())
          .extracting(Call::operation)
          .containsExactly(Operation.STOP, Operation.START, Operation.OTHER, Operation.DELETE);
      assertThat(simulator.journal().changes())
          .extracting(Call::operation)
          .containsExactly(Operation.CREATE);
    }

    @Test
    void addsInstancesThatNobodyAskedFor() throws Exception {
      Machine foreign =
          simulator
              .world()
              .add(
                  Account.DEFAULT.userId(),
                  "ubuntu-22-small",
                  "us-central1-c",
                  MachineState.TERMINATED);

      JsonNode list = json(api.get("/instances"));

      assertThat(list.at("/0/id").asText()).isEqualTo(foreign.id());
      assertThat(list.at("/0/status").asText()).isEqualTo("TERMINATED");
      assertThat(simulator.journal().changes()).isEmpty();
    }

    @Test
    void dropsAnEntryFromOneListOnly() throws Exception {
      String first = api.createdId();
      String second = api.createdId();
      simulator.world().dropFromListOnce(first);
      other.get("/instances");

      assertThat(json(api.get("/instances")).findValuesAsText("id")).containsExactly(second);
      assertThat(json(api.get("/instances")).findValuesAsText("id")).containsExactly(first, second);
    }
  }

  @Nested
  class Journaling {

    @Test
    void recordsEveryCallAndWhatItChanged() throws Exception {
      String id = runningId();
      api.post("/instances/" + id + "/stop");
      api.get("/instances/" + id);

      List<Call> calls = simulator.journal().calls();

      assertThat(calls)
          .extracting(Call::operation)
          .containsExactly(Operation.CREATE, Operation.STOP, Operation.GET);
      assertThat(calls).extracting(Call::status).containsExactly(201, 202, 200);
      assertThat(calls).allMatch(Call::completed);
      assertThat(calls.get(0).change())
          .isEqualTo(
              new Change(
                  id, "ubuntu-22-standard", "us-central1-a", null, MachineState.PROVISIONING));
      assertThat(calls.get(1).change())
          .isEqualTo(
              new Change(
                  id,
                  "ubuntu-22-standard",
                  "us-central1-a",
                  MachineState.RUNNING,
                  MachineState.STOPPING));
      assertThat(calls.get(1).committedAt()).isEqualTo(clock.instant());
      assertThat(calls.get(2).change()).isNull();
      assertThat(simulator.journal().callsFor(id)).isEqualTo(calls);
      assertThat(simulator.journal().attempts()).hasSize(2);
      assertThat(simulator.journal().calls(Operation.GET)).containsExactly(calls.get(2));
    }

    @Test
    void rendersATimelineWithoutSecrets() throws Exception {
      String id = api.createdId();

      assertThat(simulator.journal().render())
          .contains("create", "201", "POST", "/api/compute/v1/instances", id, "PROVISIONING")
          .doesNotContain("sim-token");
      assertThat(Account.DEFAULT.toString()).doesNotContain("sim-");
    }

    @Test
    void knowsWhatCameAfterAMark() throws Exception {
      api.createdId();
      long mark = simulator.journal().mark();
      api.get("/templates");

      assertThat(simulator.journal().since(mark))
          .extracting(Call::operation)
          .containsExactly(Operation.TEMPLATES);
    }

    @Test
    void ordersManyCallsAtOnceByCommit() throws Exception {
      List<CompletableFuture<HttpResponse<String>>> running =
          new ArrayList<>(
              IntStream.range(0, 100)
                  .mapToObj(
                      i ->
                          api.sendLater(
                              "POST", "/instances", "{\"template_id\":\"ubuntu-22-small\"}"))
                  .toList());
      CompletableFuture.allOf(running.toArray(CompletableFuture[]::new)).join();

      List<Call> changes = simulator.journal().changes();

      assertThat(changes).hasSize(100);
      assertThat(changes).extracting(Call::commit).isSorted().doesNotHaveDuplicates();
      assertThat(changes).extracting(Call::subject).doesNotHaveDuplicates();
      assertThat(simulator.world().machines())
          .extracting(Machine::id)
          .containsExactlyElementsOf(changes.stream().map(Call::subject).toList());
    }

    @Test
    void keepsOnlyTheLatestWhereThatIsAskedFor() throws Exception {
      try (ComputeSimulator small = ComputeSimulator.builder().journalCapacity(2).start();
          ApiClient client = ApiClient.withToken(small, "sim-token")) {
        client.get("/templates");
        client.get("/instances");
        client.createdId();

        assertThat(small.journal().entries())
            .extracting(Call::operation)
            .containsExactly(Operation.LIST, Operation.CREATE);
      }
    }
  }

  @Test
  void refusesConnectionsWhileOfflineAndComesBackWithTheSameWorld() throws Exception {
    String id = api.createdId();

    simulator.offline();
    // A client of its own: one with an open connection would first notice that this one is gone.
    try (ApiClient fresh = ApiClient.withToken(simulator, "sim-token")) {
      assertThatThrownBy(() -> fresh.post("/instances/" + id + "/reset"))
          .isInstanceOf(ConnectException.class);
    }
    clock.advance(Duration.ofSeconds(10));
    simulator.online();

    try (ApiClient fresh = ApiClient.withToken(simulator, "sim-token")) {
      assertThat(json(fresh.get("/instances/" + id)).path("status").asText()).isEqualTo("RUNNING");
    }
    assertThat(simulator.journal().calls(Operation.RESET)).isEmpty();
  }

  @Test
  void answersUnderAnotherBasePath() throws Exception {
    try (ComputeSimulator elsewhere = ComputeSimulator.builder().basePath("v9/").start();
        ApiClient client = ApiClient.withToken(elsewhere, "sim-token")) {
      assertThat(elsewhere.url().getPath()).isEqualTo("/v9");
      assertThat(client.get("/templates").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void repeatsItsIdsWithASeed() throws Exception {
    List<String> ids = new ArrayList<>();
    for (int run = 0; run < 2; run++) {
      try (ComputeSimulator seeded = ComputeSimulator.builder().seed(42).start();
          ApiClient client = ApiClient.withToken(seeded, "sim-token")) {
        ids.add(client.createdId());
      }
    }

    assertThat(ids.get(0)).isEqualTo(ids.get(1));
  }
}
