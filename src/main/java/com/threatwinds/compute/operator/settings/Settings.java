package com.threatwinds.compute.operator.settings;

import com.threatwinds.compute.operator.compute.Credentials;
import com.threatwinds.compute.operator.compute.CredentialsSource;
import com.threatwinds.compute.operator.compute.DirectoryCredentials;
import com.threatwinds.compute.operator.compute.TrustedCertificates;
import com.threatwinds.compute.operator.decision.Settlement.Recovery;
import com.threatwinds.compute.operator.inventory.GatedComputeApi.Kind;
import io.quarkus.runtime.configuration.DurationConverter;
import java.io.File;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * All settings of the operator, checked. A setting is a property ({@code compute.api.url}) or the
 * environment variable of the same name ({@code COMPUTE_API_URL}); see the table in the README.
 *
 * @param apiUrl base URL of the Compute API
 * @param credentials where the operator's own credentials come from
 * @param timeout of one call of the API
 * @param pollInterval between two reads of the list while nothing moves
 * @param pollFastInterval the same while something moves
 * @param createSettle how long the list may lag behind
 * @param createRecovery how a create with an unknown outcome is settled
 * @param takeover where existing instances may be taken over
 * @param rates calls a minute, for the kinds of calls that have a limit of ours
 * @param caFile more certificate authorities to trust
 * @param leaderElection whether only the holder of a Lease acts
 * @param leaseName name of that Lease
 * @param leaseNamespace its namespace; empty for the operator's own
 * @param leaseDuration how long it lasts when its holder is gone; whole seconds
 * @param resyncInterval how often all resources are read, should a watch have missed something
 * @param catalogInterval how often the ComputeTemplates are brought up to date; zero for never
 * @param billingUrl base URL of the Billing API; empty if it is not to be asked
 */
