package com.threatwinds.compute.operator.compute;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The proxy that the environment names: {@code HTTPS_PROXY}, {@code HTTP_PROXY} and {@code
 * NO_PROXY}, also in lower case.
 *
 * <p>The JDK reads its own system properties but never these variables. Their meaning is nowhere
 * specified; this follows Go's {@code golang.org/x/net/http/httpproxy}, and so what kubectl and
 * most of a cluster's programs do: upper case first, {@code NO_PROXY} with domains (their
 * subdomains included), {@code .domain} and {@code *.domain} (subdomains only), addresses, CIDR
 * blocks, {@code host:port} and {@code *}. Loopback is never proxied, and no name is ever looked
 * up.
 */
public final class EnvironmentProxySelector extends ProxySelector {

  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}");

  private final @Nullable InetSocketAddress https;
  private final @Nullable InetSocketAddress http;
  private final List<Exemption> exemptions;

  private EnvironmentProxySelector(
      @Nullable InetSocketAddress https,
      @Nullable InetSocketAddress http,
      List<Exemption> exemptions) {
    this.https = https;
    this.http = http;
    this.exemptions = exemptions;
  }

  /**
   * The selector for these variables; empty if they name no proxy, so that the JVM's own settings
   * go on counting.
   *
   * @throws IllegalArgumentException for a proxy that can't be used, with a message that names the
   *     variable and not its value, which may hold a password
   */
  public static Optional<ProxySelector> from(Map<String, String> environment) {
    InetSocketAddress https = proxy(environment, "HTTPS_PROXY");
    InetSocketAddress http = proxy(environment, "HTTP_PROXY");
    if (https == null && http == null) {
      return Optional.empty();
    }
    List<Exemption> exemptions = new ArrayList<>();
    String names = value(environment, "NO_PROXY");
    for (String name : names == null ? new String[0] : names.split("[,\\s]+")) {
      if (!name.isEmpty()) {
        exemptions.add(Exemption.parse(name.toLowerCase(Locale.ROOT)));
      }
    }
    return Optional.of(new EnvironmentProxySelector(https, http, List.copyOf(exemptions)));
  }

  @Override
  public List<Proxy> select(URI uri) {
    boolean secure = "https".equalsIgnoreCase(uri.getScheme());
    InetSocketAddress proxy = secure ? https : http;
    String host = uri.getHost();
    if (proxy == null || host == null) {
      return List.of(Proxy.NO_PROXY);
    }
    int port = uri.getPort() == -1 ? (secure ? 443 : 80) : uri.getPort();
    Target target = Target.of(host, port);
    boolean direct =
        target.isLoopback() || exemptions.stream().anyMatch(exemption -> exemption.covers(target));
    return List.of(direct ? Proxy.NO_PROXY : new Proxy(Proxy.Type.HTTP, proxy));
  }

  /** Nothing to remember: there is no second proxy to try. */
  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {}

  private static @Nullable String value(Map<String, String> environment, String name) {
    String upper = environment.get(name);
    String value =
        upper == null || upper.isBlank() ? environment.get(name.toLowerCase(Locale.ROOT)) : upper;
    return value == null || value.isBlank() ? null : value.strip();
  }

  private static @Nullable InetSocketAddress proxy(Map<String, String> environment, String name) {
    String value = value(environment, name);
    if (value == null) {
      return null;
    }
    URI uri;
    try {
      uri = new URI(value.contains("://") ? value : "http://" + value);
    } catch (URISyntaxException e) {
      // Without the cause, whose message quotes the value.
      throw new IllegalArgumentException(name + " is not the URL of a proxy");
    }
    if (uri.getUserInfo() != null) {
      throw new IllegalArgumentException(
          name + " has a user name or password, which is not supported");
    }
    if (!"http".equalsIgnoreCase(uri.getScheme())) {
      throw new IllegalArgumentException(
          name + " must be an http:// URL: no other proxy is supported");
    }
    if (uri.getHost() == null || uri.getPort() > 65_535) {
      throw new IllegalArgumentException(name + " is not the URL of a proxy");
    }
    // Resolved for each connection, as the address may change.
    return InetSocketAddress.createUnresolved(
        uri.getHost(), uri.getPort() == -1 ? 80 : uri.getPort());
  }

  /** An address if {@code text} spells one; names are not looked up. */
  private static @Nullable InetAddress address(String text) {
    String bare =
        text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
    if (!IPV4.matcher(bare).matches() && !bare.contains(":")) {
      return null;
    }
    try {
      return InetAddress.getByName(bare);
    } catch (UnknownHostException e) {
      return null;
    }
  }

  private record Target(String host, int port, @Nullable InetAddress address) {

    static Target of(String host, int port) {
      String lower = host.toLowerCase(Locale.ROOT);
      String name = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
      return new Target(name, port, EnvironmentProxySelector.address(name));
    }

    boolean isLoopback() {
      return address == null ? host.equals("localhost") : address.isLoopbackAddress();
    }
  }

  /** One entry of {@code NO_PROXY}. */
  private sealed interface Exemption {

    boolean covers(Target target);

    record Everything() implements Exemption {
      @Override
      public boolean covers(Target target) {
        return true;
      }
    }

    record Address(InetAddress address, int port) implements Exemption {
      @Override
      public boolean covers(Target target) {
        return address.equals(target.address()) && (port == -1 || port == target.port());
      }
    }

    record Block(InetAddress network, int bits) implements Exemption {
      @Override
      public boolean covers(Target target) {
        byte[] mine = network.getAddress();
        byte[] theirs = target.address() == null ? new byte[0] : target.address().getAddress();
        if (mine.length != theirs.length) {
          return false;
        }
        for (int bit = 0; bit < bits; bit++) {
          int mask = 0x80 >> (bit % 8);
          if ((mine[bit / 8] & mask) != (theirs[bit / 8] & mask)) {
            return false;
          }
        }
        return true;
      }
    }

    /** A domain and what is under it, or only what is under it. */
    record Domain(String name, boolean itself, int port) implements Exemption {
      @Override
      public boolean covers(Target target) {
        boolean matches =
            target.host().endsWith("." + name) || (itself && target.host().equals(name));
        return matches && (port == -1 || port == target.port());
      }
    }

    static Exemption parse(String text) {
      if (text.equals("*")) {
        return new Everything();
      }
      int slash = text.indexOf('/');
      if (slash > 0) {
        InetAddress network = EnvironmentProxySelector.address(text.substring(0, slash));
        String length = text.substring(slash + 1);
        if (network != null
            && length.matches("\\d{1,3}")
            && Integer.parseInt(length) <= network.getAddress().length * 8) {
          return new Block(network, Integer.parseInt(length));
        }
      }
      InetAddress whole = EnvironmentProxySelector.address(text);
      if (whole != null) {
        return new Address(whole, -1);
      }
      int colon = text.lastIndexOf(':');
      boolean hasPort = colon > 0 && text.substring(colon + 1).matches("\\d{1,5}");
      String host = hasPort ? text.substring(0, colon) : text;
      int port = hasPort ? Integer.parseInt(text.substring(colon + 1)) : -1;
      InetAddress address = EnvironmentProxySelector.address(host);
      if (address != null) {
        return new Address(address, port);
      }
      String domain = host.startsWith("*.") ? host.substring(1) : host;
      return domain.startsWith(".")
          ? new Domain(domain.substring(1), false, port)
          : new Domain(domain, true, port);
    }
  }
}
