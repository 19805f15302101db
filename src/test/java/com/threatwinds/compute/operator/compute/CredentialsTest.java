package com.threatwinds.compute.operator.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsTest {

  @Test
  void marksEqualCredentialsEquallyAndOthersNot() {
    List<Credentials> different =
        List.of(
            new Credentials.Token("ab"),
            new Credentials.Token("abc"),
            new Credentials.KeyPair("a", "b"),
            new Credentials.KeyPair("ab", "c"),
            new Credentials.KeyPair("a", "bc"));

    assertThat(different).extracting(Credentials::fingerprint).doesNotHaveDuplicates();
    assertThat(new Credentials.Token("ab").fingerprint())
        .isEqualTo(new Credentials.Token("ab").fingerprint());
  }

  @Test
  void marksAreKeptInStatusesAndMustNotChangeBetweenReleases() {
    assertThat(new Credentials.Token("token").fingerprint()).hasToString("a321c7911fca0445");
    assertThat(new Credentials.KeyPair("key", "secret").fingerprint())
        .hasToString("38b62840a5031233");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "hunter2 x", "hunter2\n", "\rhunter2", "hunter2\u0000", "hunter2ü"})
  void refusesWhatCantStandInAHeaderWithoutRepeatingIt(String value) {
    assertThatThrownBy(() -> new Credentials.Token(value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("token")
        .hasMessageNotContaining("hunter2");
    assertThatThrownBy(() -> new Credentials.KeyPair("key", value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("api-secret")
        .hasMessageNotContaining("hunter2");
    assertThatThrownBy(() -> new Credentials.KeyPair(value, "secret"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("api-key")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void masksItsSecretsInText() {
    assertThat(new Credentials.Token("hunter2")).hasToString("Token[***]");
    assertThat(new Credentials.KeyPair("hunter2", "hunter3")).hasToString("KeyPair[***]");
    assertThat(new Credentials.KeyPair("hunter2", "hunter2-3").redact("a hunter2-3, hunter2."))
        .isEqualTo("a ***, ***.");
  }
}