public record Settings(
    URI apiUrl,
    CredentialsSource credentials,
    Duration timeout,
    Duration pollInterval,
    Duration pollFastInterval,
    Duration createSettle,
    Recovery createRecovery,
    Takeover takeover,
    Map<Kind, Integer> rates,
    Optional<Path> caFile,
    boolean leaderElection,
    String leaseName,
    Optional<String> leaseNamespace,
    Duration leaseDuration,
    Duration resyncInterval,
    Duration catalogInterval,
    Optional<URI> billingUrl) {

  /** How long a shutdown may take: the answer to a call under way, and its record. */
  public Duration longestShutdown() {
    return timeout.multipliedBy(2).plusSeconds(5);
  }

  private static final String DEFAULT_URL = "https://apis.threatwinds.com/api/compute/v1";

  private static final String DEFAULT_BILLING_URL = "https://apis.threatwinds.com/api/billing/v1";

  private static final int MAX_PORT = 65_535;

  /** Nothing here is worth waiting for any longer, and sums of it fit everywhere. */
  private static final Duration LONGEST = Duration.ofDays(1);

  private static final Duration LONGEST_TIMEOUT = Duration.ofHours(1);

  private static final Duration LONGEST_LEASE = Duration.ofHours(1);

  /** Label selectors as kubectl takes them: equality, sets and existence, comma-separated. */
  private static final Pattern SELECTOR = selector();

  private static Pattern selector() {
    String value = "([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?";
    String key =
        "([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?";
    String set = "\\(\\s*" + value + "(\\s*,\\s*" + value + ")*\\s*\\)";
    String term =
        "\\s*(!\\s*"
            + key
            + "|"
            + key
            + "(\\s*(=|==|!=)\\s*"
            + value
            + "|\\s+(in|notin)\\s*"
            + set
            + ")?)\\s*";
    return Pattern.compile(term + "(," + term + ")*");
  }

  /** Where resources may take over instances that the operator did not create. */
  public record Takeover(boolean everywhere, Set<String> namespaces) {
    /** Whether a resource in that namespace may. */
    public boolean isAllowedIn(String namespace) {
      return everywhere || namespaces.contains(namespace);
    }
  }

  /**
   * Reads and checks all settings.
   *
   * @param lookup the value of a property, empty if it is not set
   * @param inCluster whether the process runs in a pod, where leader election is the default
   * @throws BadSettingException for the first setting that can't be right
   */
  public static Settings read(Function<String, Optional<String>> lookup, boolean inCluster) {
    return new Reader(lookup).settings(inCluster);
  }

  /** Reads values, and refuses them by the name of their variable. */
  private record Reader(Function<String, Optional<String>> lookup) {

    Settings settings(boolean inCluster) {
      Duration fast = duration("compute.poll.fast-interval", "5s");
      Duration slow = duration("compute.poll.interval", "60s");
      checkForeignSettings();
      return new Settings(
          url(),
          credentials(),
          duration("compute.api.timeout", "30s", LONGEST_TIMEOUT),
          slow,
          fast.compareTo(slow) < 0 ? fast : slow,
          durationOrNone("compute.create.settle", "120s"),
          recovery(),
          takeover(),
          rates(),
          certificates("compute.api.ca-file"),
          flag("operator.leader-election", inCluster),
          name("operator.lease-name").orElse("compute-operator"),
          name("operator.lease-namespace"),
          leaseDuration(),
          duration("operator.resync-interval", "60s"),
          durationOrNone("compute.catalog.interval", "10m"),
          billingUrl());
    }

    private Duration leaseDuration() {
      String property = "operator.lease-duration";
      Duration duration = duration(property, "10s", LONGEST_LEASE);
      if (!duration.equals(Duration.ofSeconds(duration.toSeconds()))) {
        throw bad(property, "must be whole seconds: " + duration.toMillis() + "ms");
      }
      return duration;
    }

    private Optional<String> text(String property) {
      return lookup.apply(property).map(String::strip).filter(value -> !value.isEmpty());
    }

    private static String variable(String property) {
      return property.replaceAll("[.-]", "_").toUpperCase(Locale.ROOT);
    }

    private static BadSettingException bad(String property, String why) {
      return new BadSettingException(variable(property), why);
    }

    private URI url() {
      return url("compute.api.url", DEFAULT_URL, DEFAULT_URL);
    }

    /** The vendor's, beside the vendor's Compute API; any other must be named. */
    private Optional<URI> billingUrl() {
      String property = "compute.billing.url";
      String value =
          text(property)
              .orElse(url().equals(URI.create(DEFAULT_URL)) ? DEFAULT_BILLING_URL : "off");
      return value.equalsIgnoreCase("off")
          ? Optional.empty()
          : Optional.of(url(property, value, DEFAULT_BILLING_URL));
    }

    private URI url(String property, String otherwise, String example) {
      String value = text(property).orElse(otherwise);
      URI url;
      try {
        url = new URI(value.endsWith("/") ? value.substring(0, value.length() - 1) : value);
      } catch (URISyntaxException e) {
        // Not repeated: somebody may have written credentials into it.
        throw bad(property, "is not a URL");
      }
      if (url.getHost() == null || url.getScheme() == null || url.getPort() > MAX_PORT) {
        throw bad(property, "is not an absolute URL such as " + example);
      }
      if (url.getUserInfo() != null || url.getQuery() != null || url.getFragment() != null) {
        throw bad(property, "must have no user, query or fragment");
      }
      boolean http = url.getScheme().equalsIgnoreCase("http");
      if (!http && !url.getScheme().equalsIgnoreCase("https")) {
        throw bad(property, "must begin with https://");
      }
      if (http && !flag("compute.api.allow-http", false) && !isLoopback(url.getHost())) {
        throw bad(
            property,
            "plain http would send the credentials in the clear: use https, or set"
                + " COMPUTE_API_ALLOW_HTTP=true for a simulator");
      }
      return url;
    }

    private static boolean isLoopback(String host) {
      try {
        // Only literal addresses and localhost: a name that resolves to loopback here and now
        // may resolve to anything later.
        String literal = host.replaceAll("^\\[|]$", "");
        boolean address = literal.matches("[0-9.]+") || literal.contains(":");
        return host.equalsIgnoreCase("localhost")
            || (address && InetAddress.getByName(literal).isLoopbackAddress());
      } catch (UnknownHostException e) {
        return false;
      }
    }

    private CredentialsSource credentials() {
      Optional<String> token = secret("compute.api.token");
      Optional<String> key = secret("compute.api.key");
      Optional<String> secret = secret("compute.api.secret");
      Optional<String> directory = text("compute.api.credentials-dir");
      if (key.isPresent() != secret.isPresent()) {
        throw key.isPresent()
            ? bad("compute.api.secret", "must be set beside COMPUTE_API_KEY")
            : bad("compute.api.key", "must be set beside COMPUTE_API_SECRET");
      }
      if (token.isPresent() && key.isPresent()) {
        throw bad(
            "compute.api.token",
            "is set beside COMPUTE_API_KEY: one way to authenticate at a time, remove one");
      }
      if (directory.isPresent() && (token.isPresent() || key.isPresent())) {
        throw bad(
            "compute.api.credentials-dir",
            "is set beside "
                + (token.isPresent() ? "COMPUTE_API_TOKEN" : "COMPUTE_API_KEY")
                + ": one way to authenticate at a time, remove one");
      }
      if (directory.isPresent()) {
        Path path = Path.of(directory.get());
        if (!Files.isDirectory(path)) {
          throw bad("compute.api.credentials-dir", "is not a directory: " + path);
        }
        return new DirectoryCredentials(path);
      }
      if (token.isPresent()) {
        return CredentialsSource.fixed(new Credentials.Token(token.get()));
      }
      if (key.isPresent()) {
        return CredentialsSource.fixed(new Credentials.KeyPair(key.get(), secret.orElseThrow()));
      }
      throw bad(
          "compute.api.token",
          "no credentials: set it, or COMPUTE_API_KEY and COMPUTE_API_SECRET, or"
              + " COMPUTE_API_CREDENTIALS_DIR");
    }

    /** As {@link Credentials} wants it; checked here to name the variable. */
    private Optional<String> secret(String property) {
      Optional<String> value = text(property);
      if (value.filter(v -> !v.matches("[\\x21-\\x7E]{1,8192}")).isPresent()) {
        throw bad(property, "must be at most 8192 visible ASCII characters, without spaces");
      }
      return value;
    }

    private Duration durationOrNone(String property, String otherwise) {
      return text(property).filter(value -> value.matches("0[a-z]*")).isPresent()
          ? Duration.ZERO
          : duration(property, otherwise);
    }

    private Duration duration(String property, String otherwise) {
      return duration(property, otherwise, LONGEST);
    }

    private Duration duration(String property, String otherwise, Duration longest) {
      String value = text(property).orElse(otherwise);
      Duration duration;
      try {
        duration = DurationConverter.parseDuration(value);
      } catch (IllegalArgumentException e) {
        throw bad(property, "is not a duration such as 30s, 500ms or 2m: " + value);
      }
      if (duration == null || duration.isZero() || duration.isNegative()) {
        throw bad(property, "must be longer than nothing: " + value);
      }
      if (duration.compareTo(longest) > 0) {
        throw bad(property, "must not be longer than " + longest.toHours() + "h: " + value);
      }
      return duration;
    }

    private Recovery recovery() {
      String property = "compute.create.recovery";
      String value = text(property).orElse("auto");
      return Arrays.stream(Recovery.values())
          .filter(recovery -> recovery.name().equalsIgnoreCase(value))
          .findFirst()
          .orElseThrow(() -> bad(property, "must be auto, adopt or hold: " + value));
    }

    private Takeover takeover() {
      Set<String> namespaces = names("compute.takeover.namespaces", true);
      return new Takeover(namespaces.contains("*"), namespaces);
    }

    private Set<String> names(String property, boolean wildcard) {
      List<String> names =
          text(property).stream()
              .flatMap(value -> Arrays.stream(value.split(",")))
              .map(String::strip)
              .filter(name -> !name.isEmpty())
              .toList();
      for (String name : names) {
        if (!(wildcard && name.equals("*"))
            && !name.matches("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")) {
          throw bad(property, "is not a comma-separated list of namespaces: " + name);
        }
      }
      return Set.copyOf(names);
    }

    private Optional<String> name(String property) {
      Optional<String> name = text(property);
      name.filter(value -> !value.matches("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"))
          .ifPresent(
              value -> {
                throw bad(property, "is not a name of a Kubernetes object: " + value);
              });
      return name;
    }

    private Map<Kind, Integer> rates() {
      Map<Kind, Integer> rates = new EnumMap<>(Kind.class);
      for (Kind kind : Kind.values()) {
        if (kind == Kind.TEMPLATES || kind == Kind.ZONES) {
          continue; // Read once for all; there is no setting for it.
        }
        String property = "compute.rate." + kind.name().toLowerCase(Locale.ROOT);
        text(property)
            .ifPresent(
                value -> {
                  if (!value.matches("[1-9][0-9]{0,5}")) {
                    throw bad(property, "must be a whole number of calls a minute: " + value);
                  }
                  rates.put(kind, Integer.parseInt(value));
                });
      }
      return Map.copyOf(rates);
    }

    private Optional<Path> certificates(String property) {
      Optional<Path> path = text(property).map(Path::of);
      path.ifPresent(
          file -> {
            try {
              TrustedCertificates.check(file);
            } catch (IllegalArgumentException e) {
              throw bad(property, e.getMessage());
            }
          });
      return path;
    }

    private boolean flag(String property, boolean otherwise) {
      return text(property)
          .map(
              value ->
                  switch (value.toLowerCase(Locale.ROOT)) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw bad(property, "must be true or false: " + value);
                  })
          .orElse(otherwise);
    }

    /** Those that only Quarkus reads, and would refuse with a page of stack trace. */
    private void checkForeignSettings() {
      names("operator.namespaces", false);
      text("quarkus.http.port")
          .filter(port -> !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > MAX_PORT)
          .ifPresent(
              port -> {
                throw bad("quarkus.http.port", "is not a port: " + port);
              });
      Set<String> levels = Set.of("OFF", "ERROR", "WARN", "INFO", "DEBUG", "TRACE", "ALL");
      text("log.level")
          .filter(level -> !levels.contains(level.toUpperCase(Locale.ROOT)))
          .ifPresent(
              level -> {
                throw bad(
                    "log.level",
                    "must be one of "
                        + levels.stream().sorted().collect(Collectors.joining(", "))
                        + ": "
                        + level);
              });
      text("log.format")
          .filter(format -> !Set.of("text", "json").contains(format))
          .ifPresent(
              format -> {
                throw bad("log.format", "must be text or json: " + format);
              });
      text("kubeconfig")
          .filter(
              files ->
                  Arrays.stream(files.split(File.pathSeparator))
                      .noneMatch(file -> Files.isReadable(Path.of(file))))
          .ifPresent(
              files -> {
                throw bad("kubeconfig", "is not a file that can be read: " + files);
              });
      text("operator.label-selector")
          .filter(selector -> !SELECTOR.matcher(selector).matches())
          .ifPresent(
              selector -> {
                throw bad("operator.label-selector", "is not a label selector: " + selector);
              });
    }
  }
}
