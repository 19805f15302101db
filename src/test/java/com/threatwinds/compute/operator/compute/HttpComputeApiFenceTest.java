package com.threatwinds.compute.operator.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.threatwinds.compute.operator.simulator.Account;
import com.threatwinds.compute.operator.simulator.ComputeSimulator;
import com.threatwinds.compute.operator.simulator.MachineState;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Who may not act any more changes nothing, and is told that nothing was sent. */
class HttpComputeApiFenceTest {

  private final ComputeSimulator simulator = ComputeSimulator.start();
  private final InstanceId id =
      new InstanceId(
          simulator
              .world()
              .add(Account.DEFAULT.userId(), "ubuntu-22-standard", null, MachineState.RUNNING)
              .id());
  private boolean open;
  private final HttpComputeApi api =
      new HttpComputeApi(
          new HttpComputeApi.Options(
              simulator.url(),
              Duration.ofSeconds(10),
              CredentialsSource.fixed(new Credentials.Token("sim-token")),
              Optional.empty(),
              Optional.empty(),
              () -> open,
              InstantSource.system()));

  @AfterEach
  void close() {
    api.close();
    simulator.close();
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.INCLUDE,
      names = {"CREATE", "DELETE", "START", "STOP", "RESTART", "RESET"})
  void holdsEachCallBackThatChangesSomething(Operation operation) {
    open = false;

    assertThatThrownBy(() -> call(operation))
        .isInstanceOfSatisfying(
            ComputeApiException.NotSent.class, e -> assertThat(e.mayHaveHappened()).isFalse())
        .hasMessageContaining("fence");

    assertThat(simulator.journal().changes()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.INCLUDE,
      names = {"CREATE", "DELETE", "STOP", "RESTART", "RESET"})
  void letsThemThroughWhileItIsOpen(Operation operation) throws ComputeApiException {
    open = true;

    call(operation);

    assertThat(simulator.journal().changes()).hasSize(1);
  }

  @Test
  void holdsNoReadBack() throws ComputeApiException {
    open = false;

    assertThat(api.get(id).instance().id()).isEqualTo(id);
    assertThat(api.list().find(id)).isPresent();
  }

  private void call(Operation operation) throws ComputeApiException {
    switch (operation) {
      case CREATE -> api.create("ubuntu-22-standard", null, () -> true);
      case DELETE -> api.delete(id);
      case START -> api.start(id);
      case STOP -> api.stop(id);
      case RESTART -> api.restart(id);
      case RESET -> api.reset(id);
      case LIST, GET, TEMPLATES, ZONES, BILLING ->
          throw new IllegalArgumentException("changes nothing");
    }
  }
}
