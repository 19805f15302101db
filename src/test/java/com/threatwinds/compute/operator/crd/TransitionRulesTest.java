package com.threatwinds.compute.operator.crd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cel.common.CelValidationException;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntimeFactory;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which changes of a spec the API server refuses, by the rules that it is given. */
class TransitionRulesTest {

  private static final MapType OBJECT = MapType.create(SimpleType.STRING, SimpleType.DYN);

  private final CelCompiler compiler =
      CelCompilerFactory.standardCelCompilerBuilder()
          .setStandardMacros(CelStandardMacro.HAS)
          .addVar("self", OBJECT)
          .addVar("oldSelf", OBJECT)
          .build();

  private final List<ValidationRule> rules =
      DefinitionTest.committed()
          .getSpec()
          .getVersions()
          .getFirst()
          .getSchema()
          .getOpenAPIV3Schema()
          .getProperties()
          .get("spec")
          .getXKubernetesValidations();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "templateId=a                        | templateId=a                        | -",
        "templateId=a                        | templateId=b                        | templateId",
        "templateId=a                        | templateId=a zone=z                 | zone",
        "templateId=a zone=z                 | templateId=a                        | zone",
        "templateId=a zone=z                 | templateId=a zone=y                 | zone",
        "templateId=a zone=z                 | templateId=a zone=z                 | -",
        "templateId=a                        | templateId=a instanceId=i           | instanceId",
        "templateId=a instanceId=i           | templateId=a                        | instanceId",
        "templateId=a instanceId=i           | templateId=a instanceId=j           | instanceId",
        "templateId=a instanceId=i           | templateId=a instanceId=i           | -",
        "templateId=a                        | templateId=a power=Stopped          | -",
        "templateId=a power=Stopped          | templateId=a power=Running          | -",
        "templateId=a power=Stopped          | templateId=a                        | -",
        "templateId=a power=Reset            | templateId=a power=Reset powerRequestId=7 | -",
        "templateId=a deletionPolicy=Delete  | templateId=a deletionPolicy=Retain  | -",
        "templateId=a zone=z                 | templateId=b zone=y          | templateId zone",
      })
  void refuseTheChangeOfWhatCantBeChangedAndNoOther(String before, String after, String refused) {
    List<String> fields = refused == null ? List.of() : List.of(refused.split(" "));

    assertThat(refusals(spec(before), spec(after)))
        .hasSameSizeAs(fields)
        .allSatisfy(message -> assertThat(fields).anyMatch(message::startsWith));
  }

  @Test
  void sayWhatToDo() {
    assertThat(rules)
        .hasSize(3)
        .allSatisfy(
            rule ->
                assertThat(rule.getMessage())
                    .contains("can't be changed")
                    .containsPattern("(delete this ComputeInstance and )?create "));
  }

  private static Map<String, Object> spec(String text) {
    Map<String, Object> spec = new HashMap<>();
    for (String field : text.strip().split(" ")) {
      spec.put(field.substring(0, field.indexOf('=')), field.substring(field.indexOf('=') + 1));
    }
    return spec;
  }

  private List<String> refusals(Map<String, Object> before, Map<String, Object> after) {
    return rules.stream()
        .filter(rule -> !holds(rule, before, after))
        .map(ValidationRule::getMessage)
        .toList();
  }

  private boolean holds(
      ValidationRule rule, Map<String, Object> before, Map<String, Object> after) {
    try {
      return (boolean)
          CelRuntimeFactory.standardCelRuntimeBuilder()
              .build()
              .createProgram(compiler.compile(rule.getRule()).getAst())
              .eval(Map.of("self", after, "oldSelf", before));
    } catch (CelValidationException | CelEvaluationException e) {
      throw new AssertionError(rule.getRule(), e);
    }
  }
}
