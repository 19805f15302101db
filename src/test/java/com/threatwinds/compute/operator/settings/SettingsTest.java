package com.threatwinds.compute.operator.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.threatwinds.compute.operator.compute.Credentials;
import com.threatwinds.compute.operator.compute.DirectoryCredentials;
import com.threatwinds.compute.operator.decision.Settlement.Recovery;
import com.threatwinds.compute.operator.inventory.GatedComputeApi.Kind;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be set, by the names of the environment variables. */
class SettingsTest {

  /** Must never come back out of anything but the credentials. */
  private static final String SECRET = "hunter2";

  private final Map<String, String> environment =
      new HashMap<>(Map.of("COMPUTE_API_TOKEN", SECRET));

  private SettingsTest set(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  private SettingsTest unset(String variable) {
    environment.remove(variable);
    return this;
  }

  private Settings read() {
    return read(false);
  }

  private Settings read(boolean inCluster) {
    return Settings.read(
        property ->
            Optional.ofNullable(
                environment.get(property.replaceAll("[.-]", "_").toUpperCase(Locale.ROOT))),
        inCluster);
  }

  private void isRefused(String variable, String... words) {
    assertThatThrownBy(this::read)
        .isInstanceOf(BadSettingException.class)
        .hasMessageStartingWith(variable + ": ")
        .hasMessageNotContainingAny(SECRET, "\n")
        .hasNoCause()
        .satisfies(e -> assertThat(words).allMatch(String.valueOf(e.getMessage())::contains));
  }

  // -- defaults

  @Test
  void needsNothingButCredentials() {
    Settings settings = read();

    assertThat(settings.apiUrl())
        .isEqualTo(URI.create("https://apis.threatwinds.com/api/compute/v1"));
    assertThat(settings.timeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.pollInterval()).isEqualTo(Duration.ofSeconds(60));
    assertThat(settings.pollFastInterval()).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.createSettle()).isEqualTo(Duration.ofSeconds(120));
    assertThat(settings.createRecovery()).isEqualTo(Recovery.AUTO);
    assertThat(settings.takeover().isAllowedIn("default")).isFalse();
    assertThat(settings.rates()).isEmpty();
    assertThat(settings.caFile()).isEmpty();
    assertThat(settings.leaseName()).isEqualTo("compute-operator");
    assertThat(settings.leaseNamespace()).isEmpty();
    assertThat(settings.leaseDuration()).isEqualTo(Duration.ofSeconds(10));
    assertThat(settings.resyncInterval()).isEqualTo(Duration.ofSeconds(60));
    assertThat(settings.catalogInterval()).isEqualTo(Duration.ofMinutes(10));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1500ms", "0s", "-1s", "2h", "soon"})
  void refusesALeaseThatLastsNoWholeSecondsOrTooLong(String value) {
    set("OPERATOR_LEASE_DURATION", value).isRefused("OPERATOR_LEASE_DURATION");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0s", "-1s", "25h", "soon"})
  void refusesToReadAllResourcesWithoutAPauseOrHardlyEver(String value) {
    set("OPERATOR_RESYNC_INTERVAL", value).isRefused("OPERATOR_RESYNC_INTERVAL");
  }

  @Test
  void electsALeaderInAClusterAndNotOutsideUnlessToldOtherwise() {
    assertThat(read(false).leaderElection()).isFalse();
    assertThat(read(true).leaderElection()).isTrue();

    set("OPERATOR_LEADER_ELECTION", "false");
    assertThat(read(true).leaderElection()).isFalse();

    set("OPERATOR_LEADER_ELECTION", "TRUE");
    assertThat(read(false).leaderElection()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "COMPUTE_API_URL",
        "COMPUTE_API_KEY",
        "COMPUTE_API_CREDENTIALS_DIR",
        "COMPUTE_API_TIMEOUT",
        "COMPUTE_CREATE_RECOVERY",
        "COMPUTE_TAKEOVER_NAMESPACES",
        "COMPUTE_RATE_CREATE",
        "COMPUTE_API_CA_FILE",
        "OPERATOR_NAMESPACES",
        "OPERATOR_LEASE_NAME",
        "LOG_LEVEL",
        "LOG_FORMAT",
        "QUARKUS_HTTP_PORT",
      })
  void takesAnEmptyValueForNone(String variable) {
    Settings defaults = read();

    assertThat(set(variable, " ").read())
        .usingRecursiveComparison()
        .ignoringFields("credentials")
        .isEqualTo(defaults);
  }

  // -- where and how to call

  @ParameterizedTest
  @CsvSource({
    "https://compute.example, https://compute.example",
    "https://compute.example/v1/, https://compute.example/v1",
    "HTTPS://compute.example:8443/v1, HTTPS://compute.example:8443/v1",
    "http://localhost:8080, http://localhost:8080",
    "http://127.0.0.1:8080/api, http://127.0.0.1:8080/api",
    "http://[::1]:8080, http://[::1]:8080",
  })
  void callsWhereItIsTold(String value, String url) {
    assertThat(set("COMPUTE_API_URL", value).read().apiUrl()).isEqualTo(URI.create(url));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense",
        "compute.example/v1",
        "https://",
        "https:///v1",
        "https://compute.example:99999",
        "https://compute example",
        "ftp://compute.example",
        "file:///etc/passwd",
        "http://compute.example",
        "http://localhost.example",
        "http://127.0.0.1.example",
        "http://10.0.0.1",
        "https://user:hunter2@compute.example",
        "https://user:hunter2@compute example",
        "https://user:hunter2@compute_example",
        "https://compute.example/v1?token=hunter2",
        "https://compute.example/v1#hunter2",
      })
  void callsNowhereElse(String value) {
    set("COMPUTE_API_URL", value).isRefused("COMPUTE_API_URL");
  }

  @Test
  void sendsCredentialsInTheClearOnlyWhereThatIsAllowed() {
    set("COMPUTE_API_URL", "http://simulator:8080").isRefused("COMPUTE_API_URL", "https");

    assertThat(set("COMPUTE_API_ALLOW_HTTP", "true").read().apiUrl())
        .isEqualTo(URI.create("http://simulator:8080"));

    set("COMPUTE_API_ALLOW_HTTP", "perhaps").isRefused("COMPUTE_API_ALLOW_HTTP", "perhaps");
  }

  @Test
  void trustsAFileOfCertificatesThatItCanRead(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("ca.pem"), anyCertificate());

    assertThat(set("COMPUTE_API_CA_FILE", file.toString()).read().caFile()).contains(file);
  }

