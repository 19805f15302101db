package com.threatwinds.compute.operator.demo;

/** A step of the story did not become as asked; the message says which, and what was seen. */
final class StepFailedException extends Exception {

  private static final long serialVersionUID = 1L;

  StepFailedException(String message) {
    super(message);
  }
}
