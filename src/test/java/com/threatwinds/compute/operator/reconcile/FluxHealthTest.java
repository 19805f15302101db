package com.threatwinds.compute.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.threatwinds.compute.operator.reconcile.StatusRows.Row;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntimeFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The health expressions for Flux in {@code docs/gitops.md}, evaluated as Flux does: the first of
 * in progress, failed and current that is true, and waiting where none is or one can't be told.
 */
class FluxHealthTest {

  private static final Path GUIDE = Path.of("docs", "gitops.md");
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_LONG_FOR_INTS);

  private static final CelCompiler COMPILER =
      CelCompilerFactory.standardCelCompilerBuilder()
          .setStandardMacros(CelStandardMacro.HAS, CelStandardMacro.EXISTS)
          .addVar("metadata", SimpleType.DYN)
          .addVar("status", SimpleType.DYN)
          .build();

  private final JsonNode expressions = expressions();

  static List<Row> rows() {
    return StatusRows.all().stream().filter(row -> !row.wish().deleting()).toList();
  }

  private static JsonNode expressions() {
    try {
      Matcher block =
          Pattern.compile("(?s)```yaml\n([^`]*healthCheckExprs[^`]*)```")
              .matcher(Files.readString(GUIDE));
      assertThat(block.find()).isTrue();
      return YAML.readTree(block.group(1)).path("spec").path("healthCheckExprs").get(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void isWhatKStatusSays(Row row) {
    assertThat(health(row.resource())).isEqualTo(row.kstatus());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void anEditIsWaitedForWhateverWasSaidBefore(Row row) {
    ObjectNode resource = row.resource().deepCopy();
    resource.withObject("metadata").put("generation", 99);

    assertThat(health(resource)).isEqualTo(KStatus.IN_PROGRESS);
  }

  @Test
  void aResourceThatNobodyLookedAtIsWaitedForUnlikeByKStatus() {
    ObjectNode resource = JSON.valueToTree(Wish.plain().resource(null));
    resource.remove("status");

    assertThat(health(resource)).isEqualTo(KStatus.IN_PROGRESS);
    assertThat(KStatus.of(resource)).isEqualTo(KStatus.CURRENT);
  }

  private KStatus health(JsonNode resource) {
    Map<String, Object> object = new HashMap<>();
    resource
        .properties()
        .forEach(e -> object.put(e.getKey(), JSON.convertValue(e.getValue(), Object.class)));
    try {
      return is("inProgress", object)
          ? KStatus.IN_PROGRESS
          : is("failed", object)
              ? KStatus.FAILED
              : is("current", object) ? KStatus.CURRENT : KStatus.IN_PROGRESS;
    } catch (CelEvaluationException e) {
      return KStatus.IN_PROGRESS;
    }
  }

  private boolean is(String what, Map<String, Object> object) throws CelEvaluationException {
    try {
      Object value =
          CelRuntimeFactory.standardCelRuntimeBuilder()
              .build()
              .createProgram(COMPILER.compile(expressions.path(what).textValue()).getAst())
              .eval(object);
      if (value instanceof Boolean truth) {
        return truth;
      }
      // This interpreter calls unknown what is an error in Flux's.
      throw new CelEvaluationException("unknown: " + value);
    } catch (CelValidationException e) {
      throw new AssertionError(e);
    }
  }
}
