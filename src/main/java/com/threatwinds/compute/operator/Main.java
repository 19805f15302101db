package com.threatwinds.compute.operator;

import com.threatwinds.compute.operator.compute.EnvironmentProxySelector;
import com.threatwinds.compute.operator.settings.BadSettingException;
import com.threatwinds.compute.operator.settings.Settings;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Optional;

/**
 * Starts the operator, after a look at its settings: a bad one ends the process with one line that
 * names it, before a framework can bury it in a stack trace.
 */
@QuarkusMain
public final class Main {

  private static final int BAD_SETTING = 2;

  private Main() {}

  public static void main(String... args) {
    SmallRyeConfig config =
        new SmallRyeConfigBuilder().addDefaultInterceptors().addDefaultSources().build();
    try {
      Settings.read(name -> optional(config, name), false);
      EnvironmentProxySelector.from(System.getenv());
    } catch (BadSettingException | IllegalArgumentException e) {
      System.err.println("compute-operator: bad setting " + e.getMessage());
      System.exit(BAD_SETTING);
    }
    boolean json = optional(config, "log.format").filter("json"::equals).isPresent();
    System.setProperty("quarkus.log.console.json.enabled", Boolean.toString(json));
    Quarkus.run(args);
  }

  private static Optional<String> optional(SmallRyeConfig config, String name) {
    return config.getOptionalValue(name, String.class);
  }
}
