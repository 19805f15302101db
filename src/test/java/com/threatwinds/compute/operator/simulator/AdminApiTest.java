package com.threatwinds.compute.operator.simulator;

import static com.threatwinds.compute.operator.simulator.ApiClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The control that a script has, over HTTP. */
class AdminApiTest {

  private final ComputeSimulator simulator =
      ComputeSimulator.builder().settings(settings -> settings.delays(Duration.ZERO)).start();
  private final ApiClient api = ApiClient.withToken(simulator, "sim-token");
  private final ApiClient admin = new ApiClient(simulator);

  @AfterEach
  void close() {
    api.close();
    admin.close();
    simulator.close();
  }

  @Test
  void exportsTheJournal() throws Exception {
    String id = api.createdId();
    api.get("/instances");

    JsonNode all = json(admin.get("/_sim/journal"));
    JsonNode changes = json(admin.get("/_sim/journal?changes=true"));
    JsonNode lists = json(admin.get("/_sim/journal?op=list"));
    String text = admin.get("/_sim/journal?format=text").body();

    assertThat(all).hasSize(2);
    assertThat(changes).hasSize(1);
    assertThat(lists).hasSize(1);
    assertThat(json(admin.get("/_sim/journal?since=" + changes.at("/0/commit").asLong())))
        .isEqualTo(lists);
    JsonNode create = changes.get(0);
    assertThat(create.path("operation").asText()).isEqualTo("create");
    assertThat(create.path("instanceId").asText()).isEqualTo(id);
    assertThat(create.path("status").asInt()).isEqualTo(201);
    assertThat(create.path("committed").asBoolean()).isTrue();
    assertThat(create.at("/change/templateId").asText()).isEqualTo("ubuntu-22-standard");
    assertThat(create.at("/change/to").asText()).isEqualTo("PROVISIONING");
    assertThat(text).isEqualTo(simulator.journal().render());
  }

  @Test
  void forgetsTheJournal() throws Exception {
    api.createdId();

    assertThat(admin.delete("/_sim/journal").statusCode()).isEqualTo(204);

    assertThat(simulator.journal().entries()).isEmpty();
  }

  @Test
  void showsAndChangesInstancesBehindTheBack() throws Exception {
    String id = api.createdId();

    assertThat(json(admin.get("/_sim/instances")).at("/0/status").asText()).isEqualTo("RUNNING");
    assertThat(admin.post("/_sim/instances/" + id + "/stop").statusCode()).isEqualTo(204);
    assertThat(json(admin.get("/_sim/instances")).at("/0/status").asText()).isEqualTo("TERMINATED");
    assertThat(admin.post("/_sim/instances/" + id + "/start").statusCode()).isEqualTo(204);
    assertThat(admin.post("/_sim/instances/" + id + "/force?state=suspended").statusCode())
        .isEqualTo(204);
    assertThat(json(admin.get("/_sim/instances")).at("/0/status").asText()).isEqualTo("SUSPENDED");
    assertThat(admin.post("/_sim/instances/" + id + "/delete").statusCode()).isEqualTo(204);
    assertThat(json(admin.get("/_sim/instances"))).isEmpty();
    assertThat(simulator.journal().outOfBand()).hasSize(4);
  }

  @Test
  void addsAForeignInstanceAndDropsItFromOneList() throws Exception {
    HttpResponse<String> added =
        admin.send("POST", "/_sim/instances", "{\"templateId\":\"ubuntu-22-small\"}");
    String id = json(added).path("id").asText();
    admin.post("/_sim/instances/" + id + "/drop-once");

    assertThat(added.statusCode()).isEqualTo(201);
    assertThat(api.get("/instances").statusCode()).isEqualTo(404);
    assertThat(json(api.get("/instances")).at("/0/id").asText()).isEqualTo(id);
  }

  @Test
  void putsFaultsInAndTakesThemOut() throws Exception {
    HttpResponse<String> put =
        admin.send(
            "POST",
            "/_sim/faults",
            "{\"operation\":[\"templates\",\"list\"],\"times\":-1,\"what\":\"status\","
                + "\"status\":429,\"retryAfter\":\"tomorrow\"}");

    assertThat(put.statusCode()).isEqualTo(201);
    HttpResponse<String> struck = api.get("/templates");
    assertThat(struck.statusCode()).isEqualTo(429);
    assertThat(struck.headers().firstValue("Retry-After")).contains("tomorrow");
    assertThat(json(admin.get("/_sim/faults")).at("/0/hits").asInt()).isEqualTo(1);
    String number = json(put).path("number").asText();
    assertThat(admin.delete("/_sim/faults/" + number).statusCode()).isEqualTo(204);
    assertThat(api.get("/templates").statusCode()).isEqualTo(200);
  }

