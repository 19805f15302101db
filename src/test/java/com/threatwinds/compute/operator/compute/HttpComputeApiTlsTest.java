package com.threatwinds.compute.operator.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.threatwinds.compute.operator.compute.ComputeApiException.NotSent;
import com.threatwinds.compute.operator.compute.HttpAnswers.Canned;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom the client trusts. */
class HttpComputeApiTlsTest {

  private static final String PASSWORD = "changeit";

  @TempDir private Path directory;

  private static HttpComputeApi client(URI uri, Optional<Path> caFile) {
    return new HttpComputeApi(
        new HttpComputeApi.Options(
            uri,
            Duration.ofSeconds(30),
            CredentialsSource.fixed(new Credentials.Token("secret-token-1")),
            caFile,
            Optional.empty(),
            () -> true,
            InstantSource.system()));
  }

  /**
   * A server with a certificate of its own making for {@code names}; the PEM file is left behind.
   */
  private HttpAnswers serverFor(String names) throws Exception {
    Path store = directory.resolve("server.p12");
    keytool(
        "-genkeypair",
        "-keystore",
        store,
        "-alias",
        "s",
        "-keyalg",
        "EC",
        "-dname",
        "CN=test",
        "-ext",
        "san=" + names);
    keytool("-exportcert", "-rfc", "-keystore", store, "-alias", "s", "-file", caFile());
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return HttpAnswers.startTls(Canned.of(200, "[]"), context);
  }

  private Path caFile() {
    return directory.resolve("ca.pem");
  }

  private static void keytool(Object... arguments) throws Exception {
    ProcessBuilder keytool =
        new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    Arrays.stream(arguments).map(Object::toString).forEach(keytool.command()::add);
    keytool.command().addAll(List.of("-storepass", PASSWORD));
    assertThat(keytool.start().waitFor()).isZero();
  }

  @Test
  void trustsTheAuthoritiesOfTheCaFile() throws Exception {
    try (HttpAnswers server = serverFor("ip:127.0.0.1");
        HttpComputeApi api = client(server.uri(), Optional.of(caFile()))) {
      assertThat(api.list().conclusive()).isTrue();

      server.answer(Canned.of(201, "{\"id\":\"tw-1\"}"));
      assertThat(api.create("t", null, () -> true).instance().id()).hasToString("tw-1");
    }
  }

  @Test
  void sendsNothingToAServerThatNobodyVouchesFor() throws Exception {
    try (HttpAnswers server = serverFor("ip:127.0.0.1");
        HttpComputeApi api = client(server.uri(), Optional.empty())) {
      assertThatThrownBy(() -> api.create("t", null, () -> true))
          .isInstanceOf(NotSent.class)
          .hasMessageContaining("PKIX");
      assertThatThrownBy(api::list).isInstanceOf(NotSent.class);
      assertThat(server.asked()).isEmpty();
    }
  }

  @Test
  void sendsNothingToAServerOfAnotherName() throws Exception {
    try (HttpAnswers server = serverFor("dns:elsewhere.test,ip:127.0.0.2");
        HttpComputeApi api = client(server.uri(), Optional.of(caFile()))) {
      assertThatThrownBy(() -> api.reset(new InstanceId("tw-1"))).isInstanceOf(NotSent.class);
      assertThatThrownBy(api::list).isInstanceOf(NotSent.class);
      assertThat(server.asked()).isEmpty();
    }
  }

  @Test
  void addsTheCaFileToWhatTheJvmTrusts() throws Exception {
    serverFor("ip:127.0.0.1").close();
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);

    var trusted = TrustedCertificates.with(caFile());

    for (TrustManager manager : factory.getTrustManagers()) {
      assertThat(trusted).contains(((X509TrustManager) manager).getAcceptedIssuers());
    }
    assertThat(trusted)
        .extracting(certificate -> certificate.getSubjectX500Principal().getName())
        .contains("CN=test");
  }

  @Test
  void refusesACaFileThatCantBeUsed() throws Exception {
    Path empty = Files.createFile(directory.resolve("empty.pem"));
    Path text = Files.writeString(directory.resolve("text.pem"), "not a certificate\n");
    Path broken =
        Files.writeString(
            directory.resolve("broken.pem"),
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");

    for (Path file : new Path[] {empty, text, broken, directory, directory.resolve("missing")}) {
      assertThatThrownBy(() -> client(URI.create("https://example.test"), Optional.of(file)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("the CA file " + file);
    }
  }
}
