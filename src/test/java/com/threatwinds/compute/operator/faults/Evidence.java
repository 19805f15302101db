package com.threatwinds.compute.operator.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.threatwinds.compute.operator.kubeproxy.KubeCall;
import com.threatwinds.compute.operator.simulator.Call;
import com.threatwinds.compute.operator.simulator.World;
import com.threatwinds.compute.operator.testing.History;
import com.threatwinds.compute.operator.testing.Subject;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What was recorded of one run, by everybody but the operator.
 *
 * @param journal the Compute API's
 * @param kube every request of the replicas to the API server, by arrival
 * @param history every version of every resource
 * @param world the instances
 * @param user whose instances these are
 * @param foreign the instances that somebody else made
 * @param deeds what the user and the case did
 * @param unexpectedEnds processes that ended by themselves
 * @param logs what each replica wrote
 * @param secrets what must be seen nowhere
 */
record Evidence(
    List<Call> journal,
    List<KubeCall> kube,
    List<History.Entry> history,
    World world,
    String user,
    Set<String> foreign,
    List<Stage.Deed> deeds,
    List<String> unexpectedEnds,
    List<String> logs,
    List<String> secrets) {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** The calls of the replicas, by arrival. */
  List<Call> calls() {
    return journal.stream().filter(call -> !call.outOfBand()).toList();
  }

  private record Line(Instant at, String text) {}

  /** All of it as one story, a line each, for a person. */
  String timeline() {
    List<Line> lines = new ArrayList<>();
    deeds.forEach(deed -> lines.add(new Line(deed.at(), "       *** " + deed.what())));
    journal.forEach(
        call -> {
          lines.add(new Line(call.receivedAt(), "api    " + call));
          if (call.committedAt() != null) {
            lines.add(
                new Line(
                    call.committedAt(),
                    "api    commit of #" + call.number() + ": " + call.change()));
          }
        });
    kube.stream()
        .filter(call -> call.isWrite() || call.isGet())
        .filter(call -> !call.plural().equals("leases") && !call.plural().equals("events"))
        .forEach(call -> lines.add(new Line(call.receivedAt(), "kube   " + call)));
    history.forEach(
        entry -> lines.add(new Line(entry.at(), "stored " + told(entry.version(), entry.gone()))));
    lines.sort(Comparator.comparing(Line::at));
    StringBuilder text = new StringBuilder();
    lines.forEach(
        line -> text.append(TIME.format(line.at())).append(' ').append(line.text()).append('\n'));
    return text.toString();
  }

  private static String told(JsonNode version, boolean gone) {
    return version.at("/metadata/name").asText()
        + "@"
        + version.at("/metadata/resourceVersion").asText()
        + (gone ? " gone" : "")
        + (version.at("/metadata/deletionTimestamp").isMissingNode() ? "" : " deleting")
        + " "
        + version.path("spec")
        + " "
        + Subject.told(version)
        + " instance="
        + version.at("/status/instanceId").asText("-")
        + " create="
        + version.at("/status/create/attemptId").asText("-")
        + " request="
        + version.at("/status/power/operation").asText("-")
        + "/"
        + version.at("/status/power/requestId").asText("-")
        + "/"
        + version.at("/status/power/outcome").asText("-");
  }
}
