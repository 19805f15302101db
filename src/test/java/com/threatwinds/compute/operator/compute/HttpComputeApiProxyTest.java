package com.threatwinds.compute.operator.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.threatwinds.compute.operator.compute.ComputeApiException.NotSent;
import com.threatwinds.compute.operator.compute.ComputeApiException.Unavailable;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls through a proxy that the environment names. */
class HttpComputeApiProxyTest {

  private static HttpComputeApi client(String url, RawServer proxy) {
    String at = "127.0.0.1:" + proxy.port();
    return new HttpComputeApi(
        new HttpComputeApi.Options(
            URI.create(url),
            Duration.ofSeconds(30),
            CredentialsSource.fixed(new Credentials.Token("secret-token-1")),
            Optional.empty(),
            EnvironmentProxySelector.from(Map.of("HTTP_PROXY", at, "https_proxy", "http://" + at)),
            () -> true,
            InstantSource.system()));
  }

  @Test
  void asksTheProxyForAPlainUrl() throws Exception {
    try (RawServer proxy = RawServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]");
        HttpComputeApi api = client("http://api.test/v1", proxy)) {
      assertThat(api.list().conclusive()).isTrue();

      assertThat(proxy.connections().getFirst().received())
          .startsWith("GET http://api.test/v1/instances HTTP/1.1\r\n");
    }
  }

  @Test
  void showsNoSecretToTheProxyOfATlsUrl() throws Exception {
    try (RawServer proxy =
            RawServer.start(
                connection -> {
                  connection.readHead();
                  connection.write("HTTP/1.1 200 OK\r\n\r\n");
                  connection.readToEnd();
                });
        HttpComputeApi api = client("https://api.test/v1", proxy)) {
      // What follows is a handshake that the proxy never answers: the call ends with the client.
      Thread.ofVirtual().start(() -> catchThrowableOfType(ComputeApiException.class, api::list));
      await()
          .until(
              () ->
                  !proxy.connections().isEmpty()
                      && proxy.connections().getFirst().received().length() > 200);

      assertThat(proxy.connections().getFirst().received())
          .startsWith("CONNECT api.test:443 HTTP/1.1\r\n")
          .doesNotContain("secret-token-1")
          .doesNotContainIgnoringCase("authorization");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"403 Forbidden", "407 Proxy Authentication Required", "502 Bad Gateway"})
  void knowsThatNothingWentThroughAProxyThatRefuses(String status) throws Exception {
    try (RawServer proxy =
            RawServer.answering(
                "HTTP/1.1 "
                    + status
                    + "\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n");
        HttpComputeApi api = client("https://api.test/v1", proxy)) {
      ComputeApiException create =
          catchThrowableOfType(ComputeApiException.class, () -> api.create("t", null, () -> true));
      ComputeApiException list = catchThrowableOfType(ComputeApiException.class, api::list);

      assertThat(create).isInstanceOf(NotSent.class);
      assertThat(list).isInstanceOf(Unavailable.class);
    }
  }

  @Test
  void neverAsksTheProxyForLoopback() throws Exception {
    try (RawServer proxy = RawServer.answering("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n");
        RawServer server = RawServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]");
        HttpComputeApi api = client(server.uri().toString(), proxy)) {
      assertThat(api.list().conclusive()).isTrue();

      assertThat(proxy.connections()).isEmpty();
    }
  }
}
