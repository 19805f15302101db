package com.threatwinds.compute.operator.settings;

/**
 * A setting that the operator can't start with; the message names the variable and the mend, in one
 * line.
 */
public final class BadSettingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  BadSettingException(String variable, String why) {
    super(variable + ": " + why.replaceAll("\\p{Cntrl}", "?"));
  }
}
