package com.threatwinds.compute.operator.simulator;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which call of the reference a request is.
 *
 * @param id of the instance or template that the path names, empty if the path leaves it empty;
 *     null if that call names none
 */
record Route(Operation operation, @Nullable String id) {

  private static final Route OTHER = new Route(Operation.OTHER, null);

  static Route of(String method, String path, String computeBase, String billingBase) {
    if (path.startsWith(billingBase + "/")) {
      return switch (method + " " + path.substring(billingBase.length())) {
        case "GET /limits" -> new Route(Operation.LIMITS, null);
        case "GET /quotas" -> new Route(Operation.QUOTAS, null);
        default -> OTHER;
      };
    }
    if (!path.startsWith(computeBase + "/")) {
      return OTHER;
    }
    List<String> parts = List.of(path.substring(computeBase.length() + 1).split("/", -1));
    return switch (parts.getFirst()) {
      case "instances" -> instances(method, parts);
      case "templates" -> templates(method, parts);
      default -> OTHER;
    };
  }

  /** The instance id, for the journal and for faults; null if the call names no instance. */
  @Nullable String instanceId() {
    return switch (operation) {
      case GET, DELETE, START, STOP, RESTART, RESET -> id;
      case CREATE, LIST, TEMPLATES, ZONES, LIMITS, QUOTAS, OTHER -> null;
    };
  }

  private static Route instances(String method, List<String> parts) {
    String shape = method + " " + parts.size();
    return switch (shape) {
      case "POST 1" -> new Route(Operation.CREATE, null);
      case "GET 1" -> new Route(Operation.LIST, null);
      case "GET 2" -> new Route(Operation.GET, decode(parts.get(1)));
      case "DELETE 2" -> new Route(Operation.DELETE, decode(parts.get(1)));
      case "POST 3" ->
          switch (parts.get(2)) {
            case "start" -> new Route(Operation.START, decode(parts.get(1)));
            case "stop" -> new Route(Operation.STOP, decode(parts.get(1)));
            case "restart" -> new Route(Operation.RESTART, decode(parts.get(1)));
            case "reset" -> new Route(Operation.RESET, decode(parts.get(1)));
            default -> OTHER;
          };
      default -> OTHER;
    };
  }

  private static Route templates(String method, List<String> parts) {
    if (method.equals("GET") && parts.size() == 1) {
      return new Route(Operation.TEMPLATES, null);
    }
    if (method.equals("GET") && parts.size() == 3 && parts.get(2).equals("zones")) {
      return new Route(Operation.ZONES, decode(parts.get(1)));
    }
    return OTHER;
  }

  private static String decode(String segment) {
    try {
      return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return segment;
    }
  }
}
