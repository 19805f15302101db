package com.threatwinds.compute.operator.decision;

import static com.threatwinds.compute.operator.api.v1alpha1.Power.RESET;
import static com.threatwinds.compute.operator.api.v1alpha1.Power.RESTART;
import static com.threatwinds.compute.operator.decision.Given.asked;
import static com.threatwinds.compute.operator.decision.Given.bound;
import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.decision.Given.Asked;
import com.threatwinds.compute.operator.decision.PowerRequest.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The memory of requests: nothing but a new one is ever sent. */
class PowerRequestTest {

  /** What is remembered, from one change of the resource to the next. */
  private List<String> memory = List.of();

  /** The resource is so from now on: what was sent because of it. */
  private List<String> sees(Asked asked) {
    Desired desired = asked.desired();
    List<PowerRequest> pending = PowerRequest.pending(desired, bound().handled(memory).status());
    memory = PowerRequest.remember(desired, bound().handled(memory).status(), pending);
    return pending.stream().map(PowerRequest::mark).toList();
  }

  // -- what is a request

  @ParameterizedTest
  @EnumSource(names = {"RUNNING", "STOPPED"})
  void statesAreNoRequests(Power state) {
    assertThat(PowerRequest.standing(asked().power(state).requestId("a").desired())).isEmpty();
  }

  @Test
  void standInTheOrderOfTheirHandling() {
    Desired desired = asked().power(RESET).requestId("a").restart("b").reset("c").desired();

    assertThat(PowerRequest.standing(desired))
        .extracting(PowerRequest::mark)
        .containsExactly("spec/Reset/a", "annotation/Restart/b", "annotation/Reset/c");
  }

  @Test
  void askForTheCallOfTheirName() {
    assertThat(new PowerRequest(Source.SPEC, RESTART, Optional.empty()).call())
        .isEqualTo(Operation.RESTART);
    assertThat(new PowerRequest(Source.ANNOTATION, RESET, Optional.of("a")).call())
        .isEqualTo(Operation.RESET);
  }

  // -- a value without an id

  @Test
  void aValueIsOneRequestForAsLongAsItStands() {
    assertThat(sees(asked().power(RESTART))).containsExactly("spec/Restart");

    assertThat(sees(asked().power(RESTART))).isEmpty();
    assertThat(sees(asked().power(RESTART).generation(99))).isEmpty();
  }

  @Test
  void aValueIsANewRequestOnceAnotherStoodInBetween() {
    sees(asked().power(RESTART));

    assertThat(sees(asked().power(Power.RUNNING))).isEmpty();
    assertThat(sees(asked().power(RESTART))).containsExactly("spec/Restart");
    assertThat(sees(asked().power(RESET))).containsExactly("spec/Reset");
    assertThat(sees(asked().power(RESTART))).containsExactly("spec/Restart");
    assertThat(sees(asked())).isEmpty();
    assertThat(sees(asked().power(RESTART))).containsExactly("spec/Restart");
  }

  @Test
  void aValueThatStandsIsNeverForgottenWhateverElseIsAsked() {
    sees(asked().power(RESTART));

    for (int i = 0; i < 50; i++) {
      assertThat(sees(asked().power(RESTART).reset("r" + i)))
          .containsExactly("annotation/Reset/r" + i);
    }

    assertThat(sees(asked().power(RESTART))).isEmpty();
  }

  // -- a value with an id

  @Test
  void anIdIsARequestOnceAndForGood() {
    assertThat(sees(asked().power(RESTART).requestId("a"))).containsExactly("spec/Restart/a");
    assertThat(sees(asked().power(RESTART).requestId("b"))).containsExactly("spec/Restart/b");

    assertThat(sees(asked().power(RESTART).requestId("a"))).isEmpty();
    assertThat(sees(asked().power(Power.RUNNING).requestId("a"))).isEmpty();
    assertThat(sees(asked().power(RESTART).requestId("a"))).isEmpty();
    assertThat(sees(asked().power(Power.STOPPED))).isEmpty();
    assertThat(sees(asked().power(RESTART).requestId("b"))).isEmpty();
  }

  @Test
  void anIdNamesARequestTogetherWithItsOperation() {
    sees(asked().power(RESTART).requestId("a"));

    assertThat(sees(asked().power(RESET).requestId("a"))).containsExactly("spec/Reset/a");
    assertThat(sees(asked().power(RESTART).requestId("a"))).isEmpty();
  }

  @Test
  void anIdIsARequestEvenUnderAValueThatWasHandledWithoutOne() {
    sees(asked().power(RESTART));

    assertThat(sees(asked().power(RESTART).requestId("a"))).containsExactly("spec/Restart/a");
  }

  @Test
  void takingTheIdAwayIsNoChangeToTheValue() {
    sees(asked().power(RESTART).requestId("a"));

    assertThat(sees(asked().power(RESTART))).isEmpty();
    assertThat(sees(asked().power(RESTART).requestId("a"))).isEmpty();
  }

  @Test
  void aValueThatReturnsWithoutItsIdIsAChangeToTheValue() {
    sees(asked().power(RESTART).requestId("a"));
    sees(asked().power(Power.RUNNING));

    assertThat(sees(asked().power(RESTART))).containsExactly("spec/Restart");
  }

