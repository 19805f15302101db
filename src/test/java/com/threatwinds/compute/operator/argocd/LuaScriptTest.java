package com.threatwinds.compute.operator.argocd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.threatwinds.compute.operator.argocd.LuaScript.Libraries;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.luaj.vm2.LuaError;

/** What scripts are run on is as strict as Argo CD is. */
class LuaScriptTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static JsonNode run(String script, Libraries libraries) {
    return new LuaScript("script", script).run(JSON.createObjectNode(), libraries);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "return string.sub('text', 1)",
        "return ('text'):sub(1)",
        "local s = 'text' return s.len",
        "return math.floor(1.5)",
        "return os.date('!%Y')",
        "return coroutine.create(print)",
        "return require('string').sub('text', 1)"
      })
  void whatArgoCdDoesNotOpenIsNotThere(String script) {
    run("return string.sub('text', 1)", Libraries.ALL);

    assertThatThrownBy(() -> run(script, Libraries.FEW)).isInstanceOf(LuaError.class);
  }

  @ParameterizedTest
  @EnumSource(Libraries.class)
  void theTimeIsThereForThoseWhoRequireIt(Libraries libraries) {
    assertThat(run("return require('os').date('!%Y-%m-%dT%H:%M:%SZ')", libraries).textValue())
        .isEqualTo(LuaScript.NOW.toString());
  }

  @ParameterizedTest
  @EnumSource(Libraries.class)
  void whatOneScriptLeavesIsNotThereForTheNext(Libraries libraries) {
    run("left = true return left", libraries);

    assertThat(run("return left", libraries).isNull()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Libraries.class)
  void aResourceComesBackWithTheLossesOfArgoCd(Libraries libraries) throws IOException {
    JsonNode resource =
        JSON.readTree(
            "{\"text\": \"\u00e9\", \"number\": 3, \"part\": 1.5, \"truth\": true, \"none\": null,"
                + " \"list\": [{\"a\": 1}, \"b\"], \"empty\": {}, \"nothing\": []}");

    assertThat(new LuaScript("script", "return obj").run(resource, libraries))
        .isEqualTo(
            JSON.readTree(
                "{\"text\": \"\u00e9\", \"number\": 3, \"part\": 1.5, \"truth\": true,"
                    + " \"list\": [{\"a\": 1}, \"b\"], \"empty\": [], \"nothing\": []}"));
  }

  @Test
  void anErrorOfAScriptIsAnError() {
    assertThatThrownBy(() -> run("return nothing.here", Libraries.ALL))
        .isInstanceOf(LuaError.class);
  }
}
