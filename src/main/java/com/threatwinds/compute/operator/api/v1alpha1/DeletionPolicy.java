package com.threatwinds.compute.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What becomes of the instance when its resource is deleted. */
public enum DeletionPolicy {
  @JsonProperty("Delete")
  DELETE("Delete"),
  @JsonProperty("Retain")
  RETAIN("Retain");

  private final String word;

  DeletionPolicy(String word) {
    this.word = word;
  }

  /** The word in YAML. */
  @Override
  public String toString() {
    return word;
  }
}
