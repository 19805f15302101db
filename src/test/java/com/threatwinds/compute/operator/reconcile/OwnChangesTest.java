package com.threatwinds.compute.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.Power;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnChangesTest {

  private final OwnChanges filter = new OwnChanges();
  private final Wish wish = Wish.plain();
  private final ComputeInstance before = wish.resource(StatusRows.running(wish));

  private static ComputeInstance copy(ComputeInstance of) {
    return Resources.copyOf(of, of.getStatus());
  }

  @Test
  void whatOthersKeepInTheMetadataIsNotWorthAPass() {
    ComputeInstance now = copy(before);
    now.getMetadata().setResourceVersion("2");
    now.getMetadata().setLabels(Map.of("team", "blue"));
    now.getMetadata().setAnnotations(Map.of("kubectl.kubernetes.io/last-applied", "{}"));

    assertThat(filter.accept(now, before)).isFalse();
  }

  @Test
  void anEmptyListOfAnnotationsIsAsGoodAsNone() {
    before.getMetadata().setAnnotations(null);
    ComputeInstance now = copy(before);
    now.getMetadata().setAnnotations(Map.of());

    assertThat(filter.accept(now, before)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        Annotations.PAUSED,
        Annotations.RESTART_REQUESTED,
        Annotations.RESET_REQUESTED,
        Annotations.INSTANCE_ID,
        Annotations.RESOLVE_CREATE
      })
  void eachAnnotationOfOursIs(String annotation) {
    ComputeInstance set = wish.annotated(annotation, "1").resource(before.getStatus());
    ComputeInstance changed = wish.annotated(annotation, "2").resource(before.getStatus());

    assertThat(filter.accept(set, before)).as("set").isTrue();
    assertThat(filter.accept(changed, set)).as("changed").isTrue();
    assertThat(filter.accept(before, set)).as("removed").isTrue();
    assertThat(filter.accept(copy(set), set)).as("the same").isFalse();
  }

  @Test
  void aChangedSpecIs() {
    ComputeInstance edited = wish.power(Power.STOPPED).resource(before.getStatus());

    assertThat(filter.accept(edited, before)).isTrue();
  }

  @Test
  void aNewGenerationIsEvenIfWeSeeNoDifference() {
    assertThat(filter.accept(wish.generation(2).resource(before.getStatus()), before)).isTrue();
  }

  @Test
  void aDeletionIs() {
    assertThat(filter.accept(wish.deleted().resource(before.getStatus()), before)).isTrue();
  }

  @Test
  void aFinalizerThatCameOrWentIs() {
    ComputeInstance now = copy(before);
    now.getMetadata().setFinalizers(List.of());

    assertThat(filter.accept(now, before)).isTrue();
  }

  @Test
  void anotherResourceOfTheSameNameIs() {
    ComputeInstance now = copy(before);
    now.getMetadata().setUid("another");

    assertThat(filter.accept(now, before)).isTrue();
  }

  @Test
  void aStatusThatSomebodyElseWroteIs() {
    assertThat(filter.accept(wish.resource(null), before)).isTrue();
  }

  @Test
  void anEqualStatusIsNot() {
    assertThat(filter.accept(wish.resource(StatusRows.running(wish)), before)).isFalse();
  }
}
