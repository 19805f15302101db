package com.threatwinds.compute.operator.simulator;

import com.threatwinds.compute.operator.simulator.Journal.OpenCall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the faults make of one call. */
final class Script {

  private static final String HOSTILE_LINE = "\u001b[31m\u001b]0;owned\u0007<script>%n%s${jndi:x}";

  private final OpenCall call;
  private final Wording wording;
  private Effect.@Nullable Drip drip;
  private boolean half;

  Script(OpenCall call, Wording wording) {
    this.call = call;
    this.wording = wording;
  }

  /** The answer after this phase; null if there is none yet. */
  @Nullable Answer play(List<ActiveFault> struck, Phase phase, @Nullable Answer before)
      throws Cut, InterruptedException {
    Answer answer = before;
    for (ActiveFault fault : struck) {
      if (strikes(fault, phase, answer)) {
        call.fault(fault.phase() + ": " + fault.effect().describe());
        fault.strike();
        answer = apply(fault, answer);
      }
    }
    return answer;
  }

  void write(Answer answer, Reply reply) throws IOException, InterruptedException {
    Effect.Drip slowly = drip;
    if (half) {
      reply.half(answer);
    } else if (slowly != null) {
      reply.drip(answer, slowly.bytes(), slowly.pause());
    } else {
      reply.send(answer);
    }
  }

  /** What shapes an answer waits for there to be one, also if it was to strike earlier. */
  private static boolean strikes(ActiveFault fault, Phase phase, @Nullable Answer answer) {
    return switch (fault.effect()) {
      case Effect.Drip drip -> phase == Phase.AFTER_COMMIT;
      case Effect.HostileHeaders headers -> phase == Phase.AFTER_COMMIT;
      case Effect.Rewrite rewrite -> phase == Phase.AFTER_COMMIT;
      case Effect.Hang hang -> fault.phase() == phase;
      case Effect.Reset reset -> fault.phase() == phase;
      case Effect.HalfBody halfBody -> fault.phase() == phase;
      case Effect.Status status -> fault.phase() == phase;
      case Effect.Respond respond -> fault.phase() == phase;
      case Effect.Redirect redirect -> fault.phase() == phase;
      case Effect.HugeBody huge -> fault.phase() == phase;
    };
  }

  private @Nullable Answer apply(ActiveFault fault, @Nullable Answer answer)
      throws Cut, InterruptedException {
    switch (fault.effect()) {
      case Effect.Reset reset -> throw new Cut();
      case Effect.Hang hang -> {
        if (!fault.hold(hang.atMost()) || hang.thenDrop()) {
          throw new Cut();
        }
        return answer;
      }
      case Effect.HalfBody halfBody -> {
        half = true;
        return answer != null ? answer : Answer.json(200, "{\"id\":\"tw-000000-00000000\"}");
      }
      case Effect.Drip slowly -> {
        drip = slowly;
        return answer;
      }
      case Effect.Status status -> {
        Answer error =
            status.explained()
                ? wording.error(status.status(), "simulated status " + status.status())
                : Answer.empty(status.status());
        String retryAfter = status.retryAfter();
        return retryAfter == null ? error : error.with("Retry-After", retryAfter);
      }
      case Effect.Respond respond -> {
        return new Answer(
            respond.status(), respond.headers(), new Body.Bytes(respond.body().clone()));
      }
      case Effect.Redirect redirect -> {
        return Answer.empty(redirect.status()).with("Location", redirect.location());
      }
      case Effect.HugeBody huge -> {
        Answer base = answer != null && answer.status() != 204 ? answer : Answer.json(200, "");
        return base.with(new Body.Filler(huge.bytes()));
      }
      case Effect.HostileHeaders hostile -> {
        return answer == null ? null : hostile(answer);
      }
      case Effect.Rewrite rewrite -> {
        return answer != null && answer.body() instanceof Body.Bytes bytes
            ? answer.with(
                new Body.Bytes(rewrite.body().apply(bytes.text()).getBytes(StandardCharsets.UTF_8)))
            : answer;
      }
    }
  }

  private static Answer hostile(Answer answer) {
    Answer more =
        answer
            .with("x-error", HOSTILE_LINE + "a".repeat(16 * 1024))
            .with("x-error", "second")
            .with("x-error-id", HOSTILE_LINE)
            .with("Retry-After", "99999999999999999999")
            .with("X-Empty", "");
    for (int i = 0; i < 100; i++) {
      more = more.with("X-Filler-" + i, "b".repeat(100));
    }
    return more;
  }

  /** The connection is reset now. */
  static final class Cut extends Exception {
    private static final long serialVersionUID = 1L;

    Cut() {
      super(null, null, false, false);
    }
  }
}