  @Test
  void resetsAfterTheCommit() throws Exception {
    admin.send(
        "POST", "/_sim/faults", "{\"operation\":\"create\",\"when\":\"after\",\"what\":\"reset\"}");

    assertThatThrownBy(() -> api.create("ubuntu-22-small")).isInstanceOf(IOException.class);

    assertThat(simulator.world().machines()).hasSize(1);
  }

  @Test
  void releasesWhatItHolds() throws Exception {
    String number =
        json(admin.send("POST", "/_sim/faults", "{\"what\":\"hold\",\"operation\":\"templates\"}"))
            .path("number")
            .asText();
    CompletableFuture<HttpResponse<String>> held = api.sendLater("GET", "/templates", "");
    simulator.faults().all().getFirst().awaitHit(Duration.ofSeconds(10));

    admin.post("/_sim/faults/" + number + "/release");

    assertThat(held.get().statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "reset|RESET",
        "half|HALF",
        "drop|HANG, DROP",
        "drip|DRIP",
        "respond|RESPOND 200",
        "redirect|REDIRECT 302",
        "huge|HUGE 100000000",
        "headers|HEADERS"
      })
  void knowsEveryKindOfFault(String what, String described) throws Exception {
    HttpResponse<String> put = admin.send("POST", "/_sim/faults", "{\"what\":\"" + what + "\"}");

    assertThat(json(put).path("what").asText()).isEqualToIgnoringCase(described);
    assertThat(admin.delete("/_sim/faults").statusCode()).isEqualTo(204);
    assertThat(simulator.faults().all()).isEmpty();
  }

  @Test
  void changesTheConfiguration() throws Exception {
    HttpResponse<String> patched =
        admin.send(
            "PATCH",
            "/_sim/config",
            """
            {"provisioning":"2s","listLag":"250ms","maxInstances":3,
             "limits":{"create":"5/minute"},"quirks":["lower-case-status"],
             "credentials":[{"revokeTokens":["sim-token"],"addTokens":["next"],
                             "addKeys":{"k2":"s2"}}]}
            """);

    assertThat(patched.statusCode()).isEqualTo(200);
    Settings settings = simulator.settings();
    assertThat(settings.provisioning()).isEqualTo(Duration.ofSeconds(2));
    assertThat(settings.listLag()).isEqualTo(Duration.ofMillis(250));
    assertThat(settings.maxInstances()).isEqualTo(3);
    assertThat(settings.limit(Operation.CREATE)).isEqualTo(new RateLimit(5, Duration.ofMinutes(1)));
    assertThat(settings.quirks()).containsExactly(Quirk.LOWER_CASE_STATUS);
    assertThat(api.get("/templates").statusCode()).isEqualTo(401);
    try (ApiClient next = ApiClient.withToken(simulator, "next");
        ApiClient key = new ApiClient(simulator, "api-key", "k2", "api-secret", "s2")) {
      assertThat(next.get("/templates").statusCode()).isEqualTo(200);
      assertThat(key.get("/templates").statusCode()).isEqualTo(200);
    }
    assertThat(admin.get("/_sim/config").body())
        .contains("PT2S", "5/minute", "LOWER_CASE_STATUS")
        .doesNotContain("next", "s2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST|/_sim/faults|{\"what\":\"explode\"}|400",
        "POST|/_sim/faults|{\"what\":\"reset\",\"operatoin\":\"create\"}|400",
        "POST|/_sim/faults|{\"what\":\"reset\",\"operation\":\"nonsense\"}|400",
        "POST|/_sim/faults|{\"what\":\"status\",\"when\":\"answered\"}|400",
        "POST|/_sim/faults|nonsense|400",
        "DELETE|/_sim/faults/99||404",
        "POST|/_sim/faults/x/release||400",
        "PATCH|/_sim/config|{\"nonsense\":1}|400",
        "PATCH|/_sim/config|{\"provisioning\":\"soon\"}|400",
        "PATCH|/_sim/config|{\"maxInstances\":\"3\"}|400",
        "PATCH|/_sim/config|{\"quirks\":[\"nonsense\"]}|400",
        "GET|/_sim/journal?op=nonsense||400",
        "POST|/_sim/instances/tw-1/stop||404",
        "POST|/_sim/instances|{\"templateId\":\"no-such\"}|404",
        "GET|/_sim/nonsense||404"
      })
  void refusesWhatItDoesNotUnderstand(String method, String path, String body, int status)
      throws Exception {
    HttpResponse<String> response = admin.send(method, path, body == null ? "" : body);

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(json(response).path("message").asText()).isNotEmpty();
    assertThat(simulator.faults().all()).isEmpty();
    assertThat(simulator.journal().entries()).isEmpty();
  }
}