  @Test
  void anIdMayHoldWhatSeparatesTheParts() {
    assertThat(sees(asked().power(RESTART).requestId("a/b"))).containsExactly("spec/Restart/a/b");

    assertThat(sees(asked().power(Power.RUNNING))).isEmpty();
    assertThat(sees(asked().power(RESTART).requestId("a/b"))).isEmpty();
    assertThat(sees(asked().power(RESTART).requestId("a"))).containsExactly("spec/Restart/a");
  }

  // -- annotations

  @Test
  void eachNewValueOfAnAnnotationIsOneRequest() {
    assertThat(sees(asked().restart("1"))).containsExactly("annotation/Restart/1");
    assertThat(sees(asked().restart("2"))).containsExactly("annotation/Restart/2");

    assertThat(sees(asked().restart("2"))).isEmpty();
    assertThat(sees(asked())).isEmpty();
    assertThat(sees(asked().restart("1"))).isEmpty();
  }

  @Test
  void theSameValueInBothAnnotationsIsTwoRequests() {
    assertThat(sees(asked().restart("1").reset("1")))
        .containsExactly("annotation/Restart/1", "annotation/Reset/1");
    assertThat(sees(asked().restart("1").reset("1"))).isEmpty();
  }

  @Test
  void anAnnotationAndAnIdOfTheSameNameAreTwoRequests() {
    assertThat(sees(asked().power(RESTART).requestId("1").restart("1")))
        .containsExactly("spec/Restart/1", "annotation/Restart/1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a\nb",
        "a\u0000",
        "\u001b[31mred",
        "\u007f",
        "\u202Egnp.exe",
        "a\u2028b",
        "0123456789012345678901234567890123456789012345678901234567890123",
      })
  void whatCantBeShownIsRememberedByItsHash(String value) {
    List<String> sent = sees(asked().restart(value));

    assertThat(sent).singleElement().asString().matches("annotation/Restart/sha256:[0-9a-f]{32}");
    assertThat(sees(asked().restart(value))).isEmpty();
    assertThat(sees(asked().restart(value + "."))).hasSize(1);
    assertThat(sees(asked().restart(value))).isEmpty();
  }

  @Test
  void anIdThatCantBeShownIsRememberedByItsHash() {
    assertThat(sees(asked().power(RESTART).requestId("a\nb")))
        .singleElement()
        .asString()
        .matches("spec/Restart/sha256:[0-9a-f]{32}");
    assertThat(sees(asked().power(RESTART).requestId("a\nb"))).isEmpty();
  }

  @Test
  void longAnnotationsThatDifferAtTheirEndAreTwoRequests() {
    String long1 = "x".repeat(100_000) + "1";
    String long2 = "x".repeat(100_000) + "2";

    assertThat(sees(asked().restart(long1))).hasSize(1);
    assertThat(sees(asked().restart(long2))).hasSize(1);
    assertThat(sees(asked().restart(long1))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2026-01-01T00:00:00Z", "for Zoë, über-urgent", " ", "重启"})
  void whatCanBeShownIsRememberedAsItIs(String value) {
    assertThat(sees(asked().reset(value))).containsExactly("annotation/Reset/" + value);
  }

  // -- how much is remembered

  @Test
  void theLastTenOfEachSourceAreRemembered() {
    for (int i = 1; i <= 15; i++) {
      sees(asked().power(RESTART).requestId("s" + i).reset("a" + i));
    }
    sees(asked());

    assertThat(memory).containsExactlyInAnyOrderElementsOf(last10());
    for (int i = 6; i <= 15; i++) {
      assertThat(sees(asked().power(RESTART).requestId("s" + i).reset("a" + i))).isEmpty();
    }
  }

  @Test
  void theLastTenAreRememberedAlsoWhereTheValueReturnsEachTime() {
    for (int i = 1; i <= 15; i++) {
      sees(asked().power(RESTART).requestId("s" + i).reset("a" + i));
      sees(asked().power(Power.RUNNING));
    }

    assertThat(memory).containsExactlyInAnyOrderElementsOf(last10());
  }

  @Test
  void anIdThatStandsIsRememberedBeyondTheLastTen() {
    sees(asked().restart("stands"));

    for (int i = 1; i <= 30; i++) {
      sees(asked().restart("stands").reset("r" + i));
    }

    assertThat(sees(asked().restart("stands"))).isEmpty();
  }

  @Test
  void theMemoryDoesNotGrow() {
    for (int i = 1; i <= 1_000; i++) {
      sees(
          asked()
              .power(i % 2 == 0 ? RESTART : RESET)
              .requestId(i % 3 == 0 ? null : "s" + i)
              .restart("a" + i)
              .reset("b" + i));
    }

    // Ten of each source, and the three that stand with the value itself.
    assertThat(memory).hasSizeLessThanOrEqualTo(24);
  }

  @Test
  void nothingIsForgottenOrAddedWhileNothingChanges() {
    sees(asked().power(RESTART).requestId("a").restart("1"));
    List<String> before = memory;

    sees(asked().power(RESTART).requestId("a").restart("1"));

    assertThat(memory).isEqualTo(before);
  }

  private static List<String> last10() {
    List<String> marks = new ArrayList<>();
    IntStream.rangeClosed(6, 15)
        .forEach(
            i -> {
              marks.add("spec/Restart/s" + i);
              marks.add("annotation/Reset/a" + i);
            });
    return marks;
  }
}
