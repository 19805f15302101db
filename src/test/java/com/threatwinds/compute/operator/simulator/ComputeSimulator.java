package com.threatwinds.compute.operator.simulator;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetAddress;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A running Compute API, on loopback and any free port unless told otherwise.
 *
 * <p>Everything that a test may ask of it is reached from here: what happened ({@link #journal}),
 * how it behaves ({@link #settings}), who may call ({@link #accounts}), the instances themselves
 * ({@link #world}), and what goes wrong ({@link #fault}, {@link #hold}, {@link #offline}). Safe for
 * use by many threads.
 */
public final class ComputeSimulator implements AutoCloseable {

  private final String host;
  private final String basePath;
  private final Settings settings;
  private final Accounts accounts = new Accounts();
  private final Faults faults = new Faults();
  private final Journal journal;
  private final World world;
  private final HttpListener listener;

  private ComputeSimulator(Builder builder) {
    basePath = builder.basePath;
    settings = builder.settings;
    InstantSource clock = builder.clock;
    List<Account> all = builder.accounts.isEmpty() ? List.of(Account.DEFAULT) : builder.accounts;
    all.forEach(accounts::add);
    journal = new Journal(clock, builder.journalCapacity);
    world = new World(clock, settings, journal, builder.random);
    ObjectMapper json = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    Wording wording = new Wording(json, settings);
    InstancesApi api =
        new InstancesApi(json, settings, new RateLimiter(clock, settings), world, wording);
    Gateway gateway =
        new Gateway(basePath, builder.billingPath, accounts, journal, faults, api, wording);
    AdminApi admin = new AdminApi(json, this);
    InetAddress bind = builder.bind;
    listener =
        new HttpListener(
            bind,
            builder.port,
            clock,
            (request, reply) -> {
              if (request.path().startsWith(AdminApi.PREFIX)) {
                admin.handle(request, reply);
              } else {
                gateway.handle(request, reply);
              }
            });
    host =
        bind.isAnyLocalAddress() || bind.isLoopbackAddress() ? "127.0.0.1" : bind.getHostAddress();
  }

  /** One with all defaults, started. */
  public static ComputeSimulator start() {
    return builder().start();
  }

  public static Builder builder() {
    return new Builder();
  }

  /** What a client is given: the base URL of the Compute API, without a slash at its end. */
  public URI url() {
    return URI.create("http://" + host + ":" + port() + basePath);
  }

  /** The same server's root, for {@code /_sim/} and the Billing API. */
  public URI root() {
    return URI.create("http://" + host + ":" + port());
  }

  public int port() {
    return listener.port();
  }

  public Journal journal() {
    return journal;
  }

  public Settings settings() {
    return settings;
  }

  public Accounts accounts() {
    return accounts;
  }

  public World world() {
    return world;
  }

  public Faults faults() {
    return faults;
  }

  /** Puts a fault in; calls are counted from now on. */
  public ActiveFault fault(Match match, Phase phase, Effect effect) {
    return faults.add(match, phase, effect);
  }

  /** Holds matching calls at that phase until {@link ActiveFault#release}. */
  public ActiveFault hold(Match match, Phase phase) {
    return faults.add(match, phase, Effect.hang());
  }

  /** From now on connections are refused, and what was connected is reset; the world goes on. */
  public void offline() {
    listener.offline();
  }

  /** Back on the same port. */
  public void online() {
    listener.online();
  }

  /** The next connections are reset before a byte is read; the journal knows nothing of them. */
  public void resetConnections(int count) {
    listener.resetNext(count);
  }

  /** Drops all connections; what is held is not done. */
  @Override
  public void close() {
    faults.abandon();
    listener.close();
  }

  /** What can't be changed later, and how the rest begins. */
  public static final class Builder {

    private final Settings settings = new Settings();
    private final List<Account> accounts = new ArrayList<>();
    private InetAddress bind = InetAddress.getLoopbackAddress();
    private int port;
    private String basePath = "/api/compute/v1";
    private String billingPath = "/api/billing/v1";
    private InstantSource clock = InstantSource.system();
    private Random random = new Random();
    private int journalCapacity = Integer.MAX_VALUE;

    private Builder() {}

    /** 0 for any free one. */
    public Builder port(int number) {
      port = number;
      return this;
    }

    public Builder bind(InetAddress address) {
      bind = address;
      return this;
    }

    /** Instead of the default account; may be called for several. */
    public Builder account(Account account) {
      accounts.add(account);
      return this;
    }

    public Builder basePath(String path) {
      basePath = withoutSlash(path);
      return this;
    }

    public Builder billingPath(String path) {
      billingPath = withoutSlash(path);
      return this;
    }

    /** The API's clock; hangs and drips take real time whatever it says. */
    public Builder clock(InstantSource source) {
      clock = source;
      return this;
    }

    /** Instance ids repeat from run to run. */
    public Builder seed(long seed) {
      random = new Random(seed);
      return this;
    }

    /** How many entries of the journal are kept, the latest; all unless told otherwise. */
    public Builder journalCapacity(int entries) {
      journalCapacity = entries;
      return this;
    }

    public Builder settings(Consumer<Settings> change) {
      change.accept(settings);
      return this;
    }

    public ComputeSimulator start() {
      return new ComputeSimulator(this);
    }

    private static String withoutSlash(@Nullable String path) {
      String text = path == null ? "" : path.replaceAll("/+$", "");
      return text.isEmpty() || text.startsWith("/") ? text : "/" + text;
    }
  }
}