  @Test
  void trustsNoFileWithoutCertificates(@TempDir Path directory) throws IOException {
    set("COMPUTE_API_CA_FILE", directory.resolve("none.pem").toString())
        .isRefused("COMPUTE_API_CA_FILE", "none.pem");
    set("COMPUTE_API_CA_FILE", directory.toString()).isRefused("COMPUTE_API_CA_FILE");
    set("COMPUTE_API_CA_FILE", Files.createFile(directory.resolve("empty.pem")).toString())
        .isRefused("COMPUTE_API_CA_FILE", "empty.pem");
    set("COMPUTE_API_CA_FILE", Files.writeString(directory.resolve("a.pem"), SECRET).toString())
        .isRefused("COMPUTE_API_CA_FILE", "a.pem");
  }

  /** One that the JVM trusts: what it certifies does not matter here. */
  private static String anyCertificate() throws GeneralSecurityException {
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    byte[] certificate =
        ((X509TrustManager) factory.getTrustManagers()[0]).getAcceptedIssuers()[0].getEncoded();
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder().encodeToString(certificate)
        + "\n-----END CERTIFICATE-----\n";
  }

  // -- credentials

  @Test
  void takesATokenOrAKeyPairOrADirectory(@TempDir Path directory) {
    assertThat(read().credentials().current()).contains(new Credentials.Token(SECRET));
    assertThat(
            unset("COMPUTE_API_TOKEN")
                .set("COMPUTE_API_KEY", "key")
                .set("COMPUTE_API_SECRET", SECRET + "\n")
                .read()
                .credentials()
                .current())
        .contains(new Credentials.KeyPair("key", SECRET));
    assertThat(
            unset("COMPUTE_API_KEY")
                .unset("COMPUTE_API_SECRET")
                .set("COMPUTE_API_CREDENTIALS_DIR", directory.toString())
                .read()
                .credentials())
        .isInstanceOf(DirectoryCredentials.class);
  }

