package com.threatwinds.compute.operator.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.simulator.Call;
import com.threatwinds.compute.operator.simulator.Change;
import com.threatwinds.compute.operator.simulator.MachineState;
import com.threatwinds.compute.operator.simulator.Operation;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BillTest {

  @Test
  void acceptsWhatWasAskedForAndARefusalForTheQuota() {
    Bill bill =
        new Bill(
            List.of(made(Operation.CREATE), made(Operation.STOP)),
            List.of(inVain(Operation.CREATE, 403)),
            5);

    assertThat(bill.differences(Bill.asked(List.of(Operation.STOP, Operation.CREATE)))).isEmpty();
  }

  @Test
  void tellsOfEachCallTooFewTooManyAndInVain() {
    Bill bill =
        new Bill(
            List.of(made(Operation.RESET), made(Operation.RESET)),
            List.of(inVain(Operation.DELETE, 404)),
            5);

    List<String> differences =
        bill.differences(Bill.asked(List.of(Operation.RESET, Operation.CREATE)));

    assertThat(differences)
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("create: 1 asked for, 0 made"),
            line -> assertThat(line).isEqualTo("reset: 1 asked for, 2 made"),
            line -> assertThat(line).startsWith("a call in vain: ").contains("delete"));
  }

  private static Call made(Operation operation) {
    MachineState running = MachineState.RUNNING;
    return call(operation, 202, new Change("tw-1", "t", "z", running, running));
  }

  private static Call inVain(Operation operation, int status) {
    return call(operation, status, null);
  }

  private static Call call(Operation operation, int status, @Nullable Change change) {
    return new Call(
        1,
        change == null ? 0 : 2,
        Instant.EPOCH,
        change == null ? null : Instant.EPOCH,
        Instant.EPOCH,
        operation,
        "POST",
        "/instances",
        null,
        "me",
        "key",
        status,
        change,
        List.of(),
        false);
  }
}
