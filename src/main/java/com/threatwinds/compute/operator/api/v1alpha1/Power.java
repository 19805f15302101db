package com.threatwinds.compute.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What {@code spec.power} may say: two states, and two requests that end in the first of them. */
public enum Power {
  @JsonProperty("Running")
  RUNNING("Running"),
  @JsonProperty("Stopped")
  STOPPED("Stopped"),
  @JsonProperty("Restart")
  RESTART("Restart"),
  @JsonProperty("Reset")
  RESET("Reset");

  private final String word;

  Power(String word) {
    this.word = word;
  }

  /** Whether it asks for one call, and from then on means {@link #RUNNING}. */
  public boolean isRequest() {
    return this == RESTART || this == RESET;
  }

  /** The word in YAML. */
  @Override
  public String toString() {
    return word;
  }
}
