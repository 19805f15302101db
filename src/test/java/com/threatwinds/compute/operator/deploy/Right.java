package com.threatwinds.compute.operator.deploy;

import java.util.Locale;
import java.util.regex.Pattern;

/** Each verb that the manifests grant the operator, and what its log says without it. */
enum Right {
  GET("computeinstances", "get"),
  LIST("computeinstances", "list"),
  PATCH("computeinstances", "patch"),
  UPDATE_STATUS("computeinstances/status", "update"),
  LIST_TEMPLATES("computetemplates", "list"),
  CREATE_TEMPLATE("computetemplates", "create"),
  UPDATE_TEMPLATE_STATUS("computetemplates/status", "update"),
  DELETE_TEMPLATE("computetemplates", "delete"),
  CREATE_EVENT("events", "create"),
  GET_DEFINITION("customresourcedefinitions", "get"),
  PATCH_LEASE("leases", "patch"),
  WATCH("computeinstances", "watch"),
  GET_LEASE("leases", "get"),
  CREATE_LEASE("leases", "create");

  final String resource;
  final String verb;

  Right(String resource, String verb) {
    this.resource = resource;
    this.verb = verb;
  }

  boolean isOfTheCatalogue() {
    return resource.startsWith("computetemplates");
  }

  Pattern refusal() {
    return switch (this) {
      case GET,
          LIST,
          PATCH,
          UPDATE_STATUS,
          LIST_TEMPLATES,
          CREATE_TEMPLATE,
          UPDATE_TEMPLATE_STATUS,
          DELETE_TEMPLATE,
          CREATE_EVENT,
          GET_LEASE,
          CREATE_LEASE,
          PATCH_LEASE ->
          Pattern.compile("cannot " + verb + " resource \\\\?\"" + resource + "\\\\?\"");
      case WATCH -> Pattern.compile("listSyncAndWatch failed for .*Received 403");
      case GET_DEFINITION -> Pattern.compile("uninstall-defence=off");
    };
  }

  /** As the name of an object that the test without it makes. */
  String without() {
    return "without-" + name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public String toString() {
    return verb + " " + resource;
  }
}
