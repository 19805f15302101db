package com.threatwinds.compute.operator.argocd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same scripts on the interpreter of Lua 5.1, which is the language that Argo CD's understands;
 * the other tests run them on one of Lua 5.2. Skipped where there is none (Debian: lua5.1).
 */
class Lua51Test {

  private static final YAMLMapper YAML = new YAMLMapper();
  private static final Customization SCRIPTS = new Customization();

  /** Prints what the script returns, a line for each value; the libraries are taken away before. */
  private static final String FRAME =
      """
      local write = io.write
      local date = os.date
      local now = %d
      package.loaded.os = { date = function(format) return date(format, now) end }
      string, math, io, os, coroutine, debug = nil, nil, nil, nil, nil, nil
      getmetatable("").__index = nil
      obj = %s
      local returned = (function()
      %s
      end)()
      local function show(path, value)
        if type(value) == "table" then
          for key, one in pairs(value) do
            show(path .. "/" .. tostring(key), one)
          end
        else
          write(path, "=", tostring(value), "\\n")
        end
      end
      show("", returned)
      """;

  static List<Path> resources() throws IOException {
    try (Stream<Path> files = Files.walk(Customization.DIRECTORY)) {
      return files.filter(file -> file.getParent().endsWith("testdata")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("resources")
  void theScriptsSayTheSame(Path file, @TempDir Path directory) throws Exception {
    String lua = lua();
    JsonNode resource = YAML.readTree(file.toFile());
    ResourceHealth health = SCRIPTS.health(resource);

    assertThat(run(lua, directory, Customization.HEALTH, resource))
        .isEqualTo(Map.of("/status", health.status().toString(), "/message", health.message()));
    assertThat(run(lua, directory, Customization.DISCOVERY, resource))
        .isEqualTo(shown(YAML.valueToTree(SCRIPTS.discover(resource))));
    for (Map.Entry<String, Path> action : Customization.actionFiles().entrySet()) {
      assertThat(run(lua, directory, action.getValue(), resource))
          .as(action.getKey())
          .isEqualTo(shown(SCRIPTS.act(action.getKey(), resource)));
    }
  }

  private static String lua() {
    String found =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .map(directory -> Path.of(directory, "lua5.1"))
            .filter(Files::isExecutable)
            .map(Path::toString)
            .findFirst()
            .orElse("");
    assumeThat(found).as("lua5.1 is not on the PATH").isNotEmpty();
    return found;
  }

  private static Map<String, String> run(String lua, Path directory, Path script, JsonNode resource)
      throws Exception {
    Path program =
        Files.writeString(
            directory.resolve("program.lua"),
            FRAME.formatted(
                LuaScript.NOW.getEpochSecond(), literal(resource), Customization.text(script)));
    Process process = new ProcessBuilder(lua, program.toString()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    Map<String, String> values = new TreeMap<>();
    output.lines().forEach(line -> values.put(line.split("=", 2)[0], line.split("=", 2)[1]));
    return values;
  }

  private static String literal(JsonNode node) {
    if (node.isObject()) {
      var fields = new StringBuilder("{");
      node.properties()
          .forEach(
              e ->
                  fields
                      .append("[\"" + e.getKey() + "\"] = ")
                      .append(literal(e.getValue()))
                      .append(","));
      return fields.append("}").toString();
    }
    if (node.isArray()) {
      var elements = new StringBuilder("{");
      node.forEach(element -> elements.append(literal(element)).append(","));
      return elements.append("}").toString();
    }
    return node.toString(); // A text of JSON without control characters is one of Lua.
  }

  private static Map<String, String> shown(JsonNode node) {
    Map<String, String> values = new TreeMap<>();
    show("", node, values);
    return values;
  }

  private static void show(String path, JsonNode node, Map<String, String> into) {
    if (node.isObject()) {
      node.properties().forEach(e -> show(path + "/" + e.getKey(), e.getValue(), into));
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        show(path + "/" + (i + 1), node.get(i), into);
      }
    } else {
      into.put(path, node.asText());
    }
  }
}