  @Test
  void refusesToStartWithoutCredentials() {
    unset("COMPUTE_API_TOKEN")
        .isRefused("COMPUTE_API_TOKEN", "COMPUTE_API_KEY", "COMPUTE_API_CREDENTIALS_DIR");
  }

  @Test
  void refusesTwoWaysToAuthenticateAtOnce(@TempDir Path directory) {
    set("COMPUTE_API_KEY", "key").set("COMPUTE_API_SECRET", SECRET);

    isRefused("COMPUTE_API_TOKEN", "COMPUTE_API_KEY");

    set("COMPUTE_API_CREDENTIALS_DIR", directory.toString());
    unset("COMPUTE_API_TOKEN").isRefused("COMPUTE_API_CREDENTIALS_DIR", "COMPUTE_API_KEY");
    unset("COMPUTE_API_KEY")
        .unset("COMPUTE_API_SECRET")
        .set("COMPUTE_API_TOKEN", SECRET)
        .isRefused("COMPUTE_API_CREDENTIALS_DIR", "COMPUTE_API_TOKEN");
  }

  @Test
  void refusesHalfAKeyPair() {
    unset("COMPUTE_API_TOKEN");

    set("COMPUTE_API_KEY", SECRET).isRefused("COMPUTE_API_SECRET", "COMPUTE_API_KEY");
    unset("COMPUTE_API_KEY")
        .set("COMPUTE_API_SECRET", SECRET)
        .isRefused("COMPUTE_API_KEY", "COMPUTE_API_SECRET");
  }

  @ParameterizedTest
  @ValueSource(strings = {"hunter2 hunter2", "hunter2\r\nx-evil: 1", "hunter2\u0000", "hunter2ü"})
  void refusesCredentialsThatNoHeaderMayCarryByTheirVariable(String value) {
    set("COMPUTE_API_TOKEN", value).isRefused("COMPUTE_API_TOKEN");
    unset("COMPUTE_API_TOKEN")
        .set("COMPUTE_API_KEY", "key")
        .set("COMPUTE_API_SECRET", value)
        .isRefused("COMPUTE_API_SECRET");
    set("COMPUTE_API_KEY", value).set("COMPUTE_API_SECRET", "s").isRefused("COMPUTE_API_KEY");
  }

  @Test
  void refusesCredentialsThatNeverEnd() {
    assertThat(set("COMPUTE_API_TOKEN", "x".repeat(8_192)).read().credentials().current())
        .isPresent();
    set("COMPUTE_API_TOKEN", "x".repeat(8_193)).isRefused("COMPUTE_API_TOKEN");
  }

  @Test
  void refusesADirectoryThatIsNotThere(@TempDir Path directory) {
    unset("COMPUTE_API_TOKEN")
        .set("COMPUTE_API_CREDENTIALS_DIR", directory.resolve("none").toString())
        .isRefused("COMPUTE_API_CREDENTIALS_DIR", "none");
  }

  @Test
  void showsNoSecretInItsText() {
    assertThat(read().toString()).doesNotContain(SECRET);
    unset("COMPUTE_API_TOKEN").set("COMPUTE_API_KEY", SECRET).set("COMPUTE_API_SECRET", SECRET);
    assertThat(read().toString()).doesNotContain(SECRET);
  }

  // -- times

