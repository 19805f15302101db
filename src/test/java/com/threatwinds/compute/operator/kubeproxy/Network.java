package com.threatwinds.compute.operator.kubeproxy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is between the operator and the proxy: all open connections, and whether anything passes.
 */
final class Network {

  private final Map<HttpConnection, Wire> wires = new HashMap<>();
  private Promise<Void> passing = passing();
  private boolean frozen;

  private static Promise<Void> passing() {
    Promise<Void> open = Promise.promise();
    open.complete();
    return open;
  }

  void connected(HttpConnection connection) {
    Wire wire = new Wire(frozen);
    // a reset, and a silence in which even a close goes unnoticed, are beyond Vert.x's public API
    ((ConnectionBase) connection).channel().pipeline().addFirst(wire);
    wires.put(connection, wire);
    connection.closeHandler(closed -> wires.remove(connection));
  }

  boolean isOpen(HttpConnection connection) {
    Wire wire = wires.get(connection);
    return wire != null && wire.isOpen();
  }

  /** Succeeds when bytes would go out: at once, or with the thaw. */
  Future<Void> passable() {
    return passing.future();
  }

  void freeze() {
    if (!frozen) {
      frozen = true;
      if (passing.future().isComplete()) {
        passing = Promise.promise();
      }
      wires.values().forEach(Wire::freeze);
    }
  }

  /** Lets everything pass but answers, which have to wait for {@link #answer}. */
  void thaw() {
    frozen = false;
    List.copyOf(wires.values()).forEach(Wire::thaw);
  }

  /** To be called when the loop has looked who has left meanwhile. */
  void answer() {
    if (!frozen) {
      passing.tryComplete();
    }
  }

  void cut(HttpConnection connection) {
    Wire wire = wires.get(connection);
    if (wire != null) {
      wire.cut();
    }
  }

  void cutAll() {
    List.copyOf(wires.values()).forEach(Wire::cut);
  }
}
