package com.threatwinds.compute.operator.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.threatwinds.compute.operator.bench.Bench.Comparison;
import java.util.List;

/** What was measured, for people and for programs. */
record Report(List<Row> rows, List<Comparison> crowds, String machine) {

  String table() {
    StringBuilder table = new StringBuilder();
    table.append("| | figure | ours | peer | goal | |\n| --- | --- | ---: | ---: | --- | --- |\n");
    rows.forEach(row -> table.append(line(row)).append('\n'));
    return table.append('\n').append(machine).append(".\n").toString();
  }

  static String line(Row row) {
    return "| %s | %s | %s | %s | %s | %s |"
        .formatted(
            row.id(),
            row.what(),
            Figures.text(row.ours()),
            row.peer() == null ? "-" : Figures.text(row.peer()),
            row.goal(),
            row.goal().isEmpty() ? "" : row.met() ? "met" : "**missed**");
  }

  String json() {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode report = mapper.createObjectNode().put("machine", machine);
    ArrayNode all = report.putArray("rows");
    for (Row row : rows) {
      all.addObject()
          .put("id", row.id())
          .put("what", row.what())
          .put("ours", row.ours())
          .put("peer", row.peer())
          .put("goal", row.goal())
          .put("met", row.met());
    }
    return report.toPrettyString() + "\n";
  }

  /** Calls a minute against the number of resources. */
  String plot() {
    return new Plot(
            "Calls a minute of the Compute API, nothing moving",
            "resources",
            List.of(
                new Plot.Line(
                    "plain operator",
                    "#b4552d",
                    crowds.stream()
                        .map(c -> new Plot.Point(c.size(), c.peer().callsPerMinute()))
                        .toList()),
                new Plot.Line(
                    "this operator",
                    "#2d6fb4",
                    crowds.stream()
                        .map(c -> new Plot.Point(c.size(), c.ours().callsPerMinute()))
                        .toList())))
        .svg();
  }
}
