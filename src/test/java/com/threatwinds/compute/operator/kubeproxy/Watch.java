package com.threatwinds.compute.operator.kubeproxy;

import io.vertx.core.Future;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocket;
import io.vertx.core.parsetools.RecordParser;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A watch that the API server has begun, bridged event by event: a WebSocket's messages, or the
 * lines of an endless answer.
 */
final class Watch implements Answer {

  private final int status;
  private final Watches control;
  private final Runnable beginning;
  private final Runnable stop;
  private Consumer<String> sink = event -> {};
  private Runnable end = () -> {};
  private Runnable loss = () -> {};
  private boolean dead;
  private @Nullable String overtaken;

  private Watch(int status, Watches control, Runnable beginning, Runnable stop) {
    this.status = status;
    this.control = control;
    this.beginning = beginning;
    this.stop = stop;
  }

  static Watch of(WebSocket upstream, Watches control) {
    upstream.pause();
    Watch watch = new Watch(101, control, upstream::resume, upstream::close);
    upstream.textMessageHandler(watch::event);
    upstream.exceptionHandler(cause -> watch.broken());
    upstream.endHandler(ended -> watch.over());
    return watch;
  }

  static Watch of(HttpClientResponse upstream, Watches control) {
    RecordParser lines = RecordParser.newDelimited("\n", upstream);
    lines.pause();
    Watch watch = new Watch(200, control, lines::resume, () -> upstream.request().reset());
    lines.handler(line -> watch.event(line.toString()));
    lines.exceptionHandler(cause -> watch.broken());
    lines.endHandler(ended -> watch.over());
    return watch;
  }

  @Override
  public int status() {
    return status;
  }

  @Override
  public Future<Void> deliver(HttpServerRequest request) {
    loss = request.connection()::close;
    if (status == 101) {
      Future<ServerWebSocket> upgraded = request.toWebSocket();
      request.resume();
      return upgraded
          .onSuccess(
              socket -> {
                socket.closeHandler(closed -> leave());
                begin(socket::writeTextMessage, socket::close);
              })
          .onFailure(cause -> discard())
          .mapEmpty();
    }
    HttpServerResponse response =
        request.response().setChunked(true).putHeader("Content-Type", "application/json");
    response.closeHandler(closed -> leave());
    Future<Void> head = response.writeHead();
    begin(event -> response.write(event + "\n"), response::end);
    return head;
  }

  @Override
  public void discard() {
    stop.run();
  }

  private void begin(Consumer<String> events, Runnable properEnd) {
    sink = events;
    end = properEnd;
    control.add(this);
    beginning.run();
  }

  private void event(String event) {
    if (!dead) {
      control.shape(this, event).forEach(sink);
    }
  }

  private void over() {
    if (!dead && leave()) {
      end.run();
    }
  }

  private void broken() {
    if (!dead && leave()) {
      loss.run();
    }
  }

  /** Whether it was not over before. */
  private boolean leave() {
    if (!control.remove(this)) {
      return false;
    }
    sink = event -> {};
    stop.run();
    return true;
  }

  /** Ends properly, after a last event if there is one. */
  void finish(@Nullable String last) {
    if (last != null) {
      sink.accept(last);
    }
    if (leave()) {
      end.run();
    }
  }

  /** Delivers nothing any more and does not say so. */
  void die() {
    dead = true;
  }

  /** Keeps an event until the next one has passed. */
  void overtake(String event) {
    overtaken = event;
  }

  /** The event that waits for this one to pass; null if there is none. */
  @Nullable String overtaken() {
    String event = overtaken;
    overtaken = null;
    return event;
  }
}
