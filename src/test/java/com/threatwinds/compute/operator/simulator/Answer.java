package com.threatwinds.compute.operator.simulator;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One answer, before it is decided how its bytes go out. */
record Answer(int status, List<Header> headers, Body body) {

  Answer {
    headers = List.copyOf(headers);
  }

  static Answer empty(int status) {
    return new Answer(status, List.of(), Body.EMPTY);
  }

  static Answer json(int status, String json) {
    return text(status, "application/json", json);
  }

  static Answer text(int status, String contentType, String text) {
    return new Answer(
        status,
        List.of(new Header("Content-Type", contentType)),
        new Body.Bytes(text.getBytes(StandardCharsets.UTF_8)));
  }

  Answer with(String name, String value) {
    return with(List.of(new Header(name, value)));
  }

  Answer with(List<Header> more) {
    List<Header> all = new ArrayList<>(headers);
    all.addAll(more);
    return new Answer(status, all, body);
  }

  Answer with(Body other) {
    return new Answer(status, headers, other);
  }
}