  @ParameterizedTest
  @CsvSource({"45s, PT45S", "45, PT45S", "1500ms, PT1.5S", "2m, PT2M", "1h, PT1H"})
  void readsTimes(String value, Duration time) {
    assertThat(set("COMPUTE_API_TIMEOUT", value).read().timeout()).isEqualTo(time);
    assertThat(set("COMPUTE_CREATE_SETTLE", value).read().createSettle()).isEqualTo(time);
    assertThat(set("COMPUTE_POLL_INTERVAL", value).read().pollInterval()).isEqualTo(time);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "COMPUTE_API_TIMEOUT",
        "COMPUTE_POLL_INTERVAL",
        "COMPUTE_POLL_FAST_INTERVAL",
        "COMPUTE_CREATE_SETTLE",
        "COMPUTE_CATALOG_INTERVAL",
      })
  void refusesTimesThatAreNone(String variable) {
    for (String value : new String[] {"soon", "-5s", "5 s", "1e9", "25h"}) {
      set(variable, value).isRefused(variable, value);
    }
    if (!Set.of("COMPUTE_CREATE_SETTLE", "COMPUTE_CATALOG_INTERVAL").contains(variable)) {
      set(variable, "0s").isRefused(variable, "0s");
    }
    set(variable, "99999999999999999999s").isRefused(variable);
    set(variable, "99999999999999d").isRefused(variable);
  }

  @Test
  void waitsAtMostAnHourForAnAnswer() {
    assertThat(set("COMPUTE_API_TIMEOUT", "60m").read().timeout()).isEqualTo(Duration.ofHours(1));
    set("COMPUTE_API_TIMEOUT", "61m").isRefused("COMPUTE_API_TIMEOUT", "1h", "61m");
  }

  @Test
  void letsTheListNotLagBehindAtAllWhereItIsToldSo() {
    assertThat(set("COMPUTE_CREATE_SETTLE", "0").read().createSettle()).isZero();
    assertThat(set("COMPUTE_CREATE_SETTLE", "0s").read().createSettle()).isZero();
    set("COMPUTE_API_TIMEOUT", "0").isRefused("COMPUTE_API_TIMEOUT");
  }

  @Test
  void asksTheVendorsBillingApiBesideTheVendorsComputeApiAndNoOtherUnlessTold() {
    assertThat(read().billingUrl())
        .contains(URI.create("https://apis.threatwinds.com/api/billing/v1"));
    assertThat(set("COMPUTE_BILLING_URL", "off").read().billingUrl()).isEmpty();
    set("COMPUTE_API_URL", "https://compute.example.com/v1");
    assertThat(unset("COMPUTE_BILLING_URL").read().billingUrl()).isEmpty();
    assertThat(set("COMPUTE_BILLING_URL", "https://billing.example.com/v1/").read().billingUrl())
        .contains(URI.create("https://billing.example.com/v1"));
  }

  @Test
  void sendsCredentialsToNoBillingApiInTheClear() {
    set("COMPUTE_BILLING_URL", "http://billing.example.com").isRefused("COMPUTE_BILLING_URL");
    set("COMPUTE_BILLING_URL", "billing").isRefused("COMPUTE_BILLING_URL");
  }

  @Test
  void keepsNoCatalogueWhereItIsToldSo() {
    assertThat(set("COMPUTE_CATALOG_INTERVAL", "0").read().catalogInterval()).isZero();
    assertThat(set("COMPUTE_CATALOG_INTERVAL", "1h").read().catalogInterval())
        .isEqualTo(Duration.ofHours(1));
  }

  @Test
  void neverPollsSlowerWhileSomethingMoves() {
    set("COMPUTE_POLL_INTERVAL", "3s");

    assertThat(read().pollFastInterval()).isEqualTo(Duration.ofSeconds(3));
  }

  // -- what is allowed

  @ParameterizedTest
  @CsvSource({"auto, AUTO", "adopt, ADOPT", "hold, HOLD", "Hold, HOLD"})
  void settlesUnknownCreatesAsItIsTold(String value, Recovery recovery) {
    assertThat(set("COMPUTE_CREATE_RECOVERY", value).read().createRecovery()).isEqualTo(recovery);
  }

  @Test
  void settlesUnknownCreatesInNoOtherWay() {
    set("COMPUTE_CREATE_RECOVERY", "guess")
        .isRefused("COMPUTE_CREATE_RECOVERY", "auto", "adopt", "hold", "guess");
  }

  @Test
  void takesOverWhereItIsAllowed() {
    Settings.Takeover some =
        set("COMPUTE_TAKEOVER_NAMESPACES", " team-a ,team-b,").read().takeover();
    Settings.Takeover all = set("COMPUTE_TAKEOVER_NAMESPACES", "*").read().takeover();

    assertThat(some.isAllowedIn("team-a")).isTrue();
    assertThat(some.isAllowedIn("team-b")).isTrue();
    assertThat(some.isAllowedIn("team-c")).isFalse();
    assertThat(all.isAllowedIn("anywhere")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Team", "team_a", "team-*", "a b", "-a", "a,**"})
  void takesOverInNoNamespaceThatCantBe(String value) {
    set("COMPUTE_TAKEOVER_NAMESPACES", value).isRefused("COMPUTE_TAKEOVER_NAMESPACES");
  }

  @Test
  void limitsTheCallsThatItIsToldToLimit() {
    set("COMPUTE_RATE_CREATE", "1");
    set("COMPUTE_RATE_DELETE", "20");
    set("COMPUTE_RATE_POWER", "300");
    set("COMPUTE_RATE_GET", "4000");
    set("COMPUTE_RATE_LIST", "999999");

    assertThat(read().rates())
        .containsOnly(
            Map.entry(Kind.CREATE, 1),
            Map.entry(Kind.DELETE, 20),
            Map.entry(Kind.POWER, 300),
            Map.entry(Kind.GET, 4_000),
            Map.entry(Kind.LIST, 999_999));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "COMPUTE_RATE_CREATE",
        "COMPUTE_RATE_DELETE",
        "COMPUTE_RATE_POWER",
        "COMPUTE_RATE_GET",
        "COMPUTE_RATE_LIST",
      })
  void refusesLimitsThatAreNone(String variable) {
    for (String value : new String[] {"0", "-1", "abc", "1.5", "10/s", "1000000", "٣"}) {
      set(variable, value).isRefused(variable, value);
    }
  }

  // -- what others read, and would refuse with a page of stack trace

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "OPERATOR_LEADER_ELECTION | maybe",
        "OPERATOR_LEASE_NAME      | Compute Operator",
        "OPERATOR_LEASE_NAMESPACE | kube_system",
        "OPERATOR_NAMESPACES      | team-a,Team_B",
        "OPERATOR_NAMESPACES      | *",
        "OPERATOR_LABEL_SELECTOR  | a=$b",
        "OPERATOR_LABEL_SELECTOR  | =,=",
        "OPERATOR_LABEL_SELECTOR  | a in b",
        "KUBECONFIG               | /no/such/file",
        "QUARKUS_HTTP_PORT        | http",
        "QUARKUS_HTTP_PORT        | -1",
        "QUARKUS_HTTP_PORT        | 70000",
        "LOG_LEVEL                | LOUD",
        "LOG_FORMAT               | xml",
      })
  void refusesWhatItCantRunWith(String variable, String value) {
    set(variable, value).isRefused(variable);
  }

  @Test
  void saysSoInOneLineWhateverTheValue() {
    set("LOG_LEVEL", "LOUD\n\u001b[31mAND RED").isRefused("LOG_LEVEL", "LOUD??[31mAND RED");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "OPERATOR_LEASE_NAME      | team-a-operator",
        "OPERATOR_LEASE_NAMESPACE | team-a",
        "OPERATOR_NAMESPACES      | team-a, team-b",
        "OPERATOR_LABEL_SELECTOR  | example.com/team in (a,b),!spare,tier!=x",
        "QUARKUS_HTTP_PORT        | 0",
        "QUARKUS_HTTP_PORT        | 65535",
        "LOG_LEVEL                | debug",
        "LOG_FORMAT               | json",
      })
  void acceptsWhatItCanRunWith(String variable, String value) {
    assertThat(set(variable, value).read()).isNotNull();
  }
}
