package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ConditionType;
import com.threatwinds.compute.operator.compute.Instance;
import java.util.List;

/** The world of a search in words, for a person. */
final class SearchStory {

  private SearchStory() {}

  static String told(List<Instance> list) {
    return list.stream().map(i -> i.id() + " " + i.state()).toList().toString();
  }

  static String told(SearchResource r) {
    return r.token()
        + (r.deleting() ? " (deleting)" : "")
        + (r.held() ? " " : " (not held) ")
        + told(r.status());
  }

  static String told(ComputeInstanceStatus status) {
    StringBuilder text = new StringBuilder("{");
    text.append(
        status
            .condition(ConditionType.READY)
            .map(c -> c.getReason() + ("True".equals(c.getStatus()) ? "!" : ""))
            .orElse("-"));
    if (status.instanceId() != null) {
      text.append(", bound ").append(status.instanceId());
    }
    var create = status.create();
    if (create != null) {
      text.append(", create ").append(create.attemptId()).append(" known ").append(create.known());
      text.append(create.candidates() == null ? "" : " candidates " + create.candidates());
    }
    var power = status.power();
    if (power != null) {
      text.append(", ").append(power.operation()).append(' ').append(power.outcome());
      text.append(' ').append(power.handledRequestIds());
    }
    return text.append('}').toString();
  }

  static String told(SearchState s, int processes) {
    StringBuilder text = new StringBuilder();
    for (SearchResource r : s.stored()) {
      text.append("  ").append(told(r)).append(" power=").append(r.spec().power()).append('\n');
    }
    text.append("  account:");
    for (int i = 0; i < SearchState.INSTANCES; i++) {
      if (s.lives(i)) {
        text.append(' ').append(s.instance(i).id()).append(' ').append(s.instance(i).state());
        text.append(s.instance(i, SearchState.LISTED) == 1 ? "" : " (unlisted)");
      }
    }
    for (int p = 0; p < processes; p++) {
      SearchPass pass = s.pass(p);
      text.append("\n  process ").append(p + 1).append(": ");
      text.append(pass == null ? "idle" : pass.call()).append(' ').append(s.memory(p));
    }
    return text.toString();
  }
}
