package com.threatwinds.compute.operator.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What exceeds a limit is unreadable, whatever reads it, and nothing worse. */
class ApiJsonTest {

  private record Body(String sentence, String json) {
    byte[] bytes() {
      return json.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
      return sentence;
    }
  }

  private static String nested(int depth) {
    return "[".repeat(depth) + "]".repeat(depth);
  }

  static final List<Body> tooMuch =
      List.of(
          new Body("deeper than it may be", nested(ApiJson.MAX_DEPTH + 1)),
          new Body("a field that is deeper", "[{\"x\":" + nested(ApiJson.MAX_DEPTH - 1) + "}]"),
          new Body("nothing but the start of arrays", "[".repeat(ApiJson.MAX_BODY)),
          new Body("nothing but the start of objects", "{\"a\":".repeat(ApiJson.MAX_BODY / 5)),
          new Body("a number", "[{\"diskSizeGb\":" + "1".repeat(ApiJson.MAX_DIGITS + 1) + "}]"),
          new Body("a name", "[{\"" + "a".repeat(ApiJson.MAX_NAME * 2) + "\":1}]"),
          new Body("a text", "[{\"id\":\"" + "a".repeat(ApiJson.MAX_STRING + 1) + "\"}]"));

  @ParameterizedTest
  @FieldSource
  void tooMuch(Body body) {
    assertThatThrownBy(() -> ApiJson.templates(body.bytes()))
        .isInstanceOf(UnreadableAnswerException.class);
    assertThat(ApiJson.error(body.bytes())).isEqualTo(new ApiJson.ErrorBody(null, null, false));
  }

  @ParameterizedTest
  @FieldSource("tooMuch")
  void neverEndsInAnythingElse(Body body) {
    List<ReadsBody> readers = List.of(ApiJson::instances, ApiJson::instance, ApiJson::zones);

    for (ReadsBody reader : readers) {
      try {
        assertThat(reader.read(body.bytes())).isNotNull();
      } catch (UnreadableAnswerException e) {
        assertThat(e).hasMessageContaining("body");
      }
    }
  }

  private interface ReadsBody {
    Object read(byte[] body) throws UnreadableAnswerException;
  }

  @Test
  void readsWhatKeepsJustWithinTheLimits() throws UnreadableAnswerException {
    Body body =
        new Body(
            "just enough",
            "[{\"id\":\"t\",\"x\":"
                + nested(ApiJson.MAX_DEPTH - 2)
                + ",\"y\":"
                + "1".repeat(ApiJson.MAX_DIGITS)
                + ",\"description\":\""
                + "a".repeat(ApiJson.MAX_STRING)
                + "\"}]");

    assertThat(ApiJson.templates(body.bytes())).extracting(Template::id).containsExactly("t");
  }
}
