package com.threatwinds.compute.operator.simulator;

import com.threatwinds.compute.operator.simulator.Accounts.Caller;
import com.threatwinds.compute.operator.simulator.Journal.OpenCall;
import java.io.IOException;
import java.util.List;

/**
 * Every call of the API from its head to the last byte of its answer: written into the journal, and
 * struck by the faults that are for it.
 */
final class Gateway implements HttpListener.Handler {

  private final String computeBase;
  private final String billingBase;
  private final Accounts accounts;
  private final Journal journal;
  private final Faults faults;
  private final InstancesApi api;
  private final Wording wording;

  Gateway(
      String computeBase,
      String billingBase,
      Accounts accounts,
      Journal journal,
      Faults faults,
      InstancesApi api,
      Wording wording) {
    this.computeBase = computeBase;
    this.billingBase = billingBase;
    this.accounts = accounts;
    this.journal = journal;
    this.faults = faults;
    this.api = api;
    this.wording = wording;
  }

  @Override
  public void handle(Request request, Reply reply) throws IOException {
    Route route = Route.of(request.method(), request.path(), computeBase, billingBase);
    Caller caller = accounts.identify(request);
    String userId = caller.userId();
    OpenCall call =
        journal.received(
            route.operation(),
            request.method(),
            request.target(),
            route.instanceId(),
            userId == null ? "none" : userId,
            caller.method().toString());
    List<ActiveFault> struck = faults.claim(route.operation(), route.instanceId(), userId);
    Integer answered = null;
    try {
      if (struck.stream().anyMatch(Gateway::holdsBeforeCommit)) {
        // What is held has arrived whole: so it can be done late, after its client has gone.
        request.body();
      }
      Script script = new Script(call, wording);
      Answer answer = script.play(struck, Phase.BEFORE_COMMIT, null);
      if (answer == null) {
        answer = api.answer(request, route, caller, call);
      }
      answer = script.play(struck, Phase.AFTER_COMMIT, answer);
      if (answer == null) {
        throw new IllegalStateException("no answer");
      }
      answered = answer.status();
      call.close(answered);
      script.write(answer, reply);
      script.play(struck, Phase.AFTER_ANSWER, answer);
    } catch (Script.Cut e) {
      call.close(answered);
      reply.cut();
    } catch (IOException e) {
      call.fault("the client went away");
      call.close(null);
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      call.close(null);
      reply.cut();
    } catch (RuntimeException e) {
      call.fault("bug of the simulator: " + e);
      call.close(500);
      reply.send(wording.error(500, "bug of the simulator: " + e));
    }
  }

  private static boolean holdsBeforeCommit(ActiveFault fault) {
    return fault.phase() == Phase.BEFORE_COMMIT && fault.effect() instanceof Effect.Hang;
  }
}
