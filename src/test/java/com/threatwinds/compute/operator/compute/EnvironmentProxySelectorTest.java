package com.threatwinds.compute.operator.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentProxySelectorTest {

  private static String choice(Map<String, String> environment, String url) {
    ProxySelector selector = EnvironmentProxySelector.from(environment).orElseThrow();
    Proxy proxy = selector.select(URI.create(url)).getFirst();
    return proxy.address() instanceof InetSocketAddress address
        ? address.getHostString() + ":" + address.getPort()
        : "direct";
  }

  @Test
  void leavesTheJvmsSettingsWhereTheEnvironmentNamesNoProxy() {
    assertThat(EnvironmentProxySelector.from(Map.of())).isEmpty();
    assertThat(EnvironmentProxySelector.from(Map.of("HTTPS_PROXY", " ", "NO_PROXY", "*")))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "HTTPS_PROXY, http://proxy.test:3128,  proxy.test:3128",
    "https_proxy, http://proxy.test:3128,  proxy.test:3128",
    "HTTPS_PROXY, proxy.test:3128,         proxy.test:3128",
    "HTTPS_PROXY, HTTP://proxy.test/,      proxy.test:80",
    "HTTPS_PROXY, http://[fd00::1]:3128,   [fd00::1]:3128",
    "HTTP_PROXY,  http://proxy.test:3128,  direct",
  })
  void readsTheProxyOfTlsUrls(String name, String value, String expected) {
    assertThat(choice(Map.of(name, value), "https://api.test/v1")).isEqualTo(expected);
  }

  @Test
  void keepsTheProxiesOfBothSchemesApartAndPrefersUpperCase() {
    Map<String, String> environment =
        Map.of("HTTPS_PROXY", "s:1", "https_proxy", "t:1", "HTTP_PROXY", "p:1");

    assertThat(choice(environment, "https://api.test")).isEqualTo("s:1");
    assertThat(choice(environment, "http://api.test")).isEqualTo("p:1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*                      | https://api.test            | direct",
        "api.test               | https://api.test            | direct",
        "API.Test               | https://api.TEST            | direct",
        "api.test               | https://api.test.           | direct",
        "test                   | https://api.test            | direct",
        ".test                  | https://api.test            | direct",
        "*.test                 | https://api.test            | direct",
        ".api.test              | https://api.test            | p:1",
        "*.api.test             | https://api.test            | p:1",
        "pi.test                | https://api.test            | p:1",
        "other.test, api.test   | https://api.test            | direct",
        "other.test api.test    | https://api.test            | direct",
        "api.test:443           | https://api.test            | direct",
        "api.test:443           | https://api.test:8443       | p:1",
        "api.test:8443          | https://api.test:8443       | direct",
        "10.0.0.1               | https://10.0.0.1            | direct",
        "10.0.0.1:443           | https://10.0.0.1            | direct",
        "10.0.0.1:80            | https://10.0.0.1            | p:1",
        "10.0.0.0/8             | https://10.200.3.4          | direct",
        "10.0.0.0/8             | https://11.0.0.1            | p:1",
        "10.0.0.0/8             | https://api.test            | p:1",
        "10.1.2.128/25          | https://10.1.2.127          | p:1",
        "0.0.0.0/0              | https://10.1.2.127          | direct",
        "10.0.0.0/33            | https://10.0.0.1            | p:1",
        "fd00::/8               | https://[fd00::1]           | direct",
        "fd00::/8               | https://[fe80::1]           | p:1",
        "[fd00::1]              | https://[fd00::1]           | direct",
        "[fd00::1]:443          | https://[fd00:0:0:0::1]     | direct",
        "fd00::1                | https://10.0.0.1            | p:1",
        "1.2.3.999              | https://10.0.0.1            | p:1",
        ", ,                    | https://api.test            | p:1",
        "other.test             | https://localhost:8443      | direct",
        "other.test             | https://127.0.0.1           | direct",
        "other.test             | https://127.9.9.9           | direct",
        "other.test             | https://[::1]               | direct",
        "other.test             | https://localhost.api.test  | p:1",
      })
  void exemptsWhatNoProxyNames(String noProxy, String url, String expected) {
    assertThat(choice(Map.of("HTTPS_PROXY", "p:1", "no_proxy", noProxy), url)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://user:hunter2@proxy.test:3128",
        "user:hunter2@proxy.test:3128",
        "https://proxy.test:3128/?hunter2",
        "socks5://hunter2",
        "http://hunter2:99999",
        "http://:3128/hunter2",
        "http://hunter2 x"
      })
  void refusesAProxyThatCantBeUsedByItsNameAndNotItsValue(String value) {
    assertThatThrownBy(() -> EnvironmentProxySelector.from(Map.of("https_proxy", value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("HTTPS_PROXY ")
        .hasMessageNotContaining("hunter2")
        .hasNoCause();
  }
}
