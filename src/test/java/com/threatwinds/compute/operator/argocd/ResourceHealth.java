package com.threatwinds.compute.operator.argocd;

/**
 * What Argo CD makes of a resource. A sync wave goes on when all in it are {@code Healthy}, the
 * sync fails when one is {@code Degraded}, and the others are waited for.
 */
public record ResourceHealth(Code status, String message) {

  /** The words are Argo CD's. */
  public enum Code {
    HEALTHY("Healthy"),
    PROGRESSING("Progressing"),
    DEGRADED("Degraded"),
    SUSPENDED("Suspended");

    private final String word;

    Code(String word) {
      this.word = word;
    }

    static Code of(String word) {
      for (Code code : values()) {
        if (code.word.equals(word)) {
          return code;
        }
      }
      throw new IllegalArgumentException("Argo CD knows no health " + word);
    }

    @Override
    public String toString() {
      return word;
    }
  }
}
