package com.threatwinds.compute.operator.kubeproxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.threatwinds.compute.operator.testing.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** One request on its way to the API server and back, and at each phase the faults that strike. */
final class Exchange {

  private final HttpServerRequest request;
  private final Buffer body;
  private final KubeCall call;
  private final List<KubeFault> struck;
  private final Network network;
  private final Upstream upstream;

  Exchange(
      HttpServerRequest request,
      Buffer body,
      KubeCall call,
      List<KubeFault> struck,
      Network network,
      Upstream upstream) {
    this.request = request;
    this.body = body;
    this.call = call;
    this.struck = struck;
    this.network = network;
    this.upstream = upstream;
  }

  /**
   * @param known an answer that the API server is not asked for
   */
  void run(Optional<Answer> known) {
    play(KubePhase.BEFORE_FORWARD, known)
        .compose(answer -> answer.map(Future::succeededFuture).orElseGet(this::forward))
        .compose(answer -> play(KubePhase.AFTER_COMMIT, Optional.of(answer)))
        .compose(answer -> deliver(answer.orElseThrow()))
        .compose(delivered -> play(KubePhase.AFTER_ANSWER, Optional.empty()))
        .onFailure(
            cause -> {
              if (!(cause instanceof Cut)) {
                call.fault(cause.toString());
              }
              network.cut(request.connection());
            });
  }

  private Future<Answer> forward() {
    call.forwarded();
    return upstream
        .send(request, body, call)
        .onSuccess(
            answer ->
                call.answered(
                    answer.status(),
                    answer instanceof Answer.Whole whole ? whole.body() : Buffer.buffer()));
  }

  private Future<Void> deliver(Answer answer) {
    return network
        .passable()
        .compose(
            now -> {
              if (!network.isOpen(request.connection())) {
                answer.discard();
                return Future.failedFuture(new Cut("nobody listens any more"));
              }
              call.delivering(answer.status());
              return answer.deliver(request).onFailure(cause -> call.notDelivered());
            });
  }

  private Future<Optional<Answer>> play(KubePhase phase, Optional<Answer> before) {
    Future<Optional<Answer>> played = Future.succeededFuture(before);
    for (KubeFault fault : struck) {
      if (fault.strikesAt(phase)) {
        played = played.compose(answer -> apply(fault, answer));
      }
    }
    return played;
  }

  private Future<Optional<Answer>> apply(KubeFault fault, Optional<Answer> answer) {
    fault.strike(call);
    return switch (fault.effect()) {
      case KubeEffect.Reset reset -> cut(answer);
      case KubeEffect.Hang hang ->
          fault
              .hold(hang.atMost())
              .compose(released -> hang.thenDrop() ? cut(answer) : Future.succeededFuture(answer));
      case KubeEffect.Status status -> {
        answer.ifPresent(Answer::discard);
        yield Future.succeededFuture(
            Optional.of(
                Answer.Whole.failure(
                    status.code(),
                    status.reason(),
                    status.reason() + ", put in by the test",
                    status.retryAfter())));
      }
      case KubeEffect.Rewrite rewrite ->
          Future.succeededFuture(answer.map(own -> rewritten(own, rewrite.body())));
    };
  }

  private static Future<Optional<Answer>> cut(Optional<Answer> answer) {
    answer.ifPresent(Answer::discard);
    return Future.failedFuture(new Cut("cut"));
  }

  private static Answer rewritten(Answer answer, UnaryOperator<JsonNode> change) {
    return switch (answer) {
      case Watch watch -> watch;
      case Answer.Whole whole ->
          Json.anything(whole.body().getBytes())
              .map(json -> Buffer.buffer(change.apply(json).toString()))
              .<Answer>map(body -> new Answer.Whole(whole.status(), whole.headers(), body))
              .orElse(whole);
    };
  }

  /** The connection is reset now. */
  private static final class Cut extends Exception {
    private static final long serialVersionUID = 1L;

    Cut(String why) {
      super(why, null, false, false);
    }
  }
}
