package com.threatwinds.compute.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateNameTest {

  /** As the API server checks names: RFC 1123, at most 253 characters. */
  private static final String SUBDOMAIN =
      "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";

  private static final String OF_AN_ID = "ABCXYZabcxyz0189._-";

  @ParameterizedTest
  @ValueSource(strings = {"ubuntu-22-standard", "7", "a.b-c.9", "x--0123456789abcde", "a--b"})
  void isTheIdWhereThatIsAName(String id) {
    assertThat(TemplateName.of(id).value()).isEqualTo(id);
  }

  @ParameterizedTest
  @CsvSource({
    "Ubuntu_22, ubuntu-22",
    "a., a",
    "a..b, a-b",
    "a-, a",
    "A, a",
    "a--0123456789abcdef, a-0123456789abcdef",
  })
  void isReadableAndHasDigitsWhereThatIsNone(String id, String readable) {
    assertThat(TemplateName.of(id).value()).matches(readable + "--[0-9a-f]{16}");
  }

  @Test
  void isStableSinceResourcesBearIt() {
    assertThat(TemplateName.of("Ubuntu_22").value()).isEqualTo("ubuntu-22--fd853baa30bdd0d8");
  }

  @Test
  void isAlwaysANameAndNeverThatOfAnotherId() {
    Map<TemplateName, String> ids = new HashMap<>();
    for (String id : ids(new Random(20261126), 50_000)) {
      TemplateName name = TemplateName.of(id);

      assertThat(name.value()).as(id).matches(SUBDOMAIN).hasSizeLessThanOrEqualTo(253);
      assertThat(TemplateName.of(id)).isEqualTo(name);
      assertThat(ids.putIfAbsent(name, id)).as("%s and %s", ids.get(name), id).isNull();
      // Nor is it itself an id that keeps its name.
      if (!name.value().equals(id)) {
        assertThat(TemplateName.of(name.value())).isNotEqualTo(name);
      }
    }
  }

  /** Short ones, which are near each other, and long ones; and the names of some as ids. */
  private static Set<String> ids(Random random, int count) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = random.nextInt(4) > 0 ? 1 + random.nextInt(6) : 1 + random.nextInt(128);
      StringBuilder id = new StringBuilder();
      for (int c = 0; c < length; c++) {
        id.append(OF_AN_ID.charAt(random.nextInt(c == 0 ? 16 : OF_AN_ID.length())));
      }
      ids.add(id.toString());
      if (i % 10 == 0) {
        ids.add(TemplateName.of(id.toString()).value());
      }
    }
    return new HashSet<>(ids);
  }
}
