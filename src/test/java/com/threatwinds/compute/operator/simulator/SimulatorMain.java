package com.threatwinds.compute.operator.simulator;

import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/**
 * The simulator as a program: prints where it is, and runs until it is told to end. Every flag can
 * also be given as an environment variable ({@code --api-key} as {@code SIM_API_KEY}); a flag wins.
 */
public final class SimulatorMain {

  private static final String HELP =
      """
      A simulator of the ThreatWinds Compute API.

        --port N              0 for any free one (0)
        --bind ADDRESS        (127.0.0.1)
        --base-path PATH      (/api/compute/v1)
        --user-id UUID        the account (550e8400-e29b-41d4-a716-446655440000)
        --token TOKEN         its bearer token (sim-token)
        --api-key KEY         its API key (sim-key)
        --api-secret SECRET   and the secret of that (sim-secret)
        --provisioning TIME   how long a new instance is PROVISIONING (8s)
        --staging TIME        and STAGING after that (0s)
        --starting TIME       how long a start takes (4s)
        --stopping TIME       how long a stop takes (4s)
        --list-lag TIME       how far the list is behind (0s)
        --quota N             instances for each account, -1 is unlimited (-1)
        --limit OP=N/WINDOW   e.g. create=5/minute,get=100/minute; comma-separated
        --quirk NAME          e.g. lower-case-status,empty-list-null; comma-separated
        --help

      While it runs: GET /_sim/journal?format=text, GET /_sim/instances, POST /_sim/faults,
      PATCH /_sim/config.
      """;

  private static final Map<String, String> DEFAULTS =
      Map.ofEntries(
          Map.entry("port", "0"),
          Map.entry("bind", "127.0.0.1"),
          Map.entry("base-path", "/api/compute/v1"),
          Map.entry("user-id", Account.DEFAULT.userId()),
          Map.entry("token", "sim-token"),
          Map.entry("api-key", "sim-key"),
          Map.entry("api-secret", "sim-secret"),
          Map.entry("provisioning", "8s"),
          Map.entry("staging", "0s"),
          Map.entry("starting", "4s"),
          Map.entry("stopping", "4s"),
          Map.entry("list-lag", "0s"),
          Map.entry("quota", "-1"),
          Map.entry("limit", ""),
          Map.entry("quirk", ""));

  private SimulatorMain() {}

  public static void main(String[] arguments) throws InterruptedException {
    if (List.of(arguments).contains("--help")) {
      System.out.print(HELP);
      return;
    }
    ComputeSimulator simulator;
    try {
      simulator = simulator(flags(arguments, System.getenv())).start();
    } catch (IllegalArgumentException | UncheckedIOException e) {
      System.err.println("simulator: " + e.getMessage());
      System.exit(2);
      return;
    }
    announce(simulator, System.out);
    CountDownLatch end = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  simulator.close();
                  end.countDown();
                }));
    end.await();
  }

  static void announce(ComputeSimulator simulator, PrintStream out) {
    out.println("url=" + simulator.url());
    out.println("admin=" + simulator.root() + AdminApi.PREFIX);
    out.flush();
  }

  /**
   * @throws IllegalArgumentException if a flag is unknown or its value can't be used
   */
  public static Map<String, String> flags(String[] arguments, Map<String, String> environment) {
    Map<String, String> flags = new TreeMap<>(DEFAULTS);
    for (String name : DEFAULTS.keySet()) {
      String value = environment.get("SIM_" + name.toUpperCase(Locale.ROOT).replace('-', '_'));
      if (value != null) {
        flags.put(name, value);
      }
    }
    List<String> left = new ArrayList<>(List.of(arguments));
    while (!left.isEmpty()) {
      String flag = left.removeFirst();
      int equals = flag.indexOf('=');
      String name = equals < 0 ? flag : flag.substring(0, equals);
      if (!name.startsWith("--") || !DEFAULTS.containsKey(name.substring(2))) {
        throw new IllegalArgumentException("no flag " + name + "; see --help");
      }
      if (equals < 0 && left.isEmpty()) {
        throw new IllegalArgumentException(name + " needs a value");
      }
      flags.put(name.substring(2), equals < 0 ? left.removeFirst() : flag.substring(equals + 1));
    }
    return flags;
  }

  static ComputeSimulator.Builder simulator(Map<String, String> flags) {
    Account account =
        Account.of(text(flags, "user-id"))
            .withToken(text(flags, "token"))
            .withKey(text(flags, "api-key"), text(flags, "api-secret"));
    return ComputeSimulator.builder()
        .port(number(flags, "port"))
        .bind(address(text(flags, "bind")))
        .basePath(text(flags, "base-path"))
        .account(account)
        .journalCapacity(100_000)
        .settings(
            settings -> {
              settings
                  .provisioning(time(flags, "provisioning"))
                  .staging(time(flags, "staging"))
                  .starting(time(flags, "starting"))
                  .stopping(time(flags, "stopping"))
                  .listLag(time(flags, "list-lag"))
                  .maxInstances(number(flags, "quota"));
              list(flags, "limit").forEach(limit -> limit(limit, settings));
              settings.quirks(list(flags, "quirk").stream().map(SimulatorMain::quirk).toList());
            });
  }

  private static String text(Map<String, String> flags, String name) {
    return flags.getOrDefault(name, "");
  }

  private static List<String> list(Map<String, String> flags, String name) {
    String text = text(flags, name);
    return text.isBlank() ? List.of() : List.of(text.split(","));
  }

  private static int number(Map<String, String> flags, String name) {
    try {
      return Integer.parseInt(text(flags, name));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("--" + name + " is not a number", e);
    }
  }

  private static Duration time(Map<String, String> flags, String name) {
    try {
      return DurationText.parse(text(flags, name));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("--" + name + ": " + e.getMessage(), e);
    }
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("--bind: no address " + text, e);
    }
  }

  private static void limit(String text, Settings settings) {
    String[] parts = text.split("=", 2);
    Operation operation =
        Operation.parse(parts[0])
            .orElseThrow(() -> new IllegalArgumentException("--limit: no operation " + parts[0]));
    RateLimit limit = DurationText.parseLimit(parts.length == 1 ? "" : parts[1]);
    settings.limit(operation, limit.value(), limit.window());
  }

  private static Quirk quirk(String text) {
    return Quirk.parse(text)
        .orElseThrow(() -> new IllegalArgumentException("--quirk: no quirk " + text));
  }
}
