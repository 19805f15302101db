package com.threatwinds.compute.operator.faults;

import com.threatwinds.compute.operator.testing.History;
import com.threatwinds.compute.operator.testing.TestCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Plays cases on one cluster, and judges what was recorded of them.
 *
 * @param struck told of each case whose fault came to pass
 */
record Performance(TestCluster cluster, History history, Consumer<FaultCase> struck) {

  /**
   * A case whose fault did not strike is played again: two good lives differ in what they write.
   */
  private static final int TRIES = 3;

  /**
   * @param struck whether the fault came to pass
   */
  private record Played(boolean struck, List<String> violations) {}

  /** What it violated; empty if all held. */
  List<String> of(FaultCase each) {
    List<String> violations = List.of();
    for (int attempt = 1; attempt <= TRIES; attempt++) {
      Played played = once(each);
      violations = played.violations();
      if (played.struck()) {
        struck.accept(each);
        return violations;
      }
    }
    return violations;
  }

  private Played once(FaultCase each) {
    try (Stage stage = Stage.open(each.setup(), cluster, cluster.kubeconfig(), history)) {
      List<String> violations = new ArrayList<>();
      boolean struck = true;
      try {
        each.script().play(stage);
      } catch (Invariants.Broken e) {
        violations.add(e.getMessage());
      } catch (Exception | AssertionError e) {
        struck = !String.valueOf(e.getMessage()).startsWith("the fault did not strike");
        violations.add(e.getClass().getSimpleName() + ": " + e.getMessage());
      }
      Evidence evidence = stage.evidence();
      violations.addAll(Invariants.check(evidence));
      if (!violations.isEmpty()) {
        report(each, stage, evidence, violations);
      }
      return new Played(struck, violations);
    } catch (Exception e) {
      return new Played(true, List.of("the stage: " + e));
    }
  }

  /** Where to read how it went, if something was violated. */
  static Path story(FaultCase each) {
    return Path.of("target", "faults", each.toString().replaceAll("[^A-Za-z0-9.-]+", "_") + ".txt");
  }

  private static void report(
      FaultCase each, Stage stage, Evidence evidence, List<String> violations) throws IOException {
    Files.createDirectories(story(each).getParent());
    Files.writeString(
        story(each),
        each
            + "\nrun it alone: make faults ONLY='"
            + Pattern.quote(each.toString()).replace("\\Q", "").replace("\\E", "")
            + "'\n\n"
            + String.join("\n", violations)
            + "\n\n"
            + evidence.timeline()
            + "\nlogs: "
            + stage.logFiles()
            + "\n");
  }
}
