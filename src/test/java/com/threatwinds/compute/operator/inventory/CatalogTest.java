package com.threatwinds.compute.operator.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.compute.Template;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CatalogTest {

  private final NanoClock clock = new NanoClock();
  private final ModelApi api = new ModelApi();
  private final Catalog catalog = new Catalog(api, clock);

  @Test
  void aBurstOfOrdersCostsTwoCalls() throws ComputeApiException {
    for (int i = 0; i < 100; i++) {
      catalog.template(ModelApi.TEMPLATE);
      catalog.zones(ModelApi.TEMPLATE, ModelApi.ZONE);
    }

    assertThat(api.calls()).containsExactly("templates", "zones " + ModelApi.TEMPLATE);
  }

  @Test
  void knowsATemplateByItsId() throws ComputeApiException {
    assertThat(catalog.template("large")).map(Template::machineType).hasValue("e2-large");
    assertThat(catalog.template("none")).isEmpty();
    assertThat(catalog.templateIds()).containsExactly("large", "small");
  }

  @Test
  void readsAgainWhatIsOld() throws ComputeApiException {
    catalog.template(ModelApi.TEMPLATE);
    catalog.zones(ModelApi.TEMPLATE, ModelApi.ZONE);
    clock.advance(Duration.ofMinutes(10));

    catalog.template(ModelApi.TEMPLATE);
    catalog.zones(ModelApi.TEMPLATE, ModelApi.ZONE);

    assertThat(api.count(Operation.TEMPLATES)).isEqualTo(2);
    assertThat(api.count(Operation.ZONES)).isEqualTo(2);
  }

  @Test
  void looksForAnUnknownTemplateAgainButNotForEachWhoAsks() throws ComputeApiException {
    catalog.template(ModelApi.TEMPLATE);
    clock.advance(Duration.ofSeconds(15));

    for (int i = 0; i < 100; i++) {
      catalog.template("none");
    }

    assertThat(api.count(Operation.TEMPLATES)).isEqualTo(2);
  }

  @Test
  void looksForAMissingZoneAgainButNotForEachWhoAsks() throws ComputeApiException {
    catalog.zones(ModelApi.TEMPLATE, ModelApi.ZONE);
    clock.advance(Duration.ofSeconds(15));

    for (int i = 0; i < 100; i++) {
      assertThat(catalog.zones(ModelApi.TEMPLATE, "nowhere")).doesNotContain("nowhere");
    }

    assertThat(api.count(Operation.ZONES)).isEqualTo(2);
  }

  @Test
  void aFailureIsToldAndNotKept() throws ComputeApiException {
    api.fail(Errors.unavailable(Operation.TEMPLATES, 503));

    assertThatThrownBy(() -> catalog.template(ModelApi.TEMPLATE))
        .isInstanceOf(ComputeApiException.Unavailable.class);

    assertThat(catalog.template(ModelApi.TEMPLATE)).isPresent();
  }

  @Test
  void readsTheTemplatesAgainWhenOneOfThemHasNoZonesAnyMore() throws ComputeApiException {
    catalog.template(ModelApi.TEMPLATE);
    clock.advance(Duration.ofSeconds(15));
    api.fail(Errors.notFound(Operation.ZONES));

    assertThatThrownBy(() -> catalog.zones(ModelApi.TEMPLATE, ModelApi.ZONE))
        .isInstanceOf(ComputeApiException.NotFound.class);
    catalog.template(ModelApi.TEMPLATE);

    assertThat(api.count(Operation.TEMPLATES)).isEqualTo(2);
  }
}
